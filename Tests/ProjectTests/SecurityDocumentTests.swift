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

  @Test func everyTestIsThere() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    var sources: [String] = []
    let files = FileManager.default.enumerator(atPath: "Tests")
    while let path = files?.nextObject() as? String {
      if path.hasSuffix(".swift") { sources.append(try String(contentsOfFile: "Tests/" + path, encoding: .utf8)) }
    }
    let names = text.matches(of: /`([A-Z][A-Za-z]+)\/([a-z][A-Za-z0-9]+)`/)
    #expect(names.count > 100)
    for name in names {
      let suite = sources.filter { $0.contains("struct \(name.1) {") }
      #expect(suite.contains { $0.contains("func \(name.2)(") }, "\(name.0)")
    }
  }

  @Test func everyDefenceIsExplained() throws {
    let text = try String(contentsOfFile: "docs/security.md", encoding: .utf8)
    let source = try String(contentsOfFile: "Sources/ContainerRuntime/Faults/Defence.swift", encoding: .utf8)
    for name in source.matches(of: /= "([a-z-]+)"/) { #expect(text.contains("| `\(name.1)` |"), "\(name.1)") }
  }
}
