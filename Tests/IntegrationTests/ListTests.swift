import Foundation
import Testing

/// The command `list`, also where the store is not as it should be, or large.
@Suite(.scratch) struct ListTests {
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
    for option in ["--quiet", "-q"] { #expect(try list(option).succeed().lines == [running.id, created.id].sorted()) }
  }

  @Test func jsonHasTheMembersOfState() throws {
    let container = try Container { $0["annotations"] = ["a": "b"] }
    try container.runDetached()
    var expected = try container.state()
    expected["owner"] = "root"
    for option in ["--format", "-f"] {
      let output = try list(option, "json").succeed()
      #expect(try JSONValue(parsing: output.stdout) == [expected])
      #expect(output.lines.count == 1)
    }
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

  /// Records as crashes, disks and other programs leave them.
  static let damages: [String] = ["nothing", "empty", "object", "garbage", "folder", "truncated", "stranger", "newer"]

  private func damage(_ kind: String, of folder: String, like record: String) throws {
    let file = folder + "/state.json"
    switch kind {
    case "nothing": break
    case "folder": try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    default:
      let texts = [
        "empty": "", "object": "{}", "garbage": String(repeating: "x", count: 1 << 20),
        "truncated": String(record.prefix(record.count / 2)), "stranger": record,
        "newer": record.replacing("\"version\":1", with: "\"version\":99"),
      ]
      try Data(try #require(texts[kind]).utf8).write(to: URL(filePath: file))
    }
  }

  /// E7: a line with the id, so that its owner can delete it, and the others are there.
  @Test(.root("the test damages the state of others"), arguments: damages) func damagedContainerIsALine(kind: String)
    throws
  {
    let container = try Container()
    try container.createSleeping()
    let folder = container.scratch.root + "/damaged"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try damage(kind, of: folder, like: readText(container.stateFile))
    let lines = try list().succeed().lines.map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["damaged", "?", "corrupt", "root"]))
    #expect(lines.contains { $0.first == container.id && $0[2] == "created" })
    let entries = try #require(try JSONValue(parsing: list("-f", "json").succeed().stdout).array)
    let damaged = try #require(entries.first { $0["id"] == "damaged" })
    #expect(damaged["status"] == "corrupt" && damaged["pid"] == 0)
    #expect(entries.contains { $0["id"] == .string(container.id) && $0["status"] == "created" })
    #expect(try list("-q").succeed().lines == [container.id, "damaged"].sorted())
    try container.scratch.apus("delete", "--force", "damaged").succeed()
    #expect(try list("-q").succeed().lines == [container.id])
  }

  /// E38: what is no folder with the name of a container is said in the log and not followed.
  @Test func foreignEntriesAreLogged() throws {
    let scratch = try Scratch.current
    try FileManager.default.createDirectory(atPath: scratch.root + "/not a name", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: scratch.root + "/link", withDestinationPath: "/etc")
    try Data().write(to: URL(filePath: scratch.root + "/file"))
    let log = scratch.path("log")
    let output = try scratch.run([scratch.apus, "--root", scratch.root, "--log", log, "list", "-q"]).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    for name in ["not a name", "link", "file"] { #expect(readText(log).contains(name)) }
  }

  /// S10: the words of a configuration do not drive the caller's terminal.
  @Test func controlCharactersOfABundleAreEscaped() throws {
    let container = try Container()
    try container.createSleeping()
    let record = readText(container.stateFile)
    let hostile = record.replacing("\"bundle\":\"", with: "\"bundle\":\"\\u001b[2J\\u009b")
    try Data(hostile.utf8).write(to: URL(filePath: container.stateFile))
    let output = try list().succeed()
    #expect(output.stdout.contains("\\u{1b}[2J\\u{9b}"))
    #expect(!output.stdout.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x9b })
  }

  @Test func tableIsLaidOutAsThatOfRunc() throws {
    let container = try Container()
    try container.createSleeping()
    let state = try container.state()
    let cells = [
      container.id, "\(try container.pid)", "created", container.bundle, try #require(state["created"]?.string),
      Caller.ordinary?.name ?? "root",
    ]
    let header = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]
    var lines = ["", ""]
    for (head, cell) in zip(header, cells) {
      let width = head == "OWNER" ? 0 : max(12, max(head.count, cell.count) + 3)
      lines[0] += head.padding(toLength: max(width, head.count), withPad: " ", startingAt: 0)
      lines[1] += cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
    }
    #expect(try list().succeed().stdout == lines.joined(separator: "\n") + "\n")
  }

  /// A thousand containers are listed in a moment: nothing is read for each that could be read once.
  @Test func thousandContainersAreListedAtOnce() throws {
    let container = try Container()
    try container.createSleeping()
    let record = readText(container.stateFile)
    for number in 1...999 {
      let folder = "\(container.scratch.root)/copy-\(number)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      let copy = record.replacing("\"id\":\"\(container.id)\"", with: "\"id\":\"copy-\(number)\"")
      try Data(copy.utf8).write(to: URL(filePath: folder + "/state.json"))
    }
    let output = try list().succeed()
    #expect(output.lines.count == 1001)
    #expect(output.lines.filter { $0.contains(" running ") }.count == 999)
    // The processor's time, which other programs do not lengthen: user and system time of the children of a shell.
    let words = [container.scratch.apus, "--root", container.scratch.root, "list", "--quiet"]
    let times = try container.scratch.run(["/bin/sh", "-c", "\"$@\" >/dev/null; times", "sh"] + words).succeed()
    let seconds = try #require(times.lines.last).split(separator: " ").map { text in
      let parts = text.dropLast().split(separator: "m").compactMap { Double($0) }
      return parts.count == 2 ? parts[0] * 60 + parts[1] : .infinity
    }
    #expect(seconds.count == 2 && seconds.reduce(0, +) < 1)
  }

  @Test(.root("it gives files away")) func ownerIsThatOfTheFolder() throws {
    let container = try Container()
    try container.createSleeping()
    for (uid, name) in [(UInt32(65534), "nobody"), (4_000_000, "#4000000")] {
      // A store that is all of one user: in another's, a folder of a stranger is refused.
      for folder in [container.scratch.root, container.stateFolder] {
        #expect(unsafe chown(container.scratch.inside(folder), uid, 0) == 0)
      }
      #expect(try list().succeed().lines.last?.hasSuffix(" \(name)") == true)
    }
  }
}
