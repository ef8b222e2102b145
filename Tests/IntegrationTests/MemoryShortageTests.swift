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

  @Test(.controllers("memory"), arguments: [4096, 16_384, 32_768]) func limitAndNeedAreTold(limit: Int) throws {
    let container = try container(limit: limit)
    for command in ["create", "run"] {
      let output = try container.scratch.start(container.words(command)).wait(timeout: 15)
      try container.expectRefusal(
        of: output, saying: "the memory limit (\(limit) bytes) is too low for the start, which takes about 266240 bytes"
      )
    }
  }

  /// The number is not too low: with it, everything starts.
  @Test(.controllers("memory")) func needIsEnough() throws {
    let container = try container(limit: 266_240)
    try container.create().succeed()
    try container.start().succeed()
    usleep(100_000)
    #expect(try container.status == "running")
    let file = HostCgroups.isPure ? "memory.peak" : "memory.max_usage_in_bytes"
    let peak = try #require(Int(try container.text(of: file, "memory")))
    #expect(peak <= 266_240)
  }

  /// The words for the program count too.
  @Test(.controllers("memory")) func needGrowsWithTheEnvironment() throws {
    let container = try container(limit: 262_144)
    try container.edit { $0["process.env"] = ["PATH=/bin", .string("X=" + String(repeating: "x", count: 100_000))] }
    let output = try container.scratch.run([container.scratch.apus, "validate", "--bundle", container.bundle])
    #expect(output.status == 0)
    try container.edit { $0["linux.resources.memory.disableOOMKiller"] = true }
    let refused = try container.scratch.run([container.scratch.apus, "validate", "--bundle", container.bundle])
    // In a cgroup v2 tree the OOM killer is always there.
    if HostCgroups.isPure { return #expect(refused.status == 0) }
    #expect(refused.stdout.contains("which takes about 462848 bytes"))
  }

  /// It would wait for ever.
  @Test(.v1Hierarchies) func startThatCouldOnlyWaitIsRefusedUpFront() throws {
    let container = try container(limit: 65_536, disableOOMKiller: true)
    let output = try container.scratch.start(container.words("create")).wait(timeout: 5)
    try container.expectRefusal(of: output, saying: "memory.limit", "65536 bytes", "266240 bytes", "disableOOMKiller")
  }

  @Test(.controllers("memory")) func otherDeathsAreNotBlamedOnMemory() throws {
    let container = try container(limit: 67_108_864)
    try container.edit { $0["process.args"] = ["/nowhere"] }
    let output = try container.expectRefusal(saying: "no such file or directory")
    #expect(!output.stderr.contains("memory"))
  }
}
