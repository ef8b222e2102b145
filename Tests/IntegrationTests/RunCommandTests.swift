import Foundation
import Glibc
import Testing

/// The command `run`: exit status, signals, detaching, pid file.
@Suite(.scratch) struct RunCommandTests {
  @Test(arguments: [0, 1, 7, 126, 127, 255]) func exitStatusIsTheProcesses(status: Int32) throws {
    #expect(try Container().run("exit \(status)").status == status)
  }

  @Test(arguments: [("KILL", Int32(137)), ("TERM", 143), ("ABRT", 134)])
  func exitStatusOfASignalIs128PlusIt(signal: String, status: Int32) throws {
    // Without a pid namespace a process has no protection against its own signal.
    let container = try Container { $0.dropNamespace("pid") }
    #expect(try container.run("kill -\(signal) $$; sleep 10").status == status)
  }

  @Test func killedFromOutsideIs137() throws {
    let container = try Container()
    let run = try container.startRunning("echo ready; exec sleep 1000")
    #expect(eventually { run.stdout == "ready\n" })
    try container.kill("KILL").succeed()
    #expect(try run.wait().status == 137)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test(arguments: [
    ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("TERM", SIGTERM), ("USR1", SIGUSR1),
    ("USR2", SIGUSR2), ("CONT", SIGCONT),
  ])
  func signalReachesTheContainer(name: String, number: Int32) throws {
    let container = try Container()
    let run = try container.startRunning("trap 'echo got; exit 9' \(name); echo ready; while :; do sleep 0.05; done")
    #expect(eventually { run.stdout == "ready\n" })
    run.signal(number)
    let output = try run.wait(timeout: 10)
    #expect(output.status == 9)
    #expect(output.stdout == "ready\ngot\n")
  }

  @Test func foregroundRunDeletesTheContainer() throws {
    let container = try Container()
    try container.run("true").succeed()
    try container.expectRefusal(of: container.scratch.run(container.words("state")), saying: "container does not exist")
  }

  @Test func keepLeavesAStoppedContainer() throws {
    let container = try Container()
    #expect(try container.run("exit 3", options: "--keep").status == 3)
    #expect(try container.status == "stopped")
    try container.delete().succeed()
  }

  @Test(arguments: ["--detach", "-d"]) func detachedRunReturnsAtOnce(flag: String) throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let output = try container.scratch.run(container.words("run", [flag])).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    #expect(try container.status == "running")
  }

  @Test(arguments: ["run", "create"]) func pidFileHoldsThePid(command: String) throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let file = container.scratch.path("pid")
    try container.scratch.run(
      container.words(command, ["--pid-file", file] + (command == "run" ? ["--detach"] : []))
    ).succeed()
    #expect(readText(file) == "\(try container.pid)")
  }

  /// E2: the pid file is put in place by rename: a link is replaced and never followed.
  @Test func pidFileReplacesALink() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let (file, canary) = (container.scratch.path("pid"), container.scratch.path("canary"))
    try Data("alive".utf8).write(to: URL(filePath: canary))
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: canary)
    try container.scratch.run(container.words("create", ["--pid-file", file])).succeed()
    #expect(readText(canary) == "alive")
    #expect(readText(file) == "\(try container.pid)")
  }

  @Test func pidFileThatCannotBeWrittenIsAnError() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let output = try container.create(options: "--pid-file", "/nowhere/pid")
    try container.expectRefusal(of: output, saying: "/nowhere/pid", "no such file or directory")
  }

  /// The state folder and the stopped container stay for `--keep` only: orphans of the container end with it.
  @Test func orphansEndWithTheirContainer() throws {
    let container = try Container()
    try container.run("for i in 1 2 3 4 5; do (sleep 1000 &); done; exit 4").expect(status: 4)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// Without a pid namespace of its own, what the container started is killed with it too.
  @Test func orphansEndWithTheirContainerInTheHostsPIDNamespace() throws {
    let container = try Container { $0.dropNamespace("pid") }
    try container.run("setsid sleep 1000 & setsid sleep 1000 & exit 4").expect(status: 4)
    #expect(try eventually { try container.scratch.remains(of: container.id).isEmpty })
  }

  /// Nobody holds the caller's output open once a container was created and is gone: the reader sees its end.
  @Test func outputEndsWithTheContainer() throws {
    let container = try Container { $0["process.args"] = ["echo", "hello"] }
    let pipeline = ["/bin/sh", "-c", "\"$@\" | cat", "sh"]
    let output = try container.scratch.run(pipeline + container.words("run", ["--detach"]), timeout: 10)
    #expect(try output.succeed().stdout == "hello\n")
  }
}
