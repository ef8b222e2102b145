import Foundation
import Testing

/// The commands `events` and `features`.
@Suite(.scratch) struct EventsAndFeaturesTests {
  @Test(.controllers("memory", "pids", "cpu")) func statisticsHaveTheMembersThatCallersRead() throws {
    let container = try Container { $0["linux.resources.pids"] = ["limit": 99] }
    try container.runDetached()
    let output = try container.scratch.run(container.words("events", ["--stats"])).succeed()
    #expect(output.lines.count == 1)
    let event = try JSONValue(parsing: output.stdout)
    #expect(event["type"] == "stats")
    #expect(event["id"] == .string(container.id))
    #expect(event["data.pids"] == ["current": 1, "limit": 99])
    #expect(try #require(event["data.cpu.usage.total"]?.integer) > 0)
    #expect(try #require(event["data.memory.usage.usage"]?.integer) > 0)
    #expect(event["data.memory.usage.failcnt"] == 0)
    #expect(event["data.memory.raw"]?.object?[HostCgroups.isPure ? "anon" : "rss"] != nil)
    #expect(event["data.cpu.throttling"]?.object != nil)
    #expect(event["data.blkio"]?.object != nil)
    let members = try #require(event["data"]?.object).keys
    #expect(Set(members).isSuperset(of: ["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt"]))
  }

  @Test func eventsRepeatAtTheInterval() throws {
    let container = try Container()
    try container.runDetached()
    let command = try container.scratch.start(container.words("events", ["--interval", "200ms"]))
    #expect(eventually { command.stdout.split(separator: "\n").count >= 3 })
    for line in command.stdout.split(separator: "\n").dropLast() {
      #expect(try JSONValue(parsing: String(line))["type"] == "stats")
    }
    try container.delete("--force").succeed()
    #expect(try command.wait(timeout: 10).status == 0)
  }

  @Test(.controllers("memory")) func outOfMemoryIsAnEvent() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216] }
    try container.runDetached("sleep 1; while :; do head -c 100000000 /dev/zero | tail -c 90000000 >/dev/null; done")
    let command = try container.scratch.start(container.words("events", ["--interval", "1h"]))
    #expect(eventually(within: 10) { command.stdout.contains("\"oom\"") })
    let line = try #require(command.stdout.split(separator: "\n").first { $0.contains("\"oom\"") })
    let event = try JSONValue(parsing: String(line))
    #expect(event["type"] == "oom")
    #expect(event["id"] == .string(container.id))
  }

  @Test func eventsOfAStoppedContainerAreRefused() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    let output = try container.scratch.run(container.words("events", ["--stats"]))
    try container.expectRefusal(of: output, saying: "container", leavesNothing: false)
  }

  @Test func featuresAreThoseOfTheSpecification() throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, "features"]).succeed()
    let features = try JSONValue(parsing: output.stdout)
    #expect(features["ociVersionMin"] == "1.0.0")
    #expect(features["ociVersionMax"]?.string?.hasPrefix("1.") == true)
    let hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
    #expect(features["hooks"] == .strings(hooks))
    let options = Set(try #require(features["mountOptions"]?.array).compactMap(\.string))
    #expect(options.isSuperset(of: ["ro", "rro", "bind", "rbind", "nosuid", "rprivate", "idmap", "tmpcopyup"]))
    let namespaces = Set(try #require(features["linux.namespaces"]?.array).compactMap(\.string))
    #expect(namespaces == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"])
    #expect(features["linux.capabilities"]?.array?.contains("CAP_CHECKPOINT_RESTORE") == true)
    #expect(features["linux.cgroup.v1"] == true && features["linux.cgroup.v2"] == true)
    #expect(features["linux.seccomp.enabled"] == true)
    #expect(features["linux.seccomp.archs"]?.array?.contains("SCMP_ARCH_X86_64") == true)
    #expect(features["linux.mountExtensions.idmap.enabled"] == true)
    #expect(features["annotations"]?.object?["org.opencontainers.runc.version"] != nil)
  }
}
