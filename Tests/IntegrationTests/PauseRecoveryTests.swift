import Foundation
import Testing

/// A container that was frozen by a hand that is gone: by a runtime that was killed before it could thaw it again.
@Suite(.scratch) struct PauseRecoveryTests {
  private func frozen() throws -> Container {
    let container = try Container()
    try container.runDetached("while :; do echo >>/dev/shm/ticks; sleep 0.02; done")
    let freezer = HostCgroups.freezer
    let file = try container.folder(of: "freezer") + "/" + freezer.file
    try container.scratch.run(["/bin/sh", "-c", "echo \(freezer.frozen) >\(file)"]).succeed()
    #expect(try container.status == "paused")
    return container
  }

  @Test func resumeThawsIt() throws {
    let container = try frozen()
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try container.status == "running")
    #expect(try container.text(of: HostCgroups.freezer.file, "freezer") == HostCgroups.freezer.thawed)
  }

  @Test(arguments: [[], ["--all"]]) func killEndsItAtOnce(options: [String]) throws {
    let container = try frozen()
    let start = ContinuousClock.now
    try container.scratch.run(container.words("kill", options) + ["9"]).succeed()
    #expect(try eventually(within: 1) { try container.status == "stopped" })
    #expect(ContinuousClock.now - start < .patient(1))
  }

  @Test func forcedDeleteEndsItAtOnce() throws {
    let container = try frozen()
    let start = ContinuousClock.now
    try container.delete("--force").succeed()
    #expect(ContinuousClock.now - start < .patient(1))
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// Other signals wait until it goes on.
  @Test func termWaitsForTheResume() throws {
    let container = try Container()
    try container.runDetached("trap 'exit 0' TERM; while :; do sleep 0.02; done")
    try container.scratch.run(container.words("pause")).succeed()
    try container.kill("TERM").succeed()
    usleep(100_000)
    #expect(try container.status == "paused")
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try container.becomes("stopped"))
  }

  @Test func createdContainerIsPausedAndNotStarted() throws {
    let container = try Container()
    try container.createSleeping()
    try container.scratch.run(container.words("pause")).succeed()
    #expect(try container.status == "paused")
    let output = try container.scratch.start(container.words("start")).wait(timeout: 5)
    try container.expectRefusal(
      of: output, saying: "cannot start a container in the paused state", leavesNothing: false)
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try container.status == "created")
    try container.start().succeed()
    #expect(try container.status == "running")
  }

  @Test func phrasesAreThoseOfRunc() throws {
    let container = try Container()
    try container.runDetached()
    let resume = try container.scratch.run(container.words("resume"))
    #expect(resume.stderr == "apus: resume \"\(container.id)\": container not paused\n")
    try container.scratch.run(container.words("pause")).succeed()
    let pause = try container.scratch.run(container.words("pause"))
    #expect(pause.stderr == "apus: pause \"\(container.id)\": container not running\n")
    #expect(resume.status == 1 && pause.status == 1)
  }

  /// What a container without a pid namespace of its own leaves behind is reached by SIGKILL, also when its first
  /// process is gone.
  @Test func killReachesWhatTheFirstProcessLeft() throws {
    let container = try Container { $0.dropNamespace("pid") }
    try container.runDetached("setsid sleep 1000 & sleep 0.1")
    #expect(try container.becomes("stopped"))
    func count() throws -> Int? {
      let output = try container.scratch.run(container.words("ps", ["-f", "json"])).succeed()
      return try JSONValue(parsing: output.stdout).array?.count
    }
    #expect(try count() == 1)
    try container.kill("KILL").succeed()
    #expect(try eventually { try count() == 0 })
    let again = try container.kill("KILL")
    try container.expectRefusal(of: again, saying: "container not running", leavesNothing: false)
    try container.scratch.run(container.words("kill", ["--all"]) + ["9"]).succeed()
  }

  @Test func otherSignalsGoToTheFirstProcessAlone() throws {
    let container = try Container { $0.dropNamespace("pid") }
    let run = try container.startRunning(
      "trap 'echo one' USR1; (trap 'echo two' USR1; echo two is ready; while :; do sleep 0.02; done) & "
        + "while :; do sleep 0.02; done")
    #expect(eventually { run.stdout == "two is ready\n" })
    try container.kill("USR1").succeed()
    #expect(eventually { run.stdout == "two is ready\none\n" })
    usleep(100_000)
    #expect(run.stdout == "two is ready\none\n")
    try container.kill("KILL").succeed()
    #expect(try run.wait().status == 137)
  }
}
