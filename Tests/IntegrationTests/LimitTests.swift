import Foundation
import Testing

/// linux.resources of a config, as the container's cgroups tell them.
@Suite(.scratch) struct LimitTests {
  /// Properties that go together in one container, and the limits that they set.
  struct Limits: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let resources: [String: JSONValue]
    let onHost: [HostLimit]
  }

  static let limits = [
    Limits(
      testDescription: "numbers",
      resources: [
        "memory": ["limit": 67_108_864, "reservation": 33_554_432, "swap": 134_217_728],
        "cpu": ["shares": 555, "quota": 50_000, "period": 200_000, "burst": 20_000, "cpus": "0", "mems": "0"],
        "pids": ["limit": 33],
      ],
      onHost: [
        .memory(67_108_864), .reservation(33_554_432), .swap(134_217_728, memory: 67_108_864),
        .shares(555, weight: 62), .quota(50_000, period: 200_000), .period(200_000, quota: 50_000), .burst(20_000),
        .cpus("0"), .mems("0"), .pids(33),
      ]),
    Limits(
      testDescription: "none",
      resources: ["memory": ["limit": -1], "cpu": ["idle": 1], "pids": ["limit": -1]],
      onHost: [.memory(-1), .idle(1), .pids(-1)]),
    Limits(
      testDescription: "other numbers", resources: ["cpu": ["shares": 1024, "quota": 50_000]],
      onHost: [.shares(1024, weight: 100), .quota(50_000)]),
  ]

  @Test(.controllers("memory", "pids", "cpu", "cpuset"), arguments: limits)
  func limitsReachTheirFiles(_ limits: Limits) throws {
    let container = try Container { config in
      for (name, value) in limits.resources { config["linux.resources.\(name)"] = value }
    }
    try container.runDetached()
    for limit in limits.onHost { try container.expect(limit) }
  }

  /// Bandwidth of real-time processes, which cgroup v2 has not.
  @Test(.v1Hierarchies) func realtimeBandwidthReachesItsFiles() throws {
    let container = try Container {
      $0["linux.resources.cpu"] = ["realtimePeriod": 500_000, "realtimeRuntime": 100_000]
    }
    try container.runDetached()
    #expect(try container.text(of: "cpu.rt_period_us", "cpu") == "500000")
    #expect(try container.text(of: "cpu.rt_runtime_us", "cpu") == "100000")
  }

  /// What one generation has and the other has not is there or is told, as the host is.
  static let ofOneGeneration: [(JSONValue, String, String)] = [
    (["swappiness": 7], "memory.swappiness", "7"),
    (["disableOOMKiller": true], "memory.oom_control", "oom_kill_disable 1"),
    (["kernelTCP": 1_048_576], "memory.kmem.tcp.limit_in_bytes", "1048576"),
  ]

  @Test(.controllers("memory"), arguments: ofOneGeneration.indices) func v1LimitIsSetOrTold(index: Int) throws {
    let (value, file, text) = Self.ofOneGeneration[index]
    let container = try Container { $0["linux.resources.memory"] = value }
    let log = container.scratch.path("log")
    try container.edit { $0["process.args"] = ["/bin/sleep", "1000"] }
    let words = [container.scratch.apus, "--log", log] + container.words("run", ["--detach"]).dropFirst()
    try container.scratch.run(words).succeed()
    if HostCgroups.isPure {
      #expect(readText(log).contains("linux.resources.memory.\(try #require(value.object?.keys.first)) has no effect"))
    } else {
      #expect(try container.text(of: file, "memory").hasPrefix(text))
    }
  }

  @Test(.controllers(HostCgroups.isPure ? "io" : "blkio")) func blockThrottlesReachTheirFiles() throws {
    let numbers = try blockDevice()
    let rule: JSONValue = [["major": .integer(numbers[0]), "minor": .integer(numbers[1]), "rate": 1_048_576]]
    let container = try Container {
      for name in ["ReadBps", "WriteBps", "ReadIOPS", "WriteIOPS"] {
        $0["linux.resources.blockIO.throttle\(name)Device"] = rule
      }
    }
    try container.runDetached()
    if HostCgroups.isPure {
      let limits = ["rbps", "wbps", "riops", "wiops"].map { " \($0)=1048576" }.joined()
      return #expect(try container.text(of: "io.max", "io") == "\(numbers[0]):\(numbers[1])\(limits)")
    }
    for file in ["read_bps_device", "write_bps_device", "read_iops_device", "write_iops_device"] {
      #expect(
        try container.text(of: "blkio.throttle.\(file)", "blkio") == "\(numbers[0]):\(numbers[1]) 1048576")
    }
  }

  /// The disk that the tests write to.
  private func blockDevice() throws -> [Int] {
    let scratch = try Scratch.current
    let device = try scratch.run(["/usr/bin/stat", "-c", "%Hd:%Ld", scratch.directory]).succeed().stdout
    return device.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":").compactMap { Int($0) }
  }

  @Test(.controllers("pids")) func processLimitHolds() throws {
    let container = try Container { $0["linux.resources.pids"] = ["limit": 4] }
    let output = try container.run("for i in 1 2 3 4 5 6; do sleep 1 & done; wait")
    #expect(output.stderr.contains("can't fork"))
  }

  /// D10: the runtime itself needs no more than the one process that becomes the container's.
  @Test(.controllers("pids")) func oneProcessIsEnough() throws {
    let container = try Container {
      $0["linux.resources.pids"] = ["limit": 1]
      $0["process.args"] = ["echo", "hello"]
    }
    #expect(try container.run().succeed().stdout == "hello\n")
  }

  @Test(.controllers("memory")) func memoryLimitKills() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216] }
    let output = try container.run("exec head -c 100000000 /dev/zero | tail -c 90000000 | wc -c; echo $?")
    #expect(output.status != 0 || !output.stdout.contains("90000000"))
  }

  /// D9: a limit too small for the start says so, with the number that is needed, or suffices.
  @Test(.controllers("memory"), arguments: [4096, 65536, 262_144, 1_048_576]) func tinyMemoryLimitIsExplained(
    limit: Int
  ) throws {
    let container = try Container {
      $0["process.args"] = ["true"]
      $0["linux.resources.memory"] = ["limit": .integer(limit), "swap": .integer(limit)]
    }
    let output = try container.scratch.start(container.words("run")).wait(timeout: 15)
    if output.status != 0, output.status != 137 {
      try container.expectRefusal(of: output, saying: "memory", "\(limit)")
    }
  }

  static let impossible: [(String, JSONValue)] =
    [
      ("cpu", ["cpus": "99"]), ("cpu", ["cpus": "../x"]), ("cpu", ["period": 1]),
      ("memory", ["limit": 67_108_864, "swap": 1]),
    ] + (HostCgroups.isPure ? [] : [("memory", ["swappiness": 300])])

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
