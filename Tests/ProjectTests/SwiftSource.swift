/// A Swift file as far as the project's rules need it: its code without comments and string contents, line by line.
struct SwiftSource {
  /// Line `n` of the file is `code[n - 1]`.
  let code: [String]

  init(_ text: String) {
    var inMultilineString = false
    var blockComments = 0
    code = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      Self.stripped(line, inMultilineString: &inMultilineString, blockComments: &blockComments)
    }
  }

  /// The modules that the file imports, each with its line number.
  var imports: [(module: String, line: Int)] {
    code.enumerated().compactMap { index, line in
      var words = line.split(whereSeparator: \.isWhitespace)
      while let first = words.first, first.hasPrefix("@") || Self.importModifiers.contains(String(first)) {
        words.removeFirst()
      }
      guard words.count >= 2, words[0] == "import" else { return nil }
      let name = Self.importKinds.contains(String(words[1])) && words.count > 2 ? words[2] : words[1]
      return (String(name.prefix { $0 != "." && $0 != ";" }), index + 1)
    }
  }

  private static let importModifiers: Set<String> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let importKinds: Set<String> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
  ]

  private static func stripped(
    _ line: Substring, inMultilineString: inout Bool, blockComments: inout Int
  ) -> String {
    var result = ""
    var rest = line
    var inString = false
    while !rest.isEmpty {
      if blockComments > 0 {
        if rest.hasPrefix("*/") {
          blockComments -= 1
          rest = rest.dropFirst(2)
        } else {
          rest = rest.dropFirst()
        }
      } else if inString || inMultilineString {
        if rest.hasPrefix("\\") {
          rest = rest.dropFirst(2)
        } else if inMultilineString, rest.hasPrefix("\"\"\"") {
          inMultilineString = false
          rest = rest.dropFirst(3)
        } else if inString, rest.hasPrefix("\"") {
          inString = false
          rest = rest.dropFirst()
        } else {
          rest = rest.dropFirst()
        }
      } else if rest.hasPrefix("//") {
        break
      } else if rest.hasPrefix("/*") {
        blockComments += 1
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("\"\"\"") {
        inMultilineString = true
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("\"") {
        inString = true
        rest = rest.dropFirst()
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
