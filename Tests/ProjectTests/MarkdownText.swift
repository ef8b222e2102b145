import Foundation

/// The parts of a Markdown file that the tests compare: headings, fenced code, tables, links.
struct MarkdownText {
  struct Heading: Equatable {
    let level: Int
    let title: String
  }

  private(set) var headings: [Heading] = []
  /// Each with its info string as the first line.
  private(set) var codeBlocks: [[String]] = []
  /// The first cell of every table row that holds code, as `apus run`.
  private(set) var tableKeys: [String] = []
  private(set) var links: [String] = []
  /// What follows the word `make` in code.
  private(set) var makeTargets: Set<String> = []

  init(_ text: String) {
    var block: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let finished = block {
          codeBlocks.append(finished)
          block = nil
        } else {
          block = [String(line)]
        }
      } else if block != nil {
        block?.append(String(line))
        addMakeTargets(in: line)
      } else {
        addProse(line)
      }
    }
  }

  private mutating func addProse(_ line: Substring) {
    let level = line.prefix { $0 == "#" }.count
    if level > 0, line.dropFirst(level).hasPrefix(" ") {
      headings.append(Heading(level: level, title: String(line.dropFirst(level + 1))))
    }
    if line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") {
      tableKeys.append(String(line.dropFirst(3)[..<end]))
    }
    for (index, part) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    where index % 2 == 1 {
      addMakeTargets(in: part)
    }
    var rest = line
    while let start = rest.range(of: "](") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: ")") else { break }
      links.append(String(rest[..<end]))
    }
  }

  private mutating func addMakeTargets(in code: Substring) {
    for command in code.split(whereSeparator: { "&|;#".contains($0) }) {
      var words = command.split(separator: " ")[...]
      if words.first == "sudo" { words.removeFirst() }
      if words.first == "make" {
        makeTargets.formUnion(words.dropFirst().filter { !$0.contains("=") }.map(String.init))
      }
    }
  }
}
