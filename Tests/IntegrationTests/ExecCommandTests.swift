import Foundation
import Testing

/// The command `exec`: a further process in a container.
@Suite(.scratch) struct ExecCommandTests {
  private func running(_ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> Container {
    let container = try Container(edit)
    try container.runDetached()
    return container
  }

  @Test(arguments: [0, 1, 7, 255]) func exitStatusIsTheProcesses(status: Int32) throws {
    #expect(try running().exec(["/bin/sh", "-c", "exit \(status)"]).status == status)
  }

  @Test(arguments: [("KILL", Int32(137)), ("TERM", 143)]) func exitStatusOfASignal(signal: String, status: Int32) throws
  {
    #expect(try running().exec(["/bin/sh", "-c", "kill -\(signal) $$; sleep 5"]).status == status)
  }

  @Test func streamsAreTheCallers() throws {
    let container = try running()
    let input = container.scratch.path("input")
    try Data("in\n".utf8).write(to: URL(filePath: input))
    let words = container.execWords(["/bin/sh", "-c", "cat; echo out; echo err >&2"])
    let output = try container.scratch.start(words, stdin: input).wait().succeed()
    #expect(output.stdout == "in\nout\n")
    #expect(output.stderr == "err\n")
  }

  /// C13: the process is where the container's first process is.
  @Test func namespacesAndCgroupsAreTheContainers() throws {
    let container = try running()
    let kinds = ["pid", "net", "ipc", "uts", "mnt", "cgroup", "user"]
    let script = kinds.map { "readlink /proc/self/ns/\($0)" }.joined(separator: "; ")
    let inside = try container.exec(["/bin/sh", "-c", script]).succeed().lines
    let pid = try container.pid
    let expected = try kinds.map { try namespace($0, of: pid) }
    #expect(inside == expected)
    try container.exec(["sleep", "1000"], options: ["--detach", "--pid-file", container.scratch.path("pid")]).succeed()
    let second = try #require(pid_t(readText(container.scratch.path("pid"))))
    #expect(readText("/proc/\(second)/cgroup") == readText("/proc/\(pid)/cgroup"))
  }

  /// C13: identity, limits and restrictions are the config's.
  @Test func attributesAreThoseOfTheFirstProcess() throws {
    let container = try running {
      $0["process.user"] = ["uid": 1000, "gid": 1001, "additionalGids": [7, 8], "umask": 0o27]
      $0["process.oomScoreAdj"] = 100
      $0["process.cwd"] = "/etc"
      $0.append("FROM_CONFIG=1", to: "process.env")
    }
    let pid = try container.pid
    let output = try container.exec(["/bin/sh", "-c", "cat /proc/self/status; umask; echo $FROM_CONFIG; pwd"]).succeed()
    let (inside, first) = (processStatus(output.stdout), processStatus(readText("/proc/\(pid)/status")))
    let names = [
      "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Cpus_allowed",
    ]
    for name in names { #expect(inside[name] == first[name], "\(name)") }
    #expect(output.lines.suffix(3) == ["0027", "1", "/etc"])
    #expect(try container.exec(["cat", "/proc/self/limits"]).succeed().stdout == readText("/proc/\(pid)/limits"))
    #expect(try container.exec(["cat", "/proc/self/oom_score_adj"]).succeed().stdout == "100\n")
  }

  @Test(arguments: [
    (["--user", "1000"], "1000", "0"), (["-u", "1000:50"], "1000", "50"), (["--user=0:7"], "0", "7"),
  ])
  func userIsTheOptions(options: [String], uid: String, gid: String) throws {
    let status = processStatus(try running().exec(["cat", "/proc/self/status"], options: options).succeed().stdout)
    #expect(status["Uid"] == Array(repeating: uid, count: 4).joined(separator: "\t"))
    #expect(status["Gid"] == Array(repeating: gid, count: 4).joined(separator: "\t"))
  }

  /// C6 (CVE-2016-3697, CVE-2026-30892): only 0 is root, and a name in the image's passwd is no number.
  @Test(arguments: [
    "01", "+1", "-1", "4294967295", "4294967296", "18446744073709551616", "1:", ":1", "1:2:3", "1x", "0x1", "1 ", " 1",
    "1:-1", "1:4294967296", "evil",
  ])
  func doubtfulUserIsNeverRoot(user: String) throws {
    let container = try running()
    try Data("evil:x:0:0::/:/bin/sh\n1000:x:0:0::/:/bin/sh\n".utf8)
      .write(to: URL(filePath: container.rootfs + "/etc/passwd"))
    let output = try container.exec(["cat", "/proc/self/status"], options: ["--user=" + user])
    if output.status == 0 {
      let status = processStatus(output.stdout)
      #expect(status["Uid"]?.hasPrefix("0\t") == false)
    } else {
      #expect(output.status == 255 || output.status == 1)
      #expect(output.stderr.hasPrefix("apus: "))
    }
  }

  @Test(arguments: ["--additional-gids", "-g"]) func additionalGroupsAreAdded(option: String) throws {
    let output = try running().exec(["cat", "/proc/self/status"], options: [option, "7", option, "8"])
    #expect(processStatus(try output.succeed().stdout)["Groups"]?.split(separator: " ").suffix(2) == ["7", "8"])
  }

  @Test func environmentAndFolderAreTheOptions() throws {
    let options = ["--env", "A=1", "-e", "B=two words", "--cwd", "/proc"]
    let output = try running().exec(["/bin/sh", "-c", "echo $A; echo $B; pwd"], options: options)
    #expect(try output.succeed().lines == ["1", "two words", "/proc"])
  }

  /// C14: the caller's environment stays outside.
  @Test func callersEnvironmentStaysOutside() throws {
    let container = try running()
    let command = try container.scratch.start(container.execWords(["env"]), environment: ["SECRET=leak"])
    #expect(!(try command.wait().succeed().stdout.contains("SECRET")))
  }

  @Test func wordsAfterTheIDAreTheCommands() throws {
    let output = try running().exec(["echo", "-n", "--cwd", "/", "-e", "x"])
    #expect(try output.succeed().stdout == "--cwd / -e x")
  }

  @Test func processFileSaysEverything() throws {
    let container = try running()
    let file = container.scratch.path("process.json")
    let process: JSONValue = [
      "args": ["/bin/sh", "-c", "id -u; id -g; pwd; echo $X; grep CapEff /proc/self/status"],
      "cwd": "/etc", "env": ["PATH=/bin", "X=y"], "user": ["uid": 5, "gid": 6], "noNewPrivileges": true,
    ]
    try Data((try process.text + "\n").utf8).write(to: URL(filePath: file))
    let output = try container.exec([], options: ["--process", file])
    #expect(try output.succeed().lines == ["5", "6", "/etc", "y", "CapEff:\t0000000000000000"])
  }

  @Test func detachedProcessOutlivesTheCommand() throws {
    let container = try running()
    let file = container.scratch.path("pid")
    let output = try container.exec(["sleep", "1000"], options: ["-d", "--pid-file", file]).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    let pid = try #require(pid_t(readText(file)))
    #expect(eventually { readText("/proc/\(pid)/cmdline") == "sleep\u{0}1000\u{0}" })
    try container.delete("--force").succeed()
    #expect(eventually { readText("/proc/\(pid)/cmdline").isEmpty })
  }

  /// C1 (CVE-2022-29162): more capabilities, and none of them inheritable.
  @Test(arguments: ["--cap", "-c"]) func addedCapabilityIsNotInheritable(option: String) throws {
    let output = try running().exec(["cat", "/proc/self/status"], options: [option, "CAP_NET_ADMIN"])
    let status = processStatus(try output.succeed().stdout)
    #expect(status["CapEff"] == "0000000020001420")
    #expect(status["CapInh"] == "0000000000000000")
    #expect(status["CapAmb"] == "0000000000000000")
  }

  /// C11: no-new-privileges is the config's, or asked for.
  @Test func noNewPrivilegesCanBeAskedFor() throws {
    let container = try running { $0["process.noNewPrivileges"] = false }
    let read = ["grep", "NoNewPrivs", "/proc/self/status"]
    #expect(try container.exec(read).succeed().stdout == "NoNewPrivs:\t0\n")
    #expect(try container.exec(read, options: ["--no-new-privs"]).succeed().stdout == "NoNewPrivs:\t1\n")
  }

  /// A4: descriptors arrive when asked for only.
  @Test func preservedDescriptorsArriveAndNoOthers() throws {
    let container = try running()
    let shell = ["/bin/bash", "-c", "exec \"$@\" 3</etc/passwd 4</etc/group 8</", "bash"]
    let list = ["ls", "/proc/self/fd"]
    let with = try container.scratch.run(shell + container.execWords(list, options: ["--preserve-fds", "1"]))
    #expect(try with.succeed().lines == ["0", "1", "2", "3", "4"], "4 is the folder that ls reads")
    #expect(try container.scratch.run(shell + container.execWords(list)).succeed().lines == ["0", "1", "2", "3"])
  }

  /// A3 (CVE-2024-21626): no descriptor of the runtime can be the working folder.
  @Test func descriptorIsNoWorkingFolder() throws {
    let container = try running()
    let shell = ["/bin/bash", "-c", "exec \"$@\" 9</ 8</sys/fs/cgroup", "bash"]
    for number in 3..<16 {
      let words = container.execWords(["pwd"], options: ["--cwd", "/proc/self/fd/\(number)"])
      let output = try container.scratch.run(shell + words)
      #expect(output.status != 0 && output.stdout.isEmpty)
      #expect(output.stderr.contains("/proc/self/fd/\(number)"))
    }
  }

  @Test func createdContainerTakesAProcess() throws {
    let container = try Container()
    try container.createSleeping()
    #expect(try container.exec(["echo", "hello"]).succeed().stdout == "hello\n")
    #expect(try container.status == "created")
    try container.start().succeed()
  }

  @Test func stoppedContainerTakesNone() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    let output = try container.exec(["true"])
    #expect(output.status == 255)
    try container.expectRefusal(of: output, saying: "cannot exec in a stopped container", leavesNothing: false)
  }

  @Test func unknownContainerDoesNotExist() throws {
    let container = try Container()
    let output = try container.exec(["true"])
    try container.expectRefusal(of: output, saying: "container does not exist")
  }

  @Test(arguments: [
    ("nope", "exec: \"nope\": executable file not found in $PATH"),
    ("/nope", "exec: \"/nope\": stat /nope: no such file or directory"),
    ("/etc/passwd", "exec: \"/etc/passwd\": permission denied"),
  ])
  func programThatCannotBeExecuted(program: String, phrase: String) throws {
    let container = try running()
    let output = try container.exec([program])
    #expect(output.status == 255)
    try container.expectRefusal(of: output, saying: phrase, leavesNothing: false)
    #expect(try container.status == "running")
  }

  @Test func manyAtOnce() throws {
    let container = try running()
    let commands = try (1...8).map { try container.scratch.start(container.execWords(["echo", "\($0)"])) }
    for (index, command) in commands.enumerated() {
      #expect(try command.wait().succeed().stdout == "\(index + 1)\n")
    }
  }

  @Test func containerEndsWhileAProcessRuns() throws {
    let container = try running()
    let command = try container.scratch.start(container.execWords(["/bin/sh", "-c", "echo ready; sleep 1000"]))
    #expect(eventually { command.stdout == "ready\n" })
    try container.kill("KILL").succeed()
    #expect(try command.wait(timeout: 10).status == 137)
  }
}
