import Foundation
import Testing

/// The commands `kill` and `delete`.
@Suite(.scratch) struct KillAndDeleteTests {
  /// Nobody is a handler yet in a container that waits for its start, and it is the first process of its namespace.
  @Test(arguments: ["TERM", "INT", "HUP", "QUIT"]) func waitingContainerEndsWhenItIsTold(signal: String) throws {
    let container = try Container()
    try container.createSleeping()
    try container.kill(signal).succeed()
    #expect(try container.becomes("stopped"))
  }

  /// Signal 0 asks whether there is a process to signal.
  @Test func signalZeroOnlyAsks() throws {
    let container = try Container()
    try container.runDetached()
    try container.kill("0").succeed()
    #expect(try container.status == "running")
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    let output = try container.kill("0")
    #expect(output.isRefusal && output.stderr.contains("container not running"))
  }

  private static let trapping =
    "trap 'echo TERM; exit 5' TERM; trap 'echo USR1' USR1; echo ready; while :; do sleep 0.05; done"

  @Test(arguments: ["TERM", "SIGTERM", "15"]) func signalByNameAndNumber(signal: String) throws {
    let container = try Container()
    let run = try container.startRunning(KillAndDeleteTests.trapping)
    #expect(eventually { run.stdout == "ready\n" })
    let output = try container.kill(signal).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    #expect(try run.wait(timeout: 10).stdout == "ready\nTERM\n")
  }

  @Test func defaultSignalIsTERM() throws {
    let container = try Container()
    let run = try container.startRunning(KillAndDeleteTests.trapping)
    #expect(eventually { run.stdout == "ready\n" })
    try container.kill().succeed()
    #expect(try run.wait(timeout: 10).status == 5)
  }

  @Test(arguments: ["USR1", "SIGUSR1", "10"]) func otherSignalsArrive(signal: String) throws {
    let container = try Container()
    let run = try container.startRunning(KillAndDeleteTests.trapping)
    #expect(eventually { run.stdout == "ready\n" })
    try container.kill(signal).succeed()
    #expect(eventually { run.stdout == "ready\nUSR1\n" })
    try container.kill("KILL").succeed()
    #expect(try run.wait(timeout: 10).status == 137)
  }

  /// E13: what is no signal is refused, and nothing is sent.
  @Test(arguments: ["", "65", "-1", "TERM ", " 9", "SIGFOO", "9x", "0x9", "SIG", "99999999999999999999", "KILL\n"])
  func unknownSignalIsRefused(signal: String) throws {
    let container = try Container()
    try container.runDetached()
    try container.expectRefusal(of: container.kill(signal), leavesNothing: false)
    #expect(try container.status == "running")
  }

  /// E13: the kernel drops a signal that the first process of a pid namespace does not handle; that is no error.
  @Test func unhandledTermIsNoError() throws {
    let container = try Container()
    try container.runDetached()
    try container.kill("TERM").succeed()
    #expect(try container.status == "running")
  }

  @Test func createdContainerCanBeKilled() throws {
    let container = try Container()
    try container.createSleeping()
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
  }

  @Test func stoppedContainerCannotBeKilled() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    let output = try container.kill("KILL")
    #expect(output.status == 1)
    try container.expectRefusal(of: output, saying: "container not running", leavesNothing: false)
  }

  @Test(arguments: ["kill", "delete", "start"]) func unknownContainerDoesNotExist(command: String) throws {
    let container = try Container()
    let output = try container.scratch.run(container.words(command))
    #expect(output.status == 1)
    try container.expectRefusal(of: output, saying: "container does not exist")
  }

  @Test func forcedDeleteOfNothingIsFine() throws {
    let container = try Container()
    let output = try container.delete("--force").succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
  }

  @Test func runningContainerIsNotDeleted() throws {
    let container = try Container()
    try container.runDetached()
    let output = try container.delete()
    #expect(output.status == 1)
    let text = "cannot delete container \(container.id) that is not stopped: running"
    try container.expectRefusal(of: output, saying: text, leavesNothing: false)
    #expect(try container.status == "running")
  }

  @Test(arguments: ["--force", "-f"]) func forcedDeleteEndsARunningContainer(flag: String) throws {
    let container = try Container()
    try container.runDetached("trap '' TERM; while :; do sleep 1; done")
    let pid = try container.pid
    try container.delete(flag).succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
    #expect(!readText("/proc/\(pid)/cmdline").contains("sleep"))
  }

  @Test func forcedDeleteEndsACreatedContainer() throws {
    let container = try Container()
    try container.createSleeping()
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// runc deletes a container that was created and never started, by killing its init; so do callers expect it.
  @Test func createdContainerIsDeletedWithoutForce() throws {
    let container = try Container()
    try container.createSleeping()
    try container.delete().succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test func deletedTwiceDoesNotExist() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
    try container.expectRefusal(of: container.delete(), saying: "container does not exist")
  }

  @Test func idIsFreeAgainAfterDelete() throws {
    let container = try Container()
    for _ in 1...3 {
      try container.createSleeping()
      try container.delete("--force").succeed()
    }
    #expect(try container.run("echo again").succeed().stdout == "again\n")
  }

  /// E13: all processes of a container without a pid namespace of its own go with it.
  @Test(.root("procfs belongs to a pid namespace of its own")) func forcedDeleteEndsAllProcesses() throws {
    let container = try Container { $0.dropNamespace("pid") }
    try container.runDetached("setsid sleep 1000 & setsid sleep 1000 & exec sleep 1000")
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }
}
