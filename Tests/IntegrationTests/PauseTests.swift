import Foundation
import Testing

/// The commands `pause` and `resume`, and what a paused container takes.
@Suite(.scratch) struct PauseTests {
  private func paused() throws -> Container {
    let container = try Container()
    try container.runDetached("while :; do echo >>/dev/shm/ticks; sleep 0.02; done")
    try container.scratch.run(container.words("pause")).succeed()
    return container
  }

  @Test func pausedContainerStandsStill() throws {
    let container = try paused()
    #expect(try container.status == "paused")
    let ticks = "/proc/\(try container.pid)/root/dev/shm/ticks"
    let before = readText(ticks)
    usleep(200_000)
    #expect(readText(ticks) == before)
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try container.status == "running")
    #expect(eventually { readText(ticks) != before })
  }

  /// D8: no process enters a paused container, where it would hang, unless it is asked for.
  @Test func execIntoPausedIsRefused() throws {
    let container = try paused()
    let output = try container.scratch.start(container.execWords(["true"])).wait(timeout: 5)
    #expect(output.status == 255)
    try container.expectRefusal(of: output, saying: "paused", leavesNothing: false)
  }

  @Test func execIntoPausedWaitsWhenAskedFor() throws {
    let container = try paused()
    let exec = try container.scratch.start(container.execWords(["echo", "hello"], options: ["--ignore-paused"]))
    usleep(300_000)
    #expect(exec.isRunning && exec.stdout.isEmpty)
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try exec.wait(timeout: 10).succeed().stdout == "hello\n")
  }

  /// D7: killed and deleted within a second.
  @Test func pausedContainerIsKilledAtOnce() throws {
    let container = try paused()
    let start = ContinuousClock.now
    try container.kill("KILL").succeed()
    #expect(try eventually(within: 1) { try container.status == "stopped" })
    try container.delete().succeed()
    #expect(ContinuousClock.now - start < .patient(1.5))
  }

  @Test func pausedContainerIsDeletedByForceAtOnce() throws {
    let container = try paused()
    let start = ContinuousClock.now
    try container.delete("--force").succeed()
    #expect(ContinuousClock.now - start < .patient(1))
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test func pausedContainerIsNotDeletedWithoutForce() throws {
    let container = try paused()
    try container.expectRefusal(of: container.delete(), saying: "not stopped: paused", leavesNothing: false)
    #expect(try container.status == "paused")
  }

  @Test func runningContainerIsNotResumed() throws {
    let container = try Container()
    try container.runDetached()
    try container.expectRefusal(
      of: container.scratch.run(container.words("resume")), saying: "not paused", leavesNothing: false)
  }

  @Test(arguments: ["pause", "resume"]) func stoppedContainerIsRefused(command: String) throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    try container.expectRefusal(of: container.scratch.run(container.words(command)), leavesNothing: false)
  }

  @Test(arguments: ["pause", "resume"]) func unknownContainerDoesNotExist(command: String) throws {
    let container = try Container()
    try container.expectRefusal(
      of: container.scratch.run(container.words(command)), saying: "container does not exist")
  }

  /// E13: all processes of a container without a pid namespace are signalled at once.
  @Test(.root("procfs belongs to a pid namespace of its own"), arguments: ["--all", "-a"])
  func killAllSignalsEveryProcess(option: String) throws {
    let container = try Container { $0.dropNamespace("pid") }
    try container.runDetached("setsid sleep 1000 & setsid sleep 1000 & exec sleep 1000")
    try container.scratch.run(container.words("kill", [option]) + ["KILL"]).succeed()
    #expect(try container.becomes("stopped"))
    #expect(
      try eventually { try !container.scratch.remains(of: container.id).contains { $0.hasPrefix("process ") } })
  }
}
