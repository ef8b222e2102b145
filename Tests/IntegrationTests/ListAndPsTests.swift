import Foundation
import Testing

/// The commands `list` and `ps`.
@Suite(.scratch) struct ListAndPsTests {
  private func list(_ options: String...) throws -> Output {
    let scratch = try Scratch.current
    return try scratch.run([scratch.apus, "--root", scratch.root, "list"] + options)
  }

  @Test func tableHasAHeaderAndARowForEach() throws {
    let (running, created) = (try Container(), try Container())
    try running.runDetached()
    try created.createSleeping()
    let lines = try list().succeed().lines.map { $0.split(separator: " ").map(String.init) }
    #expect(lines.first == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
    let rows = Dictionary(uniqueKeysWithValues: lines.dropFirst().map { ($0[0], $0) })
    #expect(rows.count == 2)
    #expect(rows[running.id]?.prefix(4) == [running.id, "\(try running.pid)", "running", running.bundle])
    #expect(rows[created.id]?[2] == "created")
    #expect(rows[created.id]?.last == "root")
  }

  @Test(arguments: [["--format", "json"], ["-f", "json"]]) func jsonHasTheMembersOfState(options: [String]) throws {
    let container = try Container { $0["annotations"] = ["a": "b"] }
    try container.runDetached()
    let output = try container.scratch.run(
      [container.scratch.apus, "--root", container.scratch.root, "list"] + options)
    let entries = try #require(try JSONValue(parsing: output.succeed().stdout).array)
    var expected = try container.state()
    expected["owner"] = "root"
    #expect(entries == [expected])
    #expect(output.lines.count == 1)
  }

  @Test(arguments: ["--quiet", "-q"]) func quietGivesTheIDs(option: String) throws {
    let containers = [try Container(), try Container()]
    for container in containers { try container.createSleeping() }
    let output = try list(option)
    #expect(try Set(output.succeed().lines) == Set(containers.map(\.id)))
  }

  /// A store that is named and not there is a mistake of the caller's.
  @Test func missingStoreIsAnError() throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, "--root", scratch.path("nowhere"), "list"])
    #expect(output.isRefusal)
    #expect(output.stderr.contains("nowhere") && output.stderr.contains("no such file or directory"))
  }

  @Test func nothingToListIsNoError() throws {
    try FileManager.default.createDirectory(atPath: Scratch.current.root, withIntermediateDirectories: true)
    #expect(try list().succeed().lines.count == 1)
    #expect(try list("-q").succeed().stdout.isEmpty)
    #expect(["null", "[]"].contains(try list("-f", "json").succeed().lines.first))
  }

  /// E7, faults.md §6: one bad entry never hides the others.
  @Test(arguments: ["empty", "link", "file", "corrupt"]) func badEntryHidesNobody(kind: String) throws {
    let container = try Container()
    try container.runDetached()
    let entry = container.scratch.root + "/bad"
    switch kind {
    case "link": try FileManager.default.createSymbolicLink(atPath: entry, withDestinationPath: "/etc")
    case "file": try Data("x".utf8).write(to: URL(filePath: entry))
    default: try FileManager.default.createDirectory(atPath: entry, withIntermediateDirectories: false)
    }
    if kind == "corrupt" { try Data("not json".utf8).write(to: URL(filePath: entry + "/state.json")) }
    let output = try list().succeed()
    #expect(output.lines.contains { $0.hasPrefix(container.id) && $0.contains("running") })
    #expect(try list("-f", "json").succeed().stdout.contains(container.id))
  }

  @Test func psAsJSONIsTheListOfProcesses() throws {
    let container = try Container()
    try container.runDetached("sleep 1000 & sleep 1000 & wait")
    let words = container.words("ps", ["--format", "json"])
    var pids: [Int] = []
    #expect(
      try eventually {
        let answer = try JSONValue(parsing: container.scratch.run(words).succeed().stdout)
        pids = try #require(answer.array).compactMap(\.integer)
        return pids.count == 3
      })
    #expect(pids.contains(Int(try container.pid)))
    for pid in pids { #expect(readText("/proc/\(pid)/cgroup").contains(container.id)) }
  }

  @Test func psAsTableHasTheProcessesOnly() throws {
    let container = try Container()
    try container.runDetached()
    let lines = try container.scratch.run(container.words("ps")).succeed().lines
    #expect(lines.first?.contains("PID") == true)
    #expect(lines.count == 2)
    #expect(lines.last?.contains("sleep 1000") == true)
    #expect(lines.last?.split(separator: " ").contains("\(try container.pid)") == true)
  }

  @Test func psOfAnUnknownContainer() throws {
    let container = try Container()
    try container.expectRefusal(of: container.scratch.run(container.words("ps")), saying: "container does not exist")
  }
}
