import Foundation
import Testing

/// What the commands make of a state that lies: nobody else is signalled, and a forced delete leaves nothing.
@Suite(.scratch) struct CorruptStateTests {
  static let contents = [
    "empty": "", "empty object": "{}", "null": "null", "array": "[]", "of the future": "{\"version\":999999}",
    "no JSON": "not json", "1 MiB of brackets": String(repeating: "\u{7f}{[\"", count: 1 << 18),
  ]

  /// E7: an empty, a foreign, a cut, a huge state file: answers stay short, and `delete --force` still finds the
  /// processes by their cgroup.
  @Test(arguments: contents.keys.sorted()) func forcedDeleteFindsTheProcesses(content: String) throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let text = try #require(CorruptStateTests.contents[content])
    try Data(text.utf8).write(to: URL(filePath: container.stateFile))
    try expectForcedDelete(of: container, pid: pid)
  }

  @Test(arguments: [1, 2, 3, 10]) func stateCutShortIsDeletedByForce(divisor: Int) throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let whole = readText(container.stateFile)
    try Data(whole.utf8.dropLast(whole.utf8.count / divisor)).write(to: URL(filePath: container.stateFile))
    try expectForcedDelete(of: container, pid: pid)
  }

  @Test(arguments: ["missing", "folder", "fifo"]) func stateFileOfAnotherKindIsDeletedByForce(kind: String) throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    try FileManager.default.removeItem(atPath: container.stateFile)
    switch kind {
    case "folder":
      try FileManager.default.createDirectory(atPath: container.stateFile, withIntermediateDirectories: false)
    case "fifo": try container.scratch.run(["/usr/bin/mkfifo", container.stateFile]).succeed()
    default: break
    }
    try expectForcedDelete(of: container, pid: pid)
  }

  /// E6: after a reboot every container of before has stopped, and needs no force.
  @Test func otherBootIsStopped() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let boot = readText("/proc/sys/kernel/random/boot_id").trimmingCharacters(in: .whitespacesAndNewlines)
    try replace(boot, with: "00000000-0000-0000-0000-000000000000", in: container)
    #expect(try container.status == "stopped")
    try container.scratch.run(["/bin/kill", "-KILL", "\(pid)"]).succeed()
    try container.delete().succeed()
  }

  @Test(arguments: ["0", "1", "-1", "4294967297"]) func impossiblePIDIsNeverSignalled(pid: String) throws {
    let container = try Container()
    try container.createSleeping()
    try replace("\(try container.pid)", with: pid, in: container)
    _ = try container.kill("CONT")
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  private func expectForcedDelete(of container: Container, pid: pid_t) throws {
    let state = try container.scratch.start(container.words("state")).wait(timeout: 2)
    #expect(state.status == 0 || state.status == 1)
    try container.delete("--force").succeed()
    #expect(!fileExists(container.stateFolder))
    #expect(eventually { !readText("/proc/\(pid)/cmdline").contains("sleep") })
  }

  /// Replaces a whole number or word of the state file, which must be there.
  func replace(_ word: String, with other: String, in container: Container) throws {
    let text = readText(container.stateFile)
    let boundary = try NSRegularExpression(
      pattern: "(?<![0-9a-zA-Z-])\(NSRegularExpression.escapedPattern(for: word))(?![0-9a-zA-Z-])")
    let replaced = boundary.stringByReplacingMatches(
      in: text, range: NSRange(text.startIndex..., in: text), withTemplate: other)
    #expect(replaced != text, "the state file does not hold \(word): \(text)")
    try Data(replaced.utf8).write(to: URL(filePath: container.stateFile))
  }
}
