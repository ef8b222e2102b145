import Foundation
import Testing

/// Several callers at once on one id.
@Suite(.scratch) struct ConcurrencyTests {
  /// E3: of eight creates of one id exactly one wins; the others say why, and leave its container alone.
  @Test func oneOfEightCreatesWins() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let commands = try (1...8).map { _ in try container.scratch.start(container.words("create")) }
    let outputs = try commands.map { try $0.wait() }
    #expect(outputs.filter { $0.status == 0 }.count == 1)
    for output in outputs where output.status != 0 {
      try container.expectRefusal(of: output, saying: "container with given ID already exists", leavesNothing: false)
    }
    #expect(try container.status == "created")
    try container.start().succeed()
  }

  @Test func forcedDeletesDoNotDisturbEachOther() throws {
    let container = try Container()
    try container.runDetached()
    let commands = try (1...4).map { _ in try container.scratch.start(container.words("delete", ["--force"])) }
    #expect(try commands.allSatisfy { try $0.wait().status == 0 })
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// E4: creates, kills and forced deletes of one id against each other; afterwards one forced delete leaves nothing.
  @Test func churnOfOneIDLeavesNothing() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let verbs = [
      container.words("create"), container.words("start"), container.words("state"),
      container.words("kill") + ["KILL"], container.words("delete", ["--force"]),
    ]
    for round in 0..<12 {
      let commands = try (0..<4).map {
        try container.scratch.start(verbs[(round + $0 * (1 + round % 3)) % verbs.count])
      }
      for command in commands { #expect(try command.wait(timeout: 10).status < 128) }
    }
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// A create that succeeds is seen as creating or created, however closely it is watched, and never as stopped.
  @Test func stateDuringACreateIsNeverStopped() throws {
    for _ in 0..<8 {
      let container = try Container { $0["process.args"] = ["sleep", "1000"] }
      let state = container.words("state").map { "'\($0)'" }.joined(separator: " ")
      let watch = "until \(state) 2>/dev/null | tee -a seen | grep -q created; do :; done"
      let watcher = try container.scratch.start(["/bin/sh", "-c", "cd '\(container.bundle)'; \(watch)"])
      try container.create().succeed()
      try watcher.wait(timeout: 10).succeed()
      #expect(!readText(container.bundle + "/seen").contains("stopped"))
      try container.delete("--force").succeed()
    }
  }

  /// A lock that is never let go holds nobody up for longer than ten seconds, and is told.
  @Test func heldLockIsTold() throws {
    let container = try Container()
    try container.runDetached()
    let holder = try container.scratch.start(["/usr/bin/flock", "--no-fork", container.stateFolder, "sleep", "60"])
    #expect(
      eventually { (try? container.scratch.run(["/usr/bin/flock", "-n", container.stateFolder, "true"]))?.status == 1 })
    let output = try container.scratch.run(container.words("pause"))
    #expect(output.status == 1)
    #expect(output.stderr.contains("another caller holds the container's lock"))
    holder.signal(9)
    #expect(try container.status == "running")
  }

  @Test func parallelContainersDoNotDisturbEachOther() throws {
    let containers = try (1...6).map { number in try Container { $0["process.args"] = ["echo", "\(number)"] } }
    let commands = try containers.map { try $0.scratch.start($0.words("run")) }
    for (index, command) in commands.enumerated() {
      #expect(try command.wait().succeed().stdout == "\(index + 1)\n")
    }
  }
}
