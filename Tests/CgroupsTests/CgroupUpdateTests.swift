import Cgroups
import Foundation
import Kernel
import OCI
import Testing

@Suite(.enabled(if: ScratchCgroup.isPossible), .disabled(if: ScratchCgroup.isUnifiedOnly))
struct CgroupUpdateTests {
  typealias Resources = Spec.Resources

  static func value(_ cgroup: Cgroup, _ controller: String, _ file: String) -> String? {
    cgroup.path(of: controller)?.appending(file).text
  }

  /// The kernel wants limit <= memory and swap together after each write: the order depends on the direction.
  @Test func raisesAndLowersMemoryAndSwapTogether() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(Resources(memory: .init(limit: 10 << 20, swap: 20 << 20)))
    for (limit, swap) in [(50 << 20, 60 << 20), (5 << 20, 6 << 20), (30 << 20, 30 << 20), (-1, -1), (8 << 20, 8 << 20)]
    {
      #expect(try cgroup.update(Resources(memory: .init(limit: Int64(limit), swap: Int64(swap)))) == [])
      let unlimited = "9223372036854771712"
      #expect(Self.value(cgroup, "memory", "memory.limit_in_bytes") == (limit < 0 ? unlimited : "\(limit)"))
      #expect(Self.value(cgroup, "memory", "memory.memsw.limit_in_bytes") == (swap < 0 ? unlimited : "\(swap)"))
    }
  }

  @Test func unlimitedMemoryTakesTheSwapLimitAway() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(Resources(memory: .init(limit: 10 << 20, swap: 20 << 20)))
    #expect(try cgroup.update(Resources(memory: .init(limit: -1))) == [])
    #expect(Self.value(cgroup, "memory", "memory.memsw.limit_in_bytes") == "9223372036854771712")
  }

  @Test func changesPeriodAndQuotaInEitherDirection() throws {
    let scratch = try ScratchCgroup()
    let outer = try scratch.make(Resources(cpu: .init(quota: 50000, period: 100_000)))
    let inner = try scratch.make(Resources(cpu: .init(quota: 40000, period: 100_000)), below: "inner")
    // With 40 ms of run time a shorter period would be more than the half that the parent has.
    #expect(try inner.update(Resources(cpu: .init(quota: 4000, period: 10000))) == [])
    #expect(Self.value(inner, "cpu", "cpu.cfs_period_us") == "10000")
    #expect(try inner.update(Resources(cpu: .init(quota: 100_000, period: 200_000))) == [])
    #expect(Self.value(inner, "cpu", "cpu.cfs_quota_us") == "100000")
    let error = #expect(throws: CgroupError.self) { _ = try inner.update(Resources(cpu: .init(quota: 190_000))) }
    #expect(error?.description.hasPrefix("linux.resources.cpu.quota: write \"190000\" to ") == true)
    #expect(error?.description.hasSuffix("cpu.cfs_quota_us: invalid argument (EINVAL)") == true)
    #expect(Self.value(inner, "cpu", "cpu.cfs_quota_us") == "100000")
    try inner.remove()
    try outer.remove()
  }

  @Test func takesEverythingBackWhenOneLimitIsRefused() throws {
    let scratch = try ScratchCgroup()
    let device = Resources.BlockIO.ThrottleDevice(major: 254, minor: 0, rate: 5000)
    let cgroup = try scratch.make(
      Resources(
        memory: .init(limit: 10 << 20, swap: 20 << 20), cpu: .init(shares: 100, cpus: "0"), pids: .init(limit: 10),
        blockIO: .init(throttleReadBpsDevice: [device])))
    let files = [
      ("memory", "memory.limit_in_bytes"), ("memory", "memory.memsw.limit_in_bytes"), ("memory", "memory.oom_control"),
      ("cpu", "cpu.shares"), ("pids", "pids.max"), ("blkio", "blkio.throttle.read_bps_device"),
      ("blkio", "blkio.throttle.write_bps_device"), ("cpuset", "cpuset.cpus"),
    ]
    let before = files.map { Self.value(cgroup, $0.0, $0.1) }
    let wanted = Resources(
      memory: .init(limit: 100 << 20, swap: 200 << 20, disableOOMKiller: true), cpu: .init(shares: 200, cpus: "0-1"),
      pids: .init(limit: 20),
      blockIO: .init(
        throttleReadBpsDevice: [.init(major: 254, minor: 0, rate: 7000)],
        throttleWriteBpsDevice: [.init(major: 254, minor: 0, rate: 7000)],
        throttleReadIOPSDevice: [.init(major: 4000, minor: 77, rate: 1)]))
    let error = #expect(throws: CgroupError.self) { _ = try cgroup.update(wanted) }
    #expect(error?.description.hasPrefix("linux.resources.blockIO.throttleReadIOPSDevice[0]: write") == true)
    #expect(files.map { Self.value(cgroup, $0.0, $0.1) } == before)
  }

  @Test func tellsHowMuchMemoryIsInUse() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(Resources(memory: .init(limit: 64 << 20)))
    let sleeper = try Sleeper("a=$(head -c 20000000 /dev/zero | tr '\\0' x); sleep 600 & wait", in: scratch)
    try cgroup.attach(sleeper.pid)
    let error = try #require(
      #expect(throws: CgroupError.self) {
        // Memory of a process cannot be freed without swap, and on v1 a limit kills nobody to get room.
        try Self.fill(cgroup)
        _ = try cgroup.update(Resources(memory: .init(limit: 1 << 20)))
      })
    #expect(
      error.description.hasPrefix(
        "linux.resources.memory.limit: unable to set memory limit to 1048576 (current usage: "), "\(error)")
    #expect(Self.value(cgroup, "memory", "memory.limit_in_bytes") == "\(64 << 20)")
  }

  /// Waits until something holds 8 MiB in the cgroup.
  static func fill(_ cgroup: Cgroup) throws {
    let deadline = monotonicNanoseconds() + 5_000_000_000
    while UInt64(value(cgroup, "memory", "memory.usage_in_bytes") ?? "") ?? 0 < 8 << 20 {
      if monotonicNanoseconds() > deadline { throw CgroupError.noHierarchies("nothing fills the memory") }
      usleep(10_000)
    }
  }

  @Test func refusesALimitBelowTheUseWhenAsked() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper("a=$(head -c 20000000 /dev/zero | tr '\\0' x); sleep 600 & wait", in: scratch)
    try cgroup.attach(sleeper.pid)
    try Self.fill(cgroup)
    let error = #expect(throws: CgroupError.self) {
      _ = try cgroup.update(Resources(memory: .init(limit: 1 << 20, checkBeforeUpdate: true)))
    }
    #expect(
      error?.description.hasPrefix("linux.resources.memory.limit: rejecting memory limit 1048576 <= usage ") == true)
    #expect(Self.value(cgroup, "memory", "memory.limit_in_bytes") == "9223372036854771712")
  }

  @Test func leavesDevicesAloneAndValidatesFirst() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let before = Self.value(cgroup, "devices", "devices.list")
    #expect(try cgroup.update(Resources(devices: [.init(allow: true, access: "rwm")])) == [])
    #expect(Self.value(cgroup, "devices", "devices.list") == before)
    let warnings = try cgroup.update(Resources(memory: .init(kernel: 5)), property: "resources")
    #expect(warnings == ["resources.memory.kernel has no effect: Linux has no limit for kernel memory alone any more"])
    #expect(throws: CgroupError.property("resources.cpu.shares", problem: "1 is not from 2 to 262144")) {
      _ = try cgroup.update(Resources(memory: .init(limit: 1 << 20), cpu: .init(shares: 1)), property: "resources")
    }
    #expect(Self.value(cgroup, "memory", "memory.limit_in_bytes") == "9223372036854771712")
  }
}
