import Foundation
import Testing

/// docs/security.md names a test for each security case, and each test that it names is there.
@Suite struct SecurityDocumentTests {
  private static let sections: [(letter: String, count: Int)] = [
    ("A", 7), ("B", 10), ("C", 16), ("D", 13), ("E", 41), ("S", 16),
  ]

  @Test func everyCaseHasARow() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    for (letter, count) in Self.sections {
      for number in 1...count { #expect(text.contains("\n| \(letter)\(number) |"), "\(letter)\(number)") }
    }
  }

  private static func sources() throws -> [String] {
    var sources: [String] = []
    let files = FileManager.default.enumerator(atPath: "Tests")
    while let path = files?.nextObject() as? String {
      if path.hasSuffix(".swift") { sources.append(try String(contentsOfFile: "Tests/" + path, encoding: .utf8)) }
    }
    return sources
  }

  /// The text of a test that is named as `Suite/test`, from its name to the next test; nil when there is none.
  private static func test(_ suite: Substring, _ name: Substring, in sources: [String]) -> Substring? {
    for source in sources where source.contains("struct \(suite) {") {
      guard let start = source.range(of: "func \(name)(") else { continue }
      let rest = source[start.lowerBound...]
      return rest[..<(rest.range(of: "\n  @Test")?.lowerBound ?? rest.endIndex)]
    }
    return nil
  }

  private static func tests(namedIn text: Substring, _ sources: [String]) -> [(name: Substring, text: Substring?)] {
    text.matches(of: /`([A-Z][A-Za-z]+)\/([a-z][A-Za-z0-9]+)`/).map {
      ($0.0, test($0.1, $0.2, in: sources))
    }
  }

  @Test func everyTestIsThere() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    let names = Self.tests(namedIn: text[...], try Self.sources())
    #expect(names.count > 200)
    for test in names { #expect(test.text != nil, "\(test.name)") }
  }

  /// A row that says “yes” names a test that makes its attack with and without a defence; any other says why it cannot.
  @Test func everyCaseIsSeenToFailOrSaysWhyNot() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    let sources = try Self.sources()
    let rows = text.matches(of: /\n\| ([A-ES][0-9]+) \| (.*) \| (.*) \| (.*) \|/)
    #expect(rows.count == Self.sections.reduce(0) { $0 + $1.count })
    for row in rows {
      let tests = Self.tests(namedIn: row.3, sources)
      #expect(!tests.isEmpty, "\(row.1) has no test")
      if row.4 == "yes" {
        #expect(tests.contains { $0.text?.contains("expectDefence(") ?? false }, "\(row.1)")
      } else {
        #expect((row.4.hasPrefix("no: ") || row.4.hasPrefix("by the ")) && row.4.count > 40, "\(row.1): \(row.4)")
      }
    }
  }

  /// Every switch has a row, whose tests make its attack.
  @Test func everyDefenceIsExplained() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    let source = try String(contentsOfFile: "Sources/Kernel/Defence.swift", encoding: .utf8)
    let names = source.matches(of: /= "([a-z-]+)"/).map { String($0.1) }
    let rows = text.matches(of: /\n\| `([a-z-]+)` \| (.*) \| (.*) \|/)
    #expect(rows.map { String($0.1) }.sorted() == names.sorted())
    let sources = try Self.sources()
    for row in rows {
      for test in Self.tests(namedIn: row.3, sources) {
        // The cases of one suite name their defences beside it.
        let isNamed = test.text?.contains(row.1) ?? false
        let isRule = test.text?.contains("expectDefence(attack.rule)") ?? false
        #expect(isNamed || isRule, "\(test.name) is not about \(row.1)")
      }
      #expect(sources.contains { $0.contains("\"\(row.1)\"") || $0.contains("\(row.1) paths-in-root") }, "\(row.1)")
    }
  }
}
