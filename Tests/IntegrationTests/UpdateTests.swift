import Foundation
import Testing

/// The command `update`: all of it or nothing, and what is written down.
@Suite(.scratch) struct UpdateTests {
  private func running(_ resources: [String: JSONValue] = [:]) throws -> Container {
    let container = try Container { config in
      for (name, value) in resources { config["linux.resources.\(name)"] = value }
    }
    try container.runDetached()
    return container
  }

  private func update(_ container: Container, _ options: [String], resources: String? = nil) throws -> Output {
    guard let resources else { return try container.scratch.run(container.words("update", options)) }
    let file = container.scratch.path("update.json")
    try Data(resources.utf8).write(to: URL(filePath: file))
    return try container.scratch.run(container.words("update", options + ["--resources", file]))
  }

  private func stored(_ container: Container) throws -> JSONValue {
    let config = try JSONValue(parsing: readText(container.scratch.inside(container.stateFolder + "/config.json")))
    return try #require(config["linux.resources"])
  }

  /// Options of which the last one fails, after others that were good.
  ///
  /// A cgroup v2 tree takes every number of shares, and a limit below what is in use: the kernel rather kills.
  static let failing: [[String]] =
    [
      ["--pids-limit", "60", "--cpu-share", "333", "--cpuset-cpus", "99"],
      ["--pids-limit", "60", "--cpu-share", "333", "--cpu-period", "1"],
      ["--pids-limit", "60", "--cpu-share", "333", "--blkio-weight", "5"],
    ]
    + (HostCgroups.isPure
      ? [["--pids-limit", "60", "--cpu-share", "333", "--cpu-idle", "2"]]
      : [
        ["--pids-limit", "60", "--cpu-share", "333", "--memory", "4096"], ["--pids-limit", "60", "--cpu-share", "1"],
      ])

  @Test(.controllers("pids", "cpu", "cpuset"), arguments: failing) func failedUpdateChangesNothing(options: [String])
    throws
  {
    let container = try running(["pids": ["limit": 44], "cpu": ["shares": 400]])
    let before = try stored(container)
    try container.expectRefusal(of: update(container, options), saying: "resources.", leavesNothing: false)
    try container.expect(.pids(44), .shares(400, weight: 49))
    #expect(try stored(container) == before)
    #expect(!fileExists(container.scratch.inside(container.stateFolder + "/config.json.new")))
  }

  /// runc's words, and the numbers. In a cgroup v2 tree the limit is only refused where the configuration says so.
  @Test(.controllers("memory")) func memoryBelowUsageIsExplained() throws {
    let container = try running()
    if HostCgroups.isPure {
      let resources = #"{"memory":{"limit":4096,"checkBeforeUpdate":true}}"#
      try container.expectRefusal(
        of: update(container, [], resources: resources),
        saying: "resources.memory.limit: rejecting memory limit 4096 <= usage ", leavesNothing: false)
      return
    }
    try container.expectRefusal(
      of: update(container, ["--memory", "4096"]),
      saying: "resources.memory.limit: unable to set memory limit to 4096 (current usage: ", "peak usage: ",
      leavesNothing: false)
  }

  @Test(.controllers("memory", "pids", "cpu", "cpuset")) func storedConfigurationTellsTheLimitsInForce() throws {
    let container = try running(["pids": ["limit": 44], "cpu": ["shares": 400, "cpus": "0"]])
    try update(container, ["--pids-limit", "45", "--memory", "64M", "--cpu-quota", "20000"]).succeed()
    var resources = try stored(container)
    #expect(resources["pids.limit"] == 45)
    #expect(resources["memory.limit"] == 67_108_864)
    #expect(resources["cpu"] == ["shares": 400, "cpus": "0", "quota": 20_000])
    #expect(resources["devices"] != nil)
    let json = #"{"cpu":{"shares":0,"quota":30000},"memory":{"limit":0},"pids":{"limit":46},"unknown":{"a":1}}"#
    try update(container, [], resources: json).succeed()
    resources = try stored(container)
    #expect(resources["cpu"] == ["shares": 400, "cpus": "0", "quota": 30_000])
    #expect(resources["memory.limit"] == 67_108_864)
    #expect(resources["pids.limit"] == 46)
    try container.expect(.memory(67_108_864), .shares(400, weight: 49))
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
  }

  @Test(.controllers("pids")) func emptyUpdateIsNoError() throws {
    let container = try running(["pids": ["limit": 44]])
    try update(container, []).succeed()
    try update(container, [], resources: "{}").succeed()
    try container.expect(.pids(44))
  }

  static let malformed: [(String, String)] = [
    ("", "expected an object"), ("[]", "expected an object"), (#"{"pids":{"limit":"x"}}"#, "pids.limit"),
    (#"{"memory":{"limit":1.5}}"#, "memory.limit"), (#"{"cpu":{"shares":-1}}"#, "cpu.shares"),
    (#"{"pids":{"limit":5}"#, "expected"), (#"{"unified":{"../cgroup.procs":"1"}}"#, "unified"),
  ]

  @Test(arguments: malformed.indices) func malformedResourcesAreRefused(index: Int) throws {
    let (json, phrase) = UpdateTests.malformed[index]
    let container = try running()
    try container.expectRefusal(of: update(container, [], resources: json), saying: phrase, leavesNothing: false)
  }

  @Test(.controllers("pids")) func unknownPropertiesAreLogged() throws {
    let container = try running()
    let log = container.scratch.path("log")
    let file = container.scratch.path("update.json")
    try Data(#"{"pids":{"limit":50,"limti":60}}"#.utf8).write(to: URL(filePath: file))
    let words = [container.scratch.apus, "--log", log] + container.words("update", ["-r", file]).dropFirst()
    try container.scratch.run(words).succeed()
    #expect(readText(log).contains("resources.pids.limti: unknown property"))
  }

  @Test(arguments: ["--l3-cache-schema", "--mem-bw-schema"]) func rdtIsNotEnabled(option: String) throws {
    let container = try running()
    try container.expectRefusal(of: update(container, [option, "x"]), saying: "not enabled", leavesNothing: false)
  }

  @Test func stoppedContainerHasNoLimits() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    try container.expectRefusal(
      of: update(container, ["--pids-limit", "5"]), saying: "container not running", leavesNothing: false)
  }

  @Test(.controllers("pids")) func createdAndPausedContainersAreUpdated() throws {
    let container = try Container()
    try container.createSleeping()
    try update(container, ["--pids-limit", "51"]).succeed()
    try container.start().succeed()
    try container.expect(.pids(51))
    try container.scratch.run(container.words("pause")).succeed()
    try update(container, ["--pids-limit", "52"]).succeed()
    try container.expect(.pids(52))
  }
}
