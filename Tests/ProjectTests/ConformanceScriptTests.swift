import Foundation
import Testing

/// scripts/check-conformance.sh, which ends every whole run of the tests.
@Suite struct ConformanceScriptTests {
  /// A run of four tests: one passes, one fails, one is skipped, one is not in it.
  private static func check(_ rows: [String]) throws -> Command.Answer {
    var lines: [String] = []
    func add(_ kind: String, _ payload: String) {
      lines.append(#"{"kind":"\#(kind)","payload":{\#(payload)},"version":0}"#)
    }
    func id(_ test: String) -> String { "IntegrationTests.SomeTests/\(test)(_:)/SomeTests.swift:1:2" }
    for test in ["passes", "fails", "skips"] { add("test", #""kind":"function","id":"\#(id(test))""#) }
    add("event", #""kind":"testStarted","testID":"\#(id("passes"))""#)
    add("event", #""kind":"testStarted","testID":"\#(id("fails"))""#)
    add("event", #""kind":"testSkipped","testID":"\#(id("skips"))""#)
    add("event", #""kind":"issueRecorded","testID":"\#(id("fails"))","issue":{"isKnown":false}"#)
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-conformance-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (events, document) = (folder.appending(path: "events"), folder.appending(path: "table.md"))
    try Data(lines.joined(separator: "\n").utf8).write(to: events)
    try Data(rows.map { $0 + "\n" }.joined().utf8).write(to: document)
    return try Command.run(
      [
        "CONFORMANCE=\(document.path)", ProjectFiles.root.appending(path: "scripts/check-conformance.sh").path,
        events.path,
      ],
      in: folder)
  }

  @Test func testsThatPassedAreProof() throws {
    let answer = try Self.check([
      "| `a.b` | `F.swift` | `SomeTests.passes` |", "| `c[].d` | `F.swift` | `SomeTests.passes` |",
    ])
    #expect(answer.status == 0 && answer.output == "conformance: 2 properties, each proven\n", "\(answer)")
  }

  @Test func skippedTestNeedsItsReason() throws {
    let row = "| `a` | `F.swift` | `SomeTests.passes`, `SomeTests.skips`"
    #expect(try Self.check([row + " (skipped here: the kernel lacks it) |"]).status == 0)
    let answer = try Self.check([row + " |"])
    #expect(answer.status == 1)
    #expect(answer.output == "conformance: a: SomeTests.skips was skipped, and the row does not say why\n")
  }

  @Test(arguments: [
    ("fails", "SomeTests.fails failed"), ("never", "there is no test SomeTests.never, or it did not run"),
  ])
  func otherTestsAreNoProof(test: String, problem: String) throws {
    for reason in ["", " (skipped here: whatever)"] {
      let answer = try Self.check(["| `a` | `F.swift` | `SomeTests.\(test)`\(reason) |"])
      #expect(answer.status == 1 && answer.output == "conformance: a: \(problem)\n", "\(answer)")
    }
  }

  @Test func emptyTableProvesNothing() throws {
    #expect(try Self.check(["# Conformance"]).status == 1)
  }
}
