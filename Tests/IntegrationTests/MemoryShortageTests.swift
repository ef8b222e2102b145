import Foundation
import Testing

/// A memory limit that is too low for the start (security case D9).
@Suite(.scratch) struct MemoryShortageTests {
  private func container(limit: Int, disableOOMKiller: Bool = false) throws -> Container {
    try Container { config in
      config["process.args"] = ["sleep", "1000"]
      config["linux.resources.memory"] = [
        "limit": .integer(limit), "swap": .integer(limit), "disableOOMKiller": .bool(disableOOMKiller),
      ]
    }
  }

  @Test(arguments: [4096, 16_384, 32_768, 65_536]) func limitAndNeedAreTold(limit: Int) throws {
    let container = try container(limit: limit)
    for command in ["create", "run"] {
      let output = try container.scratch.start(container.words(command)).wait(timeout: 15)
      try container.expectRefusal(
        of: output, saying: "the memory limit (\(limit) bytes) is too low for the start, which takes about 266240 bytes"
      )
    }
  }

  /// The number is not too low. The kernel takes memory in batches of 64 pages for each processor, and a process that
  /// changes its processor at the wrong moment leaves nearly all of such a limit behind in the other's batch: once in
  /// some hundred starts the kernel then ends it. Of five starts one succeeds for certain, with the batches added all.
  @Test func needIsEnough() throws {
    #expect(try starts(withLimit: 266_240, of: 5, until: 1) == 1)
    #expect(try starts(withLimit: 266_240 + sysconf(Int32(_SC_NPROCESSORS_CONF)) * 64 * 4096, of: 5, until: 5) == 5)
  }

  /// How many of some starts succeed, when it ends with this number of successes.
  private func starts(withLimit limit: Int, of attempts: Int, until enough: Int) throws -> Int {
    let container = try container(limit: limit)
    var successes = 0
    for _ in 0..<attempts where successes < enough {
      if try container.create().status == 0 {
        let started = try container.start()
        usleep(100_000)
        if try started.status == 0 && container.status == "running" { successes += 1 }
        try container.delete("--force").succeed()
      }
    }
    return successes
  }

  /// The words for the program count too.
  @Test func needGrowsWithTheEnvironment() throws {
    let container = try container(limit: 262_144)
    try container.edit { $0["process.env"] = ["PATH=/bin", .string("X=" + String(repeating: "x", count: 100_000))] }
    let output = try container.scratch.run([container.scratch.apus, "validate", "--bundle", container.bundle])
    #expect(output.status == 0)
    try container.edit { $0["linux.resources.memory.disableOOMKiller"] = true }
    let refused = try container.scratch.run([container.scratch.apus, "validate", "--bundle", container.bundle])
    #expect(refused.stdout.contains("which takes about 462848 bytes"))
  }

  /// It would wait for ever.
  @Test func startThatCouldOnlyWaitIsRefusedUpFront() throws {
    let container = try container(limit: 65_536, disableOOMKiller: true)
    let output = try container.scratch.start(container.words("create")).wait(timeout: 5)
    try container.expectRefusal(of: output, saying: "memory.limit", "65536 bytes", "266240 bytes", "disableOOMKiller")
  }

  @Test func otherDeathsAreNotBlamedOnMemory() throws {
    let container = try container(limit: 67_108_864)
    try container.edit { $0["process.args"] = ["/nowhere"] }
    let output = try container.expectRefusal(saying: "no such file or directory")
    #expect(!output.stderr.contains("memory"))
  }
}
