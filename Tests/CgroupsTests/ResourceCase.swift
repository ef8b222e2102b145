import Cgroups
import OCI
import Testing

/// A configuration, and what becomes of it.
struct ResourceCase: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable {
    case writes([String])
    case warning(String)
    case error(String)
  }
  let covers: [String]
  let resources: Spec.Resources
  let v1: Outcome
  let v2: Outcome
  var testDescription: String { covers.joined(separator: " ") }

  init(_ covers: String..., resources: Spec.Resources, v1: Outcome, v2: Outcome) {
    self.covers = covers
    self.resources = resources
    self.v1 = v1
    self.v2 = v2
  }

  typealias Resources = Spec.Resources
  private static func memory(_ memory: Resources.Memory) -> Resources { Resources(memory: memory) }
  private static func cpu(_ cpu: Resources.CPU) -> Resources { Resources(cpu: cpu) }
  private static func blockIO(_ blockIO: Resources.BlockIO) -> Resources { Resources(blockIO: blockIO) }
  private static func both(_ text: String) -> Outcome { .error("linux.resources." + text) }

  static let all: [ResourceCase] = memoryCases + cpuCases + otherCases + refusals

  private static let memoryCases = [
    ResourceCase(
      "memory.limit", resources: memory(.init(limit: 1 << 30)),
      v1: .writes(["memory: memory.limit_in_bytes=1073741824"]), v2: .writes(["memory.max=1073741824"])),
    ResourceCase(
      "memory.limit", resources: memory(.init(limit: -1)),
      v1: .writes(["memory: memory.limit_in_bytes=-1", "memory: memory.memsw.limit_in_bytes=-1"]),
      v2: .writes(["memory.max=max", "memory.swap.max=max"])),
    ResourceCase(
      "memory.swap", resources: memory(.init(limit: 100, swap: 300)),
      v1: .writes(["memory: memory.limit_in_bytes=100", "memory: memory.memsw.limit_in_bytes=300"]),
      v2: .writes(["memory.max=100", "memory.swap.max=200"])),
    ResourceCase(
      "memory.swap", resources: memory(.init(limit: 100, swap: 100)),
      v1: .writes(["memory: memory.limit_in_bytes=100", "memory: memory.memsw.limit_in_bytes=100"]),
      v2: .writes(["memory.max=100", "memory.swap.max=0"])),
    ResourceCase(
      "memory.swap", resources: memory(.init(limit: 100, swap: -1)),
      v1: .writes(["memory: memory.limit_in_bytes=100", "memory: memory.memsw.limit_in_bytes=-1"]),
      v2: .writes(["memory.max=100", "memory.swap.max=max"])),
    ResourceCase(
      "memory.reservation", resources: memory(.init(reservation: 4096)),
      v1: .writes(["memory: memory.soft_limit_in_bytes=4096"]), v2: .writes(["memory.low=4096"])),
    ResourceCase(
      "memory.kernel", resources: memory(.init(kernel: 4096)),
      v1: .warning(
        "linux.resources.memory.kernel has no effect: Linux has no limit for kernel memory alone any more"),
      v2: .warning(
        "linux.resources.memory.kernel has no effect: Linux has no limit for kernel memory alone any more")),
    ResourceCase(
      "memory.kernelTCP", resources: memory(.init(kernelTCP: 4096)),
      v1: .writes(["memory: memory.kmem.tcp.limit_in_bytes=4096"]),
      v2: .warning(
        "linux.resources.memory.kernelTCP has no effect: cgroup v2 has no limit for the buffers of TCP alone")),
    ResourceCase(
      "memory.swappiness", resources: memory(.init(swappiness: 0)),
      v1: .writes(["memory: memory.swappiness=0"]),
      v2: .warning("linux.resources.memory.swappiness has no effect: cgroup v2 has no swappiness")),
    ResourceCase(
      "memory.disableOOMKiller", resources: memory(.init(disableOOMKiller: true)),
      v1: .writes(["memory: memory.oom_control=1"]),
      v2: .warning("linux.resources.memory.disableOOMKiller has no effect: cgroup v2 cannot switch the OOM killer off")),
    ResourceCase(
      "memory.useHierarchy", resources: memory(.init(useHierarchy: false)),
      v1: .warning("linux.resources.memory.useHierarchy has no effect: the memory of children always counts"),
      v2: .warning("linux.resources.memory.useHierarchy has no effect: the memory of children always counts")),
    // What engines write when nobody asked for anything.
    ResourceCase(
      resources: memory(
        .init(limit: 0, reservation: 0, swap: 0, swappiness: .max, disableOOMKiller: false, useHierarchy: true)),
      v1: .writes([]), v2: .writes([])),
  ]

  private static let cpuCases = [
    ResourceCase(
      "cpu.shares", resources: cpu(.init(shares: 1024)), v1: .writes(["cpu: cpu.shares=1024"]),
      v2: .writes(["cpu.weight=100"])),
    ResourceCase(
      "cpu.shares", resources: cpu(.init(shares: 512)), v1: .writes(["cpu: cpu.shares=512"]),
      v2: .writes(["cpu.weight=59"])),
    ResourceCase(
      "cpu.period", resources: cpu(.init(period: 50000)), v1: .writes(["cpu: cpu.cfs_period_us=50000"]),
      v2: .writes(["cpu.max=max 50000"])),
    ResourceCase(
      "cpu.quota", resources: cpu(.init(quota: 20000)), v1: .writes(["cpu: cpu.cfs_quota_us=20000"]),
      v2: .writes(["cpu.max=20000"])),
    ResourceCase(
      "cpu.quota", "cpu.period", "cpu.burst", resources: cpu(.init(quota: 20000, burst: 1000, period: 50000)),
      v1: .writes(["cpu: cpu.cfs_period_us=50000", "cpu: cpu.cfs_quota_us=20000", "cpu: cpu.cfs_burst_us=1000"]),
      v2: .writes(["cpu.max=20000 50000", "cpu.max.burst=1000"])),
    ResourceCase(
      "cpu.quota", resources: cpu(.init(quota: -1, period: 50000)),
      v1: .writes(["cpu: cpu.cfs_period_us=50000", "cpu: cpu.cfs_quota_us=-1"]), v2: .writes(["cpu.max=max 50000"])),
    ResourceCase(
      "cpu.idle", resources: cpu(.init(shares: 2, idle: 1)), v1: .writes(["cpu: cpu.shares=2", "cpu: cpu.idle=1"]),
      v2: .writes(["cpu.weight=1", "cpu.idle=1"])),
    ResourceCase(
      "cpu.realtimePeriod", "cpu.realtimeRuntime",
      resources: cpu(.init(realtimeRuntime: 950, realtimePeriod: 1000)),
      v1: .writes(["cpu: cpu.rt_period_us=1000", "cpu: cpu.rt_runtime_us=950"]),
      v2: both("cpu.realtimePeriod: cannot be honoured: cgroup v2 has no bandwidth for real-time tasks")),
    ResourceCase(
      "cpu.cpus", "cpu.mems", resources: cpu(.init(cpus: "0-1", mems: "0")),
      v1: .writes(["cpuset: cpuset.cpus=0-1", "cpuset: cpuset.mems=0"]),
      v2: .writes(["cpuset.cpus=0-1", "cpuset.mems=0"])),
    ResourceCase(
      resources: cpu(.init(shares: 0, quota: 0, period: 0, realtimeRuntime: 0, realtimePeriod: 0, cpus: "", mems: "")),
      v1: .writes([]), v2: .writes([])),
  ]

  private static let device = Resources.BlockIO.ThrottleDevice(major: 254, minor: 0, rate: 1000)
  private static let otherCases = [
    ResourceCase(
      "pids.limit", resources: Resources(pids: .init(limit: 100)), v1: .writes(["pids: pids.max=100"]),
      v2: .writes(["pids.max=100"])),
    ResourceCase(
      "pids.limit", resources: Resources(pids: .init(limit: -1)), v1: .writes(["pids: pids.max=max"]),
      v2: .writes(["pids.max=max"])),
    ResourceCase(
      "pids.limit", resources: Resources(pids: .init(limit: 0)), v1: .writes(["pids: pids.max=1"]),
      v2: .writes(["pids.max=1"])),
    ResourceCase(
      "blockIO.weight", resources: blockIO(.init(weight: 500)), v1: .writes(["blkio: blkio.weight=500"]),
      v2: .writes(["io.bfq.weight=500"])),
    ResourceCase(
      "blockIO.leafWeight", resources: blockIO(.init(leafWeight: 500)),
      v1: .writes(["blkio: blkio.leaf_weight=500"]),
      v2: both("blockIO.leafWeight: cannot be honoured: cgroup v2 has no weight against the children")),
    ResourceCase(
      "blockIO.weightDevice[].weight",
      resources: blockIO(.init(weightDevice: [.init(major: 8, minor: 0, weight: 300)])),
      v1: .writes(["blkio: blkio.weight_device=8:0 300"]), v2: .writes(["io.bfq.weight=8:0 300"])),
    ResourceCase(
      "blockIO.weightDevice[].leafWeight",
      resources: blockIO(.init(weightDevice: [.init(major: 8, minor: 0, leafWeight: 300)])),
      v1: .writes(["blkio: blkio.leaf_weight_device=8:0 300"]),
      v2: both("blockIO.weightDevice[0].leafWeight: cannot be honoured: cgroup v2 has no weight against the children")),
    ResourceCase(
      "blockIO.throttleReadBpsDevice", resources: blockIO(.init(throttleReadBpsDevice: [device])),
      v1: .writes(["blkio: blkio.throttle.read_bps_device=254:0 1000"]), v2: .writes(["io.max=254:0 rbps=1000"])),
    ResourceCase(
      "blockIO.throttleWriteBpsDevice", resources: blockIO(.init(throttleWriteBpsDevice: [device])),
      v1: .writes(["blkio: blkio.throttle.write_bps_device=254:0 1000"]), v2: .writes(["io.max=254:0 wbps=1000"])),
    ResourceCase(
      "blockIO.throttleReadIOPSDevice", resources: blockIO(.init(throttleReadIOPSDevice: [device])),
      v1: .writes(["blkio: blkio.throttle.read_iops_device=254:0 1000"]), v2: .writes(["io.max=254:0 riops=1000"])),
    ResourceCase(
      "blockIO.throttleWriteIOPSDevice",
      resources: blockIO(.init(throttleWriteIOPSDevice: [device, .init(major: 8, minor: 16, rate: 0)])),
      v1: .writes([
        "blkio: blkio.throttle.write_iops_device=254:0 1000", "blkio: blkio.throttle.write_iops_device=8:16 0",
      ]), v2: .writes(["io.max=254:0 wiops=1000", "io.max=8:16 wiops=max"])),
    ResourceCase(
      "hugepageLimits", resources: Resources(hugepageLimits: [.init(pageSize: "2MB", limit: 4096)]),
      v1: .writes(["hugetlb: hugetlb.2MB.limit_in_bytes=4096", "hugetlb: hugetlb.2MB.rsvd.limit_in_bytes=4096"]),
      v2: .writes(["hugetlb.2MB.max=4096", "hugetlb.2MB.rsvd.max=4096"])),
    ResourceCase(
      "network.classID", resources: Resources(network: .init(classID: 0x100001)),
      v1: .writes(["net_cls: net_cls.classid=1048577"]),
      v2: both("network.classID: cannot be honoured: cgroup v2 has no classes of traffic")),
    ResourceCase(
      "network.priorities", resources: Resources(network: .init(priorities: [.init(name: "eth0", priority: 5)])),
      v1: .writes(["net_prio: net_prio.ifpriomap=eth0 5"]),
      v2: both("network.priorities[0]: cannot be honoured: cgroup v2 has no priorities of traffic")),
    ResourceCase(
      "rdma", resources: Resources(rdma: ["mlx5_1": .init(hcaHandles: 3, hcaObjects: 10), "a": .init(hcaObjects: 1)]),
      v1: .writes(["rdma: rdma.max=a hca_object=1", "rdma: rdma.max=mlx5_1 hca_handle=3 hca_object=10"]),
      v2: .writes(["rdma.max=a hca_object=1", "rdma.max=mlx5_1 hca_handle=3 hca_object=10"])),
    ResourceCase(
      "unified", resources: Resources(unified: ["memory.high": "1000", "cgroup.max.depth": "3"]),
      v1: both("unified[\"cgroup.max.depth\"]: cannot be honoured: it needs cgroup v2"),
      v2: .writes(["cgroup.max.depth=3", "memory.high=1000"])),
  ]

  private static func refused(_ resources: Resources, _ text: String) -> ResourceCase {
    ResourceCase(resources: resources, v1: both(text), v2: both(text))
  }
  private static func refusedFile(_ file: String, _ problem: String) -> ResourceCase {
    ResourceCase(
      resources: Resources(unified: [file: "1"]),
      v1: both("unified[\"\(file)\"]: cannot be honoured: it needs cgroup v2"),
      v2: both("unified[\"\(file)\"]: \(problem)"))
  }
  private static let refusals =
    [
      refused(memory(.init(limit: -2)), "memory.limit: -2 is neither a number of bytes nor -1 (no limit)"),
      refused(memory(.init(reservation: -5)), "memory.reservation: -5 is neither a number of bytes nor -1 (no limit)"),
      refused(
        memory(.init(limit: 100, swap: 99)),
        "memory.swap: 99 is less than memory.limit (100); it is the limit for memory and swap together"),
      refused(memory(.init(swap: 99)), "memory.swap: a limit for memory and swap together needs memory.limit"),
      refused(cpu(.init(quota: -2)), "cpu.quota: -2 is neither microseconds nor -1 (no limit)"),
      refused(cpu(.init(idle: 2)), "cpu.idle: 2 is neither 0 nor 1"),
      refused(cpu(.init(cpus: "0;1")), "cpu.cpus: it is no list such as 0-3,7"),
      refused(cpu(.init(mems: "../x")), "cpu.mems: it is no list such as 0-3,7"),
      refused(blockIO(.init(weight: 9)), "blockIO.weight: 9 is not from 10 to 1000"),
      refused(
        blockIO(.init(weightDevice: [.init(major: 8, minor: 0, weight: 1001)])),
        "blockIO.weightDevice[0].weight: 1001 is not from 10 to 1000"),
      refused(
        blockIO(.init(throttleReadBpsDevice: [.init(major: -8, minor: 0, rate: 1)])),
        "blockIO.throttleReadBpsDevice[0]: -8:0 are no device numbers"),
      refused(
        Resources(rdma: ["a b": .init(hcaObjects: 1)]), "rdma[\"a b\"]: \"a b\" is no name of a device"),
      ResourceCase(
        resources: memory(.init(swappiness: 101)),
        v1: both("memory.swappiness: 101 is not from 0 to 100"),
        v2: .warning("linux.resources.memory.swappiness has no effect: cgroup v2 has no swappiness")),
      ResourceCase(
        resources: cpu(.init(shares: 1)), v1: both("cpu.shares: 1 is not from 2 to 262144"),
        v2: .writes(["cpu.weight=1"])),
      ResourceCase(
        resources: Resources(network: .init(priorities: [.init(name: "a/b", priority: 5)])),
        v1: both("network.priorities[0]: \"a/b\" is no name of a network interface"),
        v2: both("network.priorities[0]: cannot be honoured: cgroup v2 has no priorities of traffic")),
    ]
    + ["", "2", "MB", "02MB", "2mB", "2MB/../x", "-2MB", "2MBx", "2 MB"].map { size in
      refused(
        Resources(hugepageLimits: [.init(pageSize: size, limit: 1)]),
        "hugepageLimits[0]: \"\(size)\" is no page size such as 64KB, 2MB or 1GB")
    }
    + ["../memory.max", "memory/max", "memory", ".max", "memory.", "Memory.max", "memory.ma x", "a.b/c", ".."].map {
      refusedFile($0, "it is no name of a file such as memory.high")
    }
    + ["cgroup.procs", "cgroup.kill", "cgroup.type", "cgroup.freeze", "cgroup.threads", "cgroup.subtree_control"].map {
      refusedFile($0, "the runtime itself works with this file")
    }
    + [
      refusedFile(
        "misc.max",
        "invalid configuration: cannot be honoured: the controller \"misc\" is not available in this cgroup v2 tree")
    ]
}
