import Foundation
import Testing

/// Properties of `linux` and of the process that other suites have only the common case of, seen from inside.
@Suite(.scratch) struct LinuxPropertyTests {
  static let schedulers: [(JSONValue, policy: String, nice: String)] = [
    (["policy": "SCHED_OTHER", "nice": -5], "0", "-5"), (["policy": "SCHED_BATCH", "nice": 7], "3", "7"),
    (["policy": "SCHED_IDLE"], "5", "0"),
    (["policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_RESET_ON_FORK"], "nice": 0], "0", "0"),
  ]

  @Test(arguments: schedulers.indices) func schedulerIsTheConfigs(index: Int) throws {
    let (scheduler, policy, nice) = Self.schedulers[index]
    let container = try Container { config in
      config["process.scheduler"] = scheduler
      config["process.args"] = ["/bin/cat", "/proc/self/stat"]
    }
    let fields = try container.run().succeed().stdout.split(separator: ")").last?.split(separator: " ")
    let stat = try #require(fields)
    #expect(stat[16] == nice && stat[38] == policy)
  }

  static let wrongSchedulers: [(JSONValue, String, String)] = [
    (["policy": "SCHED_X"], "policy", "unknown policy"),
    (["policy": "SCHED_OTHER", "priority": 3], "priority", "SchedFIFO or SchedRR"),
    (["policy": "SCHED_FIFO", "priority": 100], "priority", "not between 0 and 99"),
    (["policy": "SCHED_OTHER", "nice": 20], "nice", "not between -20 and 19"),
    (["policy": "SCHED_OTHER", "flags": ["X"]], "flags[0]", "unknown flag"),
  ]

  @Test(arguments: wrongSchedulers.indices) func wrongSchedulerIsRefused(index: Int) throws {
    let (scheduler, place, phrase) = Self.wrongSchedulers[index]
    let container = try Container { $0["process.scheduler"] = scheduler }
    try container.expectRefusal(saying: "config.json.process.scheduler.\(place): ", phrase)
  }

  static let priorities = [
    ("IOPRIO_CLASS_RT", 3, "realtime: prio 3"), ("IOPRIO_CLASS_BE", 6, "best-effort: prio 6"),
    ("IOPRIO_CLASS_IDLE", 0, "idle"),
  ]

  @Test(arguments: priorities.indices) func ioPriorityIsTheConfigs(index: Int) throws {
    let (name, level, wanted) = Self.priorities[index]
    let container = try Container {
      $0["process.ioPriority"] = ["class": .string(name), "priority": .integer(level)]
    }
    #expect(try container.run("ionice -p $$").succeed().stdout.hasPrefix(wanted))
  }

  @Test func bothClocksHaveTheirOffsets() throws {
    let container = try Container { config in
      config.append(["type": "time"], to: "linux.namespaces")
      config["linux.timeOffsets"] = [
        "monotonic": ["secs": 172_800, "nanosecs": 500], "boottime": ["secs": 604_800, "nanosecs": 7],
      ]
    }
    let lines = try container.run("cat /proc/self/timens_offsets").succeed().lines
    #expect(
      lines.map { $0.split(separator: " ").map(String.init) } == [
        ["monotonic", "172800", "500"], ["boottime", "604800", "7"],
      ])
  }

  /// Ranges with a hole between: ids of the hole are nobody's.
  @Test func mappingsMayHaveHoles() throws {
    let container = try Container { config in
      config.append(["type": "user"], to: "linux.namespaces")
      let mapping: JSONValue = [
        ["containerID": 0, "hostID": 100_000, "size": 10], ["containerID": 1000, "hostID": 200_000, "size": 5],
      ]
      config["linux.uidMappings"] = mapping
      config["linux.gidMappings"] = mapping
      config["process.user"] = ["uid": 1003, "gid": 1004]
    }
    try container.scratch.run(["/bin/chmod", "0755", container.scratch.directory, container.bundle]).succeed()
    let shell =
      "cd \(container.rootfs); chown -R 100000:100000 .; touch low high hole; chown 100003 low; chown 200004 high; chown 100010 hole"
    try container.scratch.run(["/bin/sh", "-euc", shell]).succeed()
    let output = try container.run("id -u; id -g; stat -c %u /low /high /hole; cat /proc/self/gid_map").succeed()
    #expect(output.lines.prefix(5) == ["1003", "1004", "3", "1004", "65534"])
    #expect(
      output.lines.dropFirst(5).map { $0.split(separator: " ").map(String.init) } == [
        ["0", "100000", "10"], ["1000", "200000", "5"],
      ])
  }

  @Test func devicesOfEveryKindAreMade() throws {
    let container = try Container { config in
      config["linux.devices"] = [
        ["path": "/dev/one", "type": "c", "major": 1, "minor": 3, "fileMode": 0o600, "uid": 5, "gid": 6],
        ["path": "/dev/two", "type": "u", "major": 1, "minor": 5],
        ["path": "/dev/deep/block", "type": "b", "major": 7, "minor": 0, "fileMode": 0o640],
        ["path": "/dev/pipe", "type": "p", "fileMode": 0o622, "uid": 9],
      ]
    }
    let output = try container.run("stat -c '%F %t:%T %a %u:%g' /dev/one /dev/two /dev/deep/block /dev/pipe").succeed()
    #expect(
      output.lines == [
        "character special file 1:3 600 5:6", "character special file 1:5 666 0:0", "block special file 7:0 640 0:0",
        "fifo 0:0 622 9:0",
      ])
  }

  static let personalities = [("LINUX", "x86_64"), ("LINUX32", "i686")]

  @Test(.enabled(if: readText("/proc/sys/kernel/arch").hasPrefix("x86_64")), arguments: personalities.indices)
  func personalityChangesTheMachinesName(index: Int) throws {
    let (domain, machine) = Self.personalities[index]
    let container = try Container { $0["linux.personality"] = ["domain": .string(domain)] }
    #expect(try container.run("uname -m").succeed().stdout == machine + "\n")
    try container.runDetached()
    #expect(try container.exec(["/bin/uname", "-m"]).succeed().stdout == machine + "\n")
  }
}
