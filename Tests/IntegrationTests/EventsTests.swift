import Foundation
import Testing

/// The command `events`: the names of runc, and when it ends.
@Suite(.scratch) struct EventsTests {
  /// The members that runc writes for a container at work; those that are zero may lack.
  @Test(.controllers("memory", "pids", "cpu", "cpuset")) func membersAreThoseOfRunc() throws {
    let container = try Container { $0["linux.resources.pids"] = ["limit": 99] }
    try container.runDetached("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; exec sleep 1000")
    let event = try JSONValue(parsing: container.scratch.run(container.words("events", ["--stats"])).succeed().stdout)
    func members(_ path: String) -> Set<String> { Set(event[path]?.object?.keys.map { $0 } ?? []) }
    #expect(try #require(event.object).keys.sorted() == ["data", "id", "type"])
    #expect(
      members("data") == [
        "cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces",
      ])
    #expect(event["data.network_interfaces"] == .null)
    #expect(members("data.cpu").isSubset(of: ["usage", "throttling", "psi"]))
    // A cgroup v2 tree tells neither the processors one by one nor the flags of cpusets, and runc writes zeroes.
    let perProcessor: Set = ["percpu", "percpu_kernel", "percpu_user"]
    #expect(
      members("data.cpu.usage")
        == Set(["total", "kernel", "user"]).union(HostCgroups.isPure ? [] : perProcessor))
    let cpuset: Set = [
      "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab",
      "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
    ]
    #expect(members("data.cpuset") == cpuset.union(HostCgroups.isPure ? [] : ["cpus", "mems"]))
    let memory: Set = ["cache", "usage", "swap", "kernel", "kernelTCP", "raw", "psi", "events"]
    #expect(members("data.memory").isSubset(of: memory))
    #expect(members("data.memory.usage") == ["limit", "usage", "max", "failcnt"])
    if HostCgroups.isPure {
      #expect(members("data.memory.events").isSuperset(of: ["low", "high", "max", "oom", "oom_kill"]))
      #expect(members("data.memory.psi.some") == ["avg10", "avg60", "avg300", "total"])
    } else {
      #expect(event["data.memory.usage.limit"] == 9_223_372_036_854_771_712)
    }
    #expect(event["data.pids"] == ["current": 1, "limit": 99])
    #expect(event["type"] == "stats" && event["id"] == .string(container.id))
    #expect(try #require(event["data.cpu.usage.total"]?.integer) > 0)
    #expect(try #require(event["data.memory.usage.usage"]?.integer) > 0)
    #expect(event["data.memory.usage.failcnt"] == 0)
    #expect(event["data.memory.raw"]?.object?[HostCgroups.isPure ? "anon" : "rss"] != nil)
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

  /// The end of the container ends the watch, without waiting for the interval.
  @Test func watchEndsWithTheContainer() throws {
    let container = try Container()
    try container.runDetached()
    let watch = try container.scratch.start(container.words("events", ["--interval", "1h"]))
    usleep(200_000)
    #expect(watch.isRunning)
    try container.kill("KILL").succeed()
    let output = try watch.wait(timeout: 2)
    #expect(output.status == 0 && output.stdout.isEmpty && output.stderr.isEmpty)
  }

  /// Also when nobody in it is a child of the init any more.
  @Test func watchLastsAsLongAsAnybodyIsInside() throws {
    let container = try Container { $0.dropNamespace("pid") }
    try container.runDetached("setsid sleep 1.2 & sleep 0.5")
    let watch = try container.scratch.start(container.words("events", ["--interval", "100ms"]))
    #expect(try container.becomes("stopped"))
    #expect(watch.isRunning)
    let output = try watch.wait(timeout: 5)
    #expect(output.status == 0 && output.lines.count > 5)
  }

  /// A container that goes on is told about, too.
  @Test(.controllers("memory")) func lackOfMemoryIsAnEvent() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216] }
    try container.runDetached("sleep 0.5; while :; do head -c 100000000 /dev/zero | tail -c 90000000 >/dev/null; done")
    let command = try container.scratch.start(container.words("events", ["--interval", "1h"]))
    #expect(eventually(within: 10) { command.stdout.contains("\"oom\"") })
    let line = try #require(command.stdout.split(separator: "\n").first { $0.contains("\"oom\"") })
    #expect(try JSONValue(parsing: String(line)) == ["type": "oom", "id": .string(container.id)])
  }

  /// That memory ran out is told before the end that it was.
  @Test(.controllers("memory")) func lackOfMemoryThatEndsTheContainerIsTold() throws {
    let container = try Container { $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216] }
    try container.runDetached("sleep 0.5; exec tail -c 90000000 /dev/zero")
    let watch = try container.scratch.start(container.words("events", ["--interval", "1h"]))
    let output = try watch.wait(timeout: 20)
    #expect(output.status == 0)
    #expect(Set(output.lines) == ["{\"type\":\"oom\",\"id\":\"\(container.id)\"}"])
  }

  @Test func stoppedContainerIsRefusedInTheWordsOfRunc() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    for options in [["--stats"], []] {
      let output = try container.scratch.run(container.words("events", options))
      let text = "container with id \(container.id) is not running"
      try container.expectRefusal(of: output, saying: text, leavesNothing: false)
    }
  }

  @Test(arguments: ["0s", "-1s", "x", "5"]) func intervalIsAboveZero(interval: String) throws {
    let container = try Container()
    try container.runDetached()
    let output = try container.scratch.run(container.words("events", ["--interval", interval]))
    try container.expectRefusal(of: output, saying: "interval", leavesNothing: false)
  }
}
