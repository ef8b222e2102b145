import OCI

/// The file of a controller in which a limit ends, and how its value is written there.
package struct ControlTarget: Equatable, Sendable {
  package enum Form: Equatable, Sendable {
    case plain
    /// A size in bytes; -1 is `-1` on v1.
    case bytes
    /// -1, or what the kernel takes for it, is `max`.
    case maximum
    /// 0 would leave the container without its own process: 1 has the same effect on everything that it starts.
    case tasks
    case one
    /// cpu.shares to cpu.weight.
    case weight
    /// The limit for memory and swap together, less the limit for memory.
    case swapOnly
    /// `QUOTA PERIOD` in one file.
    case quotaAndPeriod
    /// `KEY VALUE`.
    case pair
    /// From 10…1000 to 1…10000, as a number.
    case scaledWeight
    /// The same as `KEY VALUE`.
    case scaledWeightPair
    /// `KEY NAME=VALUE`; 0 takes the limit away.
    case named(String)
    /// The key is a part of the file's name, or the whole of it.
    case value
  }

  /// What to do when the file does not exist.
  package enum WhenMissing: Equatable, Sendable {
    case fail
    /// The kernel is older or built without it, and nothing is lost.
    case skip
    /// Nothing is lost as long as the value is `max` or 0: without swap there is none to limit.
    case skipUnlimited
  }

  package let controller: String
  /// `<key>` stands for the page size, or for the name of the file itself.
  package let file: String
  package let form: Form
  package var whenMissing = WhenMissing.fail
  /// File and form to take when `file` does not exist.
  package var alternative: (file: String, form: Form)?

  init(
    _ controller: String, _ file: String, _ form: Form = .plain, whenMissing: WhenMissing = .fail,
    or alternative: (file: String, form: Form)? = nil
  ) {
    self.controller = controller
    self.file = file
    self.form = form
    self.whenMissing = whenMissing
    self.alternative = alternative
  }

  package static func == (left: ControlTarget, right: ControlTarget) -> Bool {
    left.controller == right.controller && left.file == right.file && left.form == right.form
      && left.whenMissing == right.whenMissing && left.alternative?.file == right.alternative?.file
      && left.alternative?.form == right.alternative?.form
  }
}

/// What a generation of cgroups does with a limit.
package enum ResourceSupport: Equatable, Sendable {
  case files([ControlTarget])
  /// Accepted without effect, as runc does, with a warning.
  case ignored(String)
  /// Refused.
  case refused(String)
}

extension LimitedResource {
  /// On a hierarchy of cgroup v1.
  package var v1: ResourceSupport {
    switch self {
    case .cpus: .files([ControlTarget("cpuset", "cpuset.cpus")])
    case .mems: .files([ControlTarget("cpuset", "cpuset.mems")])
    case .memoryLimit: .files([ControlTarget("memory", "memory.limit_in_bytes", .bytes)])
    case .memorySwap:
      .files([ControlTarget("memory", "memory.memsw.limit_in_bytes", .bytes, whenMissing: .skipUnlimited)])
    case .memoryReservation: .files([ControlTarget("memory", "memory.soft_limit_in_bytes", .bytes)])
    case .memoryKernel: .ignored("Linux has no limit for kernel memory alone any more")
    case .memoryKernelTCP:
      .files([ControlTarget("memory", "memory.kmem.tcp.limit_in_bytes", .bytes, whenMissing: .skip)])
    case .memorySwappiness: .files([ControlTarget("memory", "memory.swappiness")])
    case .memoryDisableOOMKiller: .files([ControlTarget("memory", "memory.oom_control", .one)])
    case .memoryUseHierarchy: .ignored("the memory of children always counts")
    case .cpuShares: .files([ControlTarget("cpu", "cpu.shares")])
    case .cpuIdle: .files([ControlTarget("cpu", "cpu.idle")])
    case .cpuPeriod: .files([ControlTarget("cpu", "cpu.cfs_period_us")])
    case .cpuQuota: .files([ControlTarget("cpu", "cpu.cfs_quota_us")])
    case .cpuBurst: .files([ControlTarget("cpu", "cpu.cfs_burst_us", whenMissing: .skip)])
    case .cpuRealtimePeriod: .files([ControlTarget("cpu", "cpu.rt_period_us")])
    case .cpuRealtimeRuntime: .files([ControlTarget("cpu", "cpu.rt_runtime_us")])
    case .pidsLimit: .files([ControlTarget("pids", "pids.max", .tasks)])
    case .blockIOWeight: .files([ControlTarget("blkio", "blkio.weight", or: ("blkio.bfq.weight", .plain))])
    case .blockIOLeafWeight: .files([ControlTarget("blkio", "blkio.leaf_weight")])
    case .blockIOWeightDevice:
      .files([ControlTarget("blkio", "blkio.weight_device", .pair, or: ("blkio.bfq.weight_device", .pair))])
    case .blockIOLeafWeightDevice: .files([ControlTarget("blkio", "blkio.leaf_weight_device", .pair)])
    case .blockIOReadBps: .files([ControlTarget("blkio", "blkio.throttle.read_bps_device", .pair)])
    case .blockIOWriteBps: .files([ControlTarget("blkio", "blkio.throttle.write_bps_device", .pair)])
    case .blockIOReadIOPS: .files([ControlTarget("blkio", "blkio.throttle.read_iops_device", .pair)])
    case .blockIOWriteIOPS: .files([ControlTarget("blkio", "blkio.throttle.write_iops_device", .pair)])
    case .hugepageLimits:
      .files([
        ControlTarget("hugetlb", "hugetlb.<key>.limit_in_bytes", .value),
        ControlTarget("hugetlb", "hugetlb.<key>.rsvd.limit_in_bytes", .value, whenMissing: .skip),
      ])
    case .networkClassID: .files([ControlTarget("net_cls", "net_cls.classid")])
    case .networkPriorities: .files([ControlTarget("net_prio", "net_prio.ifpriomap", .pair)])
    case .rdma: .files([ControlTarget("rdma", "rdma.max", .pair)])
    case .unified: .refused("it needs cgroup v2")
    }
  }

  /// In a cgroup v2 tree.
  package var v2: ResourceSupport {
    switch self {
    case .cpus: .files([ControlTarget("cpuset", "cpuset.cpus")])
    case .mems: .files([ControlTarget("cpuset", "cpuset.mems")])
    case .memoryLimit: .files([ControlTarget("memory", "memory.max", .maximum)])
    case .memorySwap: .files([ControlTarget("memory", "memory.swap.max", .swapOnly, whenMissing: .skipUnlimited)])
    case .memoryReservation: .files([ControlTarget("memory", "memory.low", .maximum)])
    case .memoryKernel: .ignored("Linux has no limit for kernel memory alone any more")
    case .memoryKernelTCP: .ignored("cgroup v2 has no limit for the buffers of TCP alone")
    case .memorySwappiness: .ignored("cgroup v2 has no swappiness")
    case .memoryDisableOOMKiller: .ignored("cgroup v2 cannot switch the OOM killer off")
    case .memoryUseHierarchy: .ignored("the memory of children always counts")
    case .cpuShares: .files([ControlTarget("cpu", "cpu.weight", .weight)])
    case .cpuIdle: .files([ControlTarget("cpu", "cpu.idle")])
    case .cpuPeriod: .files([ControlTarget("cpu", "cpu.max", .quotaAndPeriod)])
    case .cpuQuota: .files([ControlTarget("cpu", "cpu.max", .quotaAndPeriod)])
    case .cpuBurst: .files([ControlTarget("cpu", "cpu.max.burst")])
    case .cpuRealtimePeriod, .cpuRealtimeRuntime: .refused("cgroup v2 has no bandwidth for real-time tasks")
    case .pidsLimit: .files([ControlTarget("pids", "pids.max", .tasks)])
    case .blockIOWeight:
      .files([ControlTarget("io", "io.bfq.weight", or: ("io.weight", .scaledWeight))])
    case .blockIOLeafWeight, .blockIOLeafWeightDevice: .refused("cgroup v2 has no weight against the children")
    case .blockIOWeightDevice:
      .files([ControlTarget("io", "io.bfq.weight", .pair, or: ("io.weight", .scaledWeightPair))])
    case .blockIOReadBps: .files([ControlTarget("io", "io.max", .named("rbps"))])
    case .blockIOWriteBps: .files([ControlTarget("io", "io.max", .named("wbps"))])
    case .blockIOReadIOPS: .files([ControlTarget("io", "io.max", .named("riops"))])
    case .blockIOWriteIOPS: .files([ControlTarget("io", "io.max", .named("wiops"))])
    case .hugepageLimits:
      .files([
        ControlTarget("hugetlb", "hugetlb.<key>.max", .value),
        ControlTarget("hugetlb", "hugetlb.<key>.rsvd.max", .value, whenMissing: .skip),
      ])
    case .networkClassID: .refused("cgroup v2 has no classes of traffic")
    case .networkPriorities: .refused("cgroup v2 has no priorities of traffic")
    case .rdma: .files([ControlTarget("rdma", "rdma.max", .pair)])
    case .unified: .files([ControlTarget("<key>", "<key>", .value)])
    }
  }
}
