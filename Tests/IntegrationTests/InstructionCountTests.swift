import Foundation
import Testing

/// How many instructions it takes to read a configuration, to decide and to say so. A count is the same however busy the
/// machine is, which no time is.
@Suite struct InstructionCountTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `make record-instructions` writes the number anew; a change that needs it says why.
  @Test func explainTakesAsManyInstructionsAsRecorded() throws {
    let folder = "/tmp/apus-test-instructions-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = Self.root.appending(path: "scripts/count-instructions.sh").path
    let command = try RunningCommand(
      [script, try TestEnvironment.apus], environment: [PrivateMounts.path],
      files: OutputFiles(stdout: folder + "/out", stderr: folder + "/err"))
    let output = try command.wait(timeout: 60)
    #expect(output.status == 0, "\(output.stderr)")
    let counted = try #require(Int(output.stdout.trimmingCharacters(in: .whitespacesAndNewlines)), "\(output.stderr)")
    let record = Self.root.appending(path: "Tests/Guards/explain-instructions")
    let recorded = try #require(Int(try String(contentsOf: record, encoding: .utf8).trimmingCharacters(in: .newlines)))
    print("instructions of explain: \(counted), recorded \(recorded)")
    #expect(
      counted <= recorded + recorded / 20 && counted >= recorded - recorded / 20,
      "explain takes \(counted) instructions instead of \(recorded): make record-instructions, and say why")
  }
}
