/// A Swift file as far as the project's rules need it: its code without comments and string contents, line by line.
struct SwiftSource {
  /// Line `n` of the file is `code[n - 1]`.
  let code: [String]

  init(_ text: String) {
    var stripper = Stripper(Array(text.utf8))
    code = String(decoding: stripper.strip(), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
}

/// Takes comments and the contents of strings out of Swift code, and leaves every line end where it was. Bytes, since a
/// walk by characters over all sources takes seconds in a debug build.
private struct Stripper {
  private let bytes: [UInt8]
  private var position = 0
  private var result: [UInt8] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    result.reserveCapacity(bytes.count)
  }

  mutating func strip() -> [UInt8] {
    while position < bytes.count {
      if take("//") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else if take("/*") {
        skip(to: "*/", nested: "/*", escapes: false)
      } else if take("\"\"\"") {
        skip(to: "\"\"\"", nested: nil, escapes: true)
      } else if take("\"") {
        skip(to: "\"", nested: nil, escapes: true)
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result
  }

  private mutating func take(_ word: String) -> Bool {
    var end = position
    for byte in word.utf8 {
      if end == bytes.count || bytes[end] != byte { return false }
      end += 1
    }
    position = end
    return true
  }

  private mutating func skip(to end: String, nested: String?, escapes: Bool) {
    var depth = 1
    while position < bytes.count {
      if take(end) {
        depth -= 1
        if depth == 0 { return }
      } else if let nested, take(nested) {
        depth += 1
      } else {
        if bytes[position] == UInt8(ascii: "\n") { result.append(bytes[position]) }
        if escapes, bytes[position] == UInt8(ascii: "\\") { position += 1 }
        position += 1
      }
    }
  }
}
