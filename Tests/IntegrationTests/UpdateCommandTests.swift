import Foundation
import Testing

/// The command `update`: limits of a running container, as its cgroups tell them.
@Suite(.scratch) struct UpdateCommandTests {
  /// Options, controller, file, what the file then holds.
  static let options: [([String], String, String, String)] = [
    (["--memory", "67108864"], "memory", "memory.limit_in_bytes", "67108864"),
    (["--memory-reservation", "33554432"], "memory", "memory.soft_limit_in_bytes", "33554432"),
    (["--pids-limit", "77"], "pids", "pids.max", "77"),
    (["--pids-limit", "-1"], "pids", "pids.max", "max"),
    (["--cpu-share", "200"], "cpu", "cpu.shares", "200"),
    (["--cpu-period", "200000", "--cpu-quota", "100000"], "cpu", "cpu.cfs_quota_us", "100000"),
    (["--cpu-period=50000", "--cpu-quota=25000"], "cpu", "cpu.cfs_period_us", "50000"),
    (["--cpu-quota", "20000", "--cpu-burst", "10000"], "cpu", "cpu.cfs_burst_us", "10000"),
    (["--cpuset-cpus", "0"], "cpuset", "cpuset.cpus", "0"),
    (["--cpuset-mems", "0"], "cpuset", "cpuset.mems", "0"),
    (["--cpu-idle", "1"], "cpu", "cpu.idle", "1"),
  ]

  @Test(arguments: options.indices) func optionReachesTheCgroup(index: Int) throws {
    let (options, controller, file, value) = UpdateCommandTests.options[index]
    let container = try Container()
    try container.runDetached()
    let output = try container.scratch.run(container.words("update", options)).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    #expect(try container.cgroupFile(controller, file) == value)
  }

  static let resources: JSONValue = [
    "memory": ["limit": 50_331_648], "cpu": ["shares": 300, "quota": 40_000, "period": 80_000], "pids": ["limit": 55],
  ]

  @Test(arguments: ["--resources -", "--resources=-", "-r @", "--resources @"])
  func resourcesComeFromAFileOrStandardInput(form: String) throws {
    let container = try Container()
    try container.runDetached()
    let file = container.scratch.path("resources.json")
    try Data(try UpdateCommandTests.resources.text.utf8).write(to: URL(filePath: file))
    let options = form.split(separator: " ").map { $0 == "@" ? file : String($0) }
    let input = form.hasSuffix("-") ? file : "/dev/null"
    try container.scratch.start(container.words("update", options), stdin: input).wait().succeed()
    #expect(try container.cgroupFile("memory", "memory.limit_in_bytes") == "50331648")
    #expect(try container.cgroupFile("cpu", "cpu.shares") == "300")
    #expect(try container.cgroupFile("cpu", "cpu.cfs_quota_us") == "40000")
    #expect(try container.cgroupFile("cpu", "cpu.cfs_period_us") == "80000")
    #expect(try container.cgroupFile("pids", "pids.max") == "55")
  }

  @Test func whatIsNotNamedStays() throws {
    let container = try Container {
      $0["linux.resources.pids"] = ["limit": 44]
      $0["linux.resources.cpu"] = ["shares": 400]
    }
    try container.runDetached()
    try container.scratch.run(container.words("update", ["--pids-limit", "45"])).succeed()
    #expect(try container.cgroupFile("pids", "pids.max") == "45")
    #expect(try container.cgroupFile("cpu", "cpu.shares") == "400")
  }

  /// D3: an update without device rules leaves the rules as they are.
  @Test func deviceRulesStay() throws {
    let container = try Container()
    try container.runDetached()
    let before = try container.cgroupFile("devices", "devices.list")
    try container.scratch.run(container.words("update", ["--pids-limit", "45"])).succeed()
    #expect(try container.cgroupFile("devices", "devices.list") == before)
    #expect(!before.contains("a *:* rwm"))
  }

  @Test func memoryMayShrinkAndGrowAgainstItsSwapLimit() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 33_554_432, "swap": 33_554_432] }
    try container.runDetached()
    for (memory, swap) in [("67108864", "67108864"), ("16777216", "33554432")] {
      let options = ["--memory", memory, "--memory-swap", swap]
      try container.scratch.run(container.words("update", options)).succeed()
      #expect(try container.cgroupFile("memory", "memory.limit_in_bytes") == memory)
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
