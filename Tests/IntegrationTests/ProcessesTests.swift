import Foundation
import Testing

/// The command `ps`: whose program it runs, and what it makes of its output.
@Suite(.scratch) struct ProcessesTests {
  private func running() throws -> Container {
    let container = try Container()
    try container.runDetached()
    return container
  }

  @Test(arguments: [["-o", "pid,args"], ["-eo", "pid,args"], ["-A", "-o", "ppid,pid,args"]])
  func optionsGoToPs(options: [String]) throws {
    let container = try running()
    let words = container.words("ps") + (options.first == "-o" ? ["-e"] + options : options)
    let lines = try container.scratch.run(words).succeed().lines
    #expect(lines.count == 2)
    #expect(lines.first?.contains("PID") == true && lines.first?.contains("COMMAND") == true)
    #expect(lines.last?.hasSuffix("sleep 1000") == true)
  }

  @Test func jsonIsTheListOfProcesses() throws {
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

  @Test func tableHasTheProcessesOnly() throws {
    let container = try Container()
    try container.runDetached()
    let lines = try container.scratch.run(container.words("ps")).succeed().lines
    #expect(lines.first?.contains("PID") == true)
    #expect(lines.count == 2)
    #expect(lines.last?.contains("sleep 1000") == true)
    #expect(lines.last?.split(separator: " ").contains("\(try container.pid)") == true)
  }

  @Test func unknownContainerIsRefused() throws {
    let container = try Container()
    try container.expectRefusal(of: container.scratch.run(container.words("ps")), saying: "container does not exist")
  }

  @Test func withoutAColumnOfNumbersNothingCanBeChosen() throws {
    let container = try running()
    let output = try container.scratch.run(container.words("ps") + ["-eo", "args"])
    try container.expectRefusal(of: output, saying: "couldn't find PID field in ps output", leavesNothing: false)
  }

  @Test func complaintOfPsIsPassedOn() throws {
    let container = try running()
    let output = try container.scratch.run(container.words("ps") + ["--no-such-option"])
    try container.expectRefusal(of: output, saying: "ps: exit status 1", leavesNothing: false)
  }

  /// S7: neither PATH nor anything else of the caller decides which program runs, or how.
  @Test func environmentOfTheCallerDoesNotMatter() throws {
    let container = try running()
    let folder = container.scratch.path("bin")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try Data("#!/bin/sh\necho hijacked\n".utf8).write(to: URL(filePath: folder + "/ps"))
    try container.scratch.run(["/bin/chmod", "755", folder + "/ps"]).succeed()
    let environment = ["PATH=\(folder)", "PS_FORMAT=args", "PS_PERSONALITY=bsd", "COLUMNS=20"]
    let output = try container.scratch.run(["/usr/bin/env", "-i"] + environment + container.words("ps")).succeed()
    #expect(!output.stdout.contains("hijacked"))
    #expect(output.lines.count == 2 && output.lines.last?.hasSuffix("sleep 1000") == true)
  }

  @Test func jsonNeedsNoProgram() throws {
    let container = try running()
    func withoutPs(_ words: [String]) throws -> Output {
      let script = "mount --bind /dev/null /usr/bin/ps && exec \"$@\""
      return try container.scratch.run(["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"] + words)
    }
    let json = try withoutPs(container.words("ps", ["--format", "json"])).succeed()
    #expect(try JSONValue(parsing: json.stdout) == [.integer(Int(try container.pid))])
    try container.expectRefusal(
      of: withoutPs(container.words("ps")), saying: "executable file not found", "--format json", leavesNothing: false)
  }

  @Test func stoppedContainerHasNoProcesses() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    #expect(try container.scratch.run(container.words("ps", ["-f", "json"])).succeed().stdout == "[]\n")
    #expect(try container.scratch.run(container.words("ps")).succeed().lines.count == 1)
  }

  @Test func processesOfCgroupsBelowBelongToIt() throws {
    let container = try running()
    // The members are counted in the v2 tree where there is one.
    let below = try container.folder(of: HostCgroups.layout == .v1 ? "devices" : "") + "/below"
    try container.scratch.run(["/bin/mkdir", below]).succeed()
    let script = "echo $$ >\(below)/cgroup.procs; exec sleep 1000"
    let guest = try container.scratch.start(["/bin/sh", "-c", script])
    #expect(
      try eventually {
        let output = try container.scratch.run(container.words("ps", ["-f", "json"])).succeed()
        return try JSONValue(parsing: output.stdout).array?.count == 2
      })
    guest.signal(9)
    _ = try guest.wait()
  }
}
