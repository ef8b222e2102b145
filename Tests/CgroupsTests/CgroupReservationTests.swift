import Cgroups
import Foundation
import Kernel
import OCI
import Testing

@Suite(.enabled(if: ScratchCgroup.isPossible)) struct CgroupReservationTests {
  @Test func makesAFolderInEveryHierarchyAndRemovesThem() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    #expect(cgroup.record.folders.map { $0.path } == scratch.topFolders)
    #expect(scratch.topFolders.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(cgroup.exists)
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
    #expect(!cgroup.exists)
    try cgroup.remove()
  }

  @Test func writesDownTheParentsThatItMakesAndRemovesThemWhenEmpty() throws {
    let scratch = try ScratchCgroup()
    let plan = try scratch.plan(below: "a/b")
    let record = try plan.survey()
    #expect(scratch.leftovers.isEmpty)
    #expect(record.parents == scratch.topFolders.flatMap { [$0, $0 + "/a"] })
    let first = try CgroupReservation.make(plan, surveyed: record).commit()
    let second = try scratch.make(below: "a/c")
    #expect(second.record.parents.isEmpty)
    try first.remove()
    #expect(second.exists)
    // What the first one made and the second one keeps busy stays.
    #expect(scratch.leftovers == scratch.topFolders)
    try second.remove()
    try Cgroup(record).remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func leavesNothingWithoutCommit() throws {
    let scratch = try ScratchCgroup()
    let plan = try scratch.plan(below: "a/b")
    let sleeper = try Sleeper()
    do {
      let reservation = try CgroupReservation.make(plan, surveyed: plan.survey())
      #expect(try reservation.cgroup().exists)
      try reservation.cgroup().attach(sleeper.pid)
    }
    #expect(scratch.leftovers.isEmpty)
  }

  /// The last write fails: what was made before goes.
  @Test(.disabled(if: ScratchCgroup.isUnifiedOnly)) func leavesNothingWhenALimitIsRefused() throws {
    let scratch = try ScratchCgroup()
    let plan = try scratch.plan(Spec.Resources(cpu: Spec.Resources.CPU(cpus: "900")), below: "x")
    let error = #expect(throws: CgroupError.self) { _ = try CgroupReservation.make(plan, surveyed: plan.survey()) }
    #expect(error?.description.hasPrefix("linux.resources.cpu.cpus: write \"900\" to /sys/fs/cgroup") == true)
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func refusesACgroupWithProcesses() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    #expect(try cgroup.processes() == [sleeper.pid])
    let error = #expect(throws: CgroupError.self) { try scratch.plan().survey() }
    let folder = scratch.topFolders[0]
    #expect(
      error?.description == "container's cgroup is not empty: 1 process(es) found in \(folder): \(sleeper.pid)")
    sleeper.end()
    #expect(try scratch.plan().survey() == cgroup.record)
    try cgroup.remove()
  }

  /// One hierarchy is enough, where runc asks only `devices`; a process below counts too.
  @Test func refusesAProcessInOneHierarchyBelow() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let last = try #require(scratch.topFolders.last)
    try FileManager.default.createDirectory(atPath: last + "/below", withIntermediateDirectories: false)
    let sleeper = try Sleeper()
    try CgroupReservationTests.write("\(sleeper.pid)", to: last + "/below/cgroup.procs")
    #expect(throws: CgroupError.notEmpty(path: last, processes: [sleeper.pid])) { try scratch.plan().survey() }
    sleeper.end()
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func refusesAFrozenCgroupAndOneBelowAFrozenOne() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    try cgroup.freeze()
    #expect(try cgroup.isFrozen())
    let error = #expect(throws: CgroupError.self) { try scratch.plan().survey() }
    #expect(error?.description.hasPrefix("container's cgroup unexpectedly frozen: /") == true)
    for below in ["inner", "not/there/yet"] {
      #expect(throws: CgroupError.self) { try scratch.plan(below: below).survey() }
    }
    try cgroup.thaw()
    #expect(try !cgroup.isFrozen())
    _ = try scratch.plan(below: "inner").survey()
    try cgroup.remove()
  }

  @Test(.disabled(if: ScratchCgroup.isUnifiedOnly)) func aNewCpusetHasWhatIsAboveIt() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(below: "a/b")
    let folder = try #require(cgroup.path(of: "cpuset"))
    for file in ["cpuset.cpus", "cpuset.mems"] {
      let above = try #require(
        scratch.layout.hierarchies.first { $0.name == "cpuset" }?.mountPoint.appending(file).text)
      #expect(folder.appending(file).text == above)
      #expect(try HostPath(scratch.topFolder(of: "cpuset") + "/a").appending(file).text == above)
    }
    let chosen = try ScratchCgroup()
    let second = try chosen.make(Spec.Resources(cpu: Spec.Resources.CPU(cpus: "0")))
    #expect(second.path(of: "cpuset")?.appending("cpuset.cpus").text == "0")
    #expect(second.path(of: "cpuset")?.appending("cpuset.mems").text == folder.appending("cpuset.mems").text)
  }

  @Test(.disabled(if: ScratchCgroup.isUnifiedOnly)) func devicesOnV1() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(Spec.Resources(devices: [Spec.Resources.DeviceRule(allow: false, access: "rwm")]))
    let list = try #require(cgroup.path(of: "devices")?.appending("devices.list").text)
    #expect(
      Set(list.split(separator: "\n").map(String.init)) == [
        "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm",
        "c 136:* rwm", "c 10:200 rwm",
      ])
    let open = try ScratchCgroup()
    let rule = Spec.Resources.DeviceRule(allow: true, type: "a", access: "rwm")
    #expect(
      try open.make(Spec.Resources(devices: [rule])).path(of: "devices")?.appending("devices.list").text == "a *:* rwm")
  }

  @Test(.disabled(if: ScratchCgroup.isUnifiedOnly)) func limitsOnV1() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(
      Spec.Resources(
        memory: Spec.Resources.Memory(
          limit: 64 << 20, reservation: 32 << 20, swap: 128 << 20, kernelTCP: 1 << 20, swappiness: 7,
          disableOOMKiller: true),
        cpu: Spec.Resources.CPU(
          shares: 512, quota: 20000, burst: 5000, period: 50000, realtimeRuntime: 0, realtimePeriod: 500_000, idle: 0),
        pids: Spec.Resources.Pids(limit: 33),
        blockIO: Spec.Resources.BlockIO(throttleReadBpsDevice: [.init(major: 254, minor: 0, rate: 1 << 20)])))
    let expected = [
      ("memory", "memory.limit_in_bytes", "67108864"), ("memory", "memory.memsw.limit_in_bytes", "134217728"),
      ("memory", "memory.soft_limit_in_bytes", "33554432"), ("memory", "memory.kmem.tcp.limit_in_bytes", "1048576"),
      ("memory", "memory.swappiness", "7"), ("cpu", "cpu.shares", "512"), ("cpu", "cpu.cfs_quota_us", "20000"),
      ("cpu", "cpu.cfs_period_us", "50000"), ("cpu", "cpu.cfs_burst_us", "5000"), ("cpu", "cpu.rt_period_us", "500000"),
      ("pids", "pids.max", "33"), ("blkio", "blkio.throttle.read_bps_device", "254:0 1048576"),
    ]
    for (controller, file, value) in expected {
      #expect(cgroup.path(of: controller)?.appending(file).text == value, "\(file)")
    }
    #expect(cgroup.path(of: "memory")?.appending("memory.oom_control").text?.hasPrefix("oom_kill_disable 1") == true)
  }

  static func write(_ text: String, to path: String) throws {
    try Descriptor.open(HostPath(path), .writeOnly).writeOnce(text)
  }
}
