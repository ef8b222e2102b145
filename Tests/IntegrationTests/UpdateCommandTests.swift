import Foundation
import Testing

/// The command `update`: limits of a running container, as its cgroups tell them.
@Suite(.scratch) struct UpdateCommandTests {
  /// Options, and the limit that they set.
  static let options: [([String], HostLimit)] = [
    (["--memory", "67108864"], .memory(67_108_864)),
    (["--memory-reservation", "33554432"], .reservation(33_554_432)),
    (["--pids-limit", "77"], .pids(77)),
    (["--pids-limit", "-1"], .pids(-1)),
    (["--cpu-share", "200"], .shares(200, weight: 29)),
    (["--cpu-period", "200000", "--cpu-quota", "100000"], .quota(100_000, period: 200_000)),
    (["--cpu-period=50000", "--cpu-quota=25000"], .period(50_000, quota: 25_000)),
    (["--cpu-quota", "20000", "--cpu-burst", "10000"], .burst(10_000)),
    (["--cpuset-cpus", "0"], .cpus("0")),
    (["--cpuset-mems", "0"], .mems("0")),
    (["--cpu-idle", "1"], .idle(1)),
  ]

  @Test(.controllers("memory", "pids", "cpu", "cpuset"), arguments: options.indices)
  func optionReachesTheCgroup(index: Int) throws {
    let (options, limit) = UpdateCommandTests.options[index]
    let container = try Container()
    try container.runDetached()
    let output = try container.scratch.run(container.words("update", options)).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    try container.expect(limit)
  }

  static let resources: JSONValue = [
    "memory": ["limit": 50_331_648], "cpu": ["shares": 300, "quota": 40_000, "period": 80_000], "pids": ["limit": 55],
  ]

  @Test(.controllers("memory", "pids", "cpu"), arguments: ["--resources -", "--resources=-", "-r @", "--resources @"])
  func resourcesComeFromAFileOrStandardInput(form: String) throws {
    let container = try Container()
    try container.runDetached()
    let file = container.scratch.path("resources.json")
    try Data(try UpdateCommandTests.resources.text.utf8).write(to: URL(filePath: file))
    let options = form.split(separator: " ").map { $0 == "@" ? file : String($0) }
    let input = form.hasSuffix("-") ? file : "/dev/null"
    try container.scratch.start(container.words("update", options), stdin: input).wait().succeed()
    try container.expect(
      .memory(50_331_648), .shares(300, weight: 39), .quota(40_000, period: 80_000), .period(80_000, quota: 40_000),
      .pids(55))
  }

  @Test(.controllers("pids", "cpu")) func whatIsNotNamedStays() throws {
    let container = try Container {
      $0["linux.resources.pids"] = ["limit": 44]
      $0["linux.resources.cpu"] = ["shares": 400]
    }
    try container.runDetached()
    try container.scratch.run(container.words("update", ["--pids-limit", "45"])).succeed()
    try container.expect(.pids(45), .shares(400, weight: 49))
  }

  /// D3: an update leaves the rules for devices as they are.
  @Test(.controllers("pids")) func deviceRulesStay() throws {
    let container = try Container()
    try container.runDetached()
    let before = try container.deviceRules()
    try container.scratch.run(container.words("update", ["--pids-limit", "45"])).succeed()
    #expect(try container.deviceRules() == before)
    #expect(!before.isEmpty && !before.contains("a *:* rwm"))
  }

  @Test(.controllers("memory")) func memoryMayShrinkAndGrowAgainstItsSwapLimit() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 33_554_432, "swap": 33_554_432] }
    try container.runDetached()
    for (memory, swap) in [(67_108_864, 67_108_864), (16_777_216, 33_554_432)] {
      let options = ["--memory", "\(memory)", "--memory-swap", "\(swap)"]
      try container.scratch.run(container.words("update", options)).succeed()
      try container.expect(.memory(memory), .swap(swap, memory: memory))
    }
  }

  @Test(arguments: [
    ["--memory", "much"], ["--pids-limit", "x"], ["--cpuset-cpus", "99"], ["--resources", "/nowhere/file"],
    ["--cpu-period", "1"],
  ])
  func wrongValueIsRefused(options: [String]) throws {
    let container = try Container()
    try container.runDetached()
    let output = try container.scratch.run(container.words("update", options))
    try container.expectRefusal(of: output, leavesNothing: false)
    #expect(try container.status == "running")
  }

  @Test func unknownContainerDoesNotExist() throws {
    let container = try Container()
    let output = try container.scratch.run(container.words("update", ["--pids-limit", "5"]))
    try container.expectRefusal(of: output, saying: "container does not exist")
  }
}
