import Foundation
import Testing

/// linux.resources of a config, as the container's cgroups tell them.
@Suite(.scratch) struct LimitTests {
  /// A property, its value, the controller, file and text that it becomes.
  struct Limit: Sendable, CustomTestStringConvertible {
    let property: String
    let value: JSONValue
    let controller: String
    let file: String
    let text: String
    var testDescription: String { property }
  }

  static let limits = [
    Limit(
      property: "memory", value: ["limit": 67_108_864], controller: "memory", file: "memory.limit_in_bytes",
      text: "67108864"),
    Limit(
      property: "memory", value: ["reservation": 33_554_432], controller: "memory",
      file: "memory.soft_limit_in_bytes", text: "33554432"),
    Limit(
      property: "memory", value: ["limit": 67_108_864, "swap": 134_217_728], controller: "memory",
      file: "memory.memsw.limit_in_bytes", text: "134217728"),
    Limit(
      property: "memory", value: ["limit": -1], controller: "memory", file: "memory.limit_in_bytes",
      text: "9223372036854771712"),
    Limit(property: "memory", value: ["swappiness": 7], controller: "memory", file: "memory.swappiness", text: "7"),
    Limit(property: "cpu", value: ["shares": 555], controller: "cpu", file: "cpu.shares", text: "555"),
    Limit(
      property: "cpu", value: ["quota": 50_000, "period": 200_000], controller: "cpu", file: "cpu.cfs_quota_us",
      text: "50000"),
    Limit(
      property: "cpu", value: ["quota": 50_000, "period": 200_000], controller: "cpu", file: "cpu.cfs_period_us",
      text: "200000"),
    Limit(
      property: "cpu", value: ["quota": 50_000, "burst": 20_000], controller: "cpu", file: "cpu.cfs_burst_us",
      text: "20000"),
    Limit(property: "cpu", value: ["idle": 1], controller: "cpu", file: "cpu.idle", text: "1"),
    Limit(property: "cpu", value: ["cpus": "0"], controller: "cpuset", file: "cpuset.cpus", text: "0"),
    Limit(property: "cpu", value: ["mems": "0"], controller: "cpuset", file: "cpuset.mems", text: "0"),
    Limit(property: "pids", value: ["limit": 33], controller: "pids", file: "pids.max", text: "33"),
    Limit(property: "pids", value: ["limit": -1], controller: "pids", file: "pids.max", text: "max"),
  ]

  /// The same where a cgroup v2 tree is all there is.
  static let pureLimits = [
    Limit(
      property: "memory", value: ["limit": 67_108_864], controller: "memory", file: "memory.max", text: "67108864"),
    Limit(
      property: "memory", value: ["reservation": 33_554_432], controller: "memory", file: "memory.low",
      text: "33554432"),
    Limit(
      property: "memory", value: ["limit": 67_108_864, "swap": 134_217_728], controller: "memory",
      file: "memory.swap.max", text: "67108864"),
    Limit(property: "memory", value: ["limit": -1], controller: "memory", file: "memory.max", text: "max"),
    Limit(property: "cpu", value: ["shares": 512], controller: "cpu", file: "cpu.weight", text: "59"),
    Limit(
      property: "cpu", value: ["quota": 50_000, "period": 200_000], controller: "cpu", file: "cpu.max",
      text: "50000 200000"),
    Limit(property: "cpu", value: ["idle": 1], controller: "cpu", file: "cpu.idle", text: "1"),
    Limit(property: "cpu", value: ["cpus": "0"], controller: "cpuset", file: "cpuset.cpus", text: "0"),
    Limit(property: "cpu", value: ["mems": "0"], controller: "cpuset", file: "cpuset.mems", text: "0"),
    Limit(property: "pids", value: ["limit": 33], controller: "pids", file: "pids.max", text: "33"),
    Limit(property: "pids", value: ["limit": -1], controller: "pids", file: "pids.max", text: "max"),
    Limit(
      property: "unified", value: ["memory.oom.group": "1"], controller: "memory", file: "memory.oom.group",
      text: "1"),
  ]

  @Test(arguments: CgroupTests.isPure ? pureLimits : limits) func limitReachesItsFile(_ limit: Limit) throws {
    let container = try Container { $0["linux.resources.\(limit.property)"] = limit.value }
    try container.runDetached()
    #expect(try container.cgroupFile(limit.controller, limit.file) == limit.text)
  }

  @Test func disabledOOMKillerIsTold() throws {
    let container = try Container { $0["linux.resources.memory"] = ["disableOOMKiller": true] }
    try container.runDetached()
    #expect(try container.cgroupFile("memory", "memory.oom_control").contains("oom_kill_disable 1"))
  }

  @Test func blockThrottlesReachTheirFiles() throws {
    let device = try Scratch.current.run(["/usr/bin/stat", "-c", "%Hd:%Ld", "/"]).succeed().stdout
    let numbers = device.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":").compactMap { Int($0) }
    let rule: JSONValue = [["major": .integer(numbers[0]), "minor": .integer(numbers[1]), "rate": 1_048_576]]
    let container = try Container {
      for name in ["ReadBps", "WriteBps", "ReadIOPS", "WriteIOPS"] {
        $0["linux.resources.blockIO.throttle\(name)Device"] = rule
      }
    }
    try container.runDetached()
    for file in ["read_bps_device", "write_bps_device", "read_iops_device", "write_iops_device"] {
      #expect(
        try container.cgroupFile("blkio", "blkio.throttle.\(file)") == "\(numbers[0]):\(numbers[1]) 1048576")
    }
  }

  @Test func processLimitHolds() throws {
    let container = try Container { $0["linux.resources.pids"] = ["limit": 4] }
    let output = try container.run("for i in 1 2 3 4 5 6; do sleep 1 & done; wait")
    #expect(output.stderr.contains("can't fork"))
  }

  /// D10: the runtime itself needs no more than the one process that becomes the container's.
  @Test func oneProcessIsEnough() throws {
    let container = try Container {
      $0["linux.resources.pids"] = ["limit": 1]
      $0["process.args"] = ["echo", "hello"]
    }
    #expect(try container.run().succeed().stdout == "hello\n")
  }

  @Test func memoryLimitKills() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216] }
    let output = try container.run("exec head -c 100000000 /dev/zero | tail -c 90000000 | wc -c; echo $?")
    #expect(output.status != 0 || !output.stdout.contains("90000000"))
  }

  /// D9: a limit too small for the start says so, with the number that is needed, or suffices.
  @Test(arguments: [4096, 65536, 262_144, 1_048_576]) func tinyMemoryLimitIsExplained(limit: Int) throws {
    let container = try Container {
      $0["process.args"] = ["true"]
      $0["linux.resources.memory"] = ["limit": .integer(limit), "swap": .integer(limit)]
    }
    let output = try container.scratch.start(container.words("run")).wait(timeout: 15)
    if output.status != 0, output.status != 137 {
      try container.expectRefusal(of: output, saying: "memory", "\(limit)")
    }
  }

  static let impossible: [(String, JSONValue)] = [
    ("cpu", ["cpus": "99"]), ("cpu", ["cpus": "../x"]), ("cpu", ["period": 1]), ("memory", ["swappiness": 300]),
    ("memory", ["limit": 67_108_864, "swap": 1]),
  ]

  @Test(arguments: impossible)
  func impossibleLimitIsRefused(property: String, value: JSONValue) throws {
    try Container { $0["linux.resources.\(property)"] = value }.expectRefusal()
  }

  /// D12: a key of `unified` is one file of the cgroup's folder.
  @Test(arguments: ["../cgroup.procs", "cgroup.procs", "/etc/passwd", "a/b", ".."])
  func hostileUnifiedKeyIsRefused(key: String) throws {
    try Container { $0["linux.resources.unified"] = .object([key: "0"]) }.expectRefusal(saying: "unified")
  }
}
