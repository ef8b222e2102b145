extension Spec {
  /// Limits that cgroups enforce (config-linux.md, "Control groups"); also that of `update --resources`.
  public struct Resources: Sendable, Equatable {
    /// Which devices may be used; the last rule that matches decides.
    public var devices: [DeviceRule]?
    /// Memory.
    public var memory: Memory?
    /// Processor time.
    public var cpu: CPU?
    /// Number of tasks.
    public var pids: Pids?
    /// Block devices.
    public var blockIO: BlockIO?
    /// Huge pages.
    public var hugepageLimits: [HugepageLimit]?
    /// Classes and priorities of traffic.
    public var network: Network?
    /// RDMA, by the name of the device.
    public var rdma: StringMap<RDMA>?
    /// Files of the cgroup (v2) and what to write to them.
    public var unified: StringMap<String>?

    /// Makes one of its properties.
    public init(
      devices: [DeviceRule]? = nil,
      memory: Memory? = nil,
      cpu: CPU? = nil,
      pids: Pids? = nil,
      blockIO: BlockIO? = nil,
      hugepageLimits: [HugepageLimit]? = nil,
      network: Network? = nil,
      rdma: StringMap<RDMA>? = nil,
      unified: StringMap<String>? = nil
    ) {
      self.devices = devices
      self.memory = memory
      self.cpu = cpu
      self.pids = pids
      self.blockIO = blockIO
      self.hugepageLimits = hugepageLimits
      self.network = network
      self.rdma = rdma
      self.unified = unified
    }
  }
}

extension Spec.Resources {
  /// Which use of which devices is allowed or not.
  public struct DeviceRule: Sendable, Equatable {
    /// Whether the rule allows.
    public var allow: Bool
    /// `a` (all), `c` (character) or `b` (block); absent means all.
    public var type: String?
    /// Major number; absent means all.
    public var major: Int64?
    /// Minor number; absent means all.
    public var minor: Int64?
    /// Any of the letters `r`, `w` and `m` (mknod).
    public var access: String?

    /// Makes one of its properties.
    public init(
      allow: Bool,
      type: String? = nil,
      major: Int64? = nil,
      minor: Int64? = nil,
      access: String? = nil
    ) {
      self.allow = allow
      self.type = type
      self.major = major
      self.minor = minor
      self.access = access
    }
  }
}

extension Spec.Resources {
  /// Memory. Sizes are in bytes, -1 means no limit.
  public struct Memory: Sendable, Equatable {
    /// Most memory that may be used.
    public var limit: Int64?
    /// Soft limit.
    public var reservation: Int64?
    /// Most memory and swap together.
    public var swap: Int64?
    /// Kernel memory; deprecated, no longer in Linux.
    public var kernel: Int64?
    /// Buffers of TCP; deprecated.
    public var kernelTCP: Int64?
    /// How readily pages are swapped, from 0 to 100.
    public var swappiness: UInt64?
    /// Whether a task waits instead of being killed when memory runs out.
    public var disableOOMKiller: Bool?
    /// Whether children count; always so in Linux today.
    public var useHierarchy: Bool?
    /// Whether a limit below what is in use is refused.
    public var checkBeforeUpdate: Bool?

    /// Makes one of its properties.
    public init(
      limit: Int64? = nil,
      reservation: Int64? = nil,
      swap: Int64? = nil,
      kernel: Int64? = nil,
      kernelTCP: Int64? = nil,
      swappiness: UInt64? = nil,
      disableOOMKiller: Bool? = nil,
      useHierarchy: Bool? = nil,
      checkBeforeUpdate: Bool? = nil
    ) {
      self.limit = limit
      self.reservation = reservation
      self.swap = swap
      self.kernel = kernel
      self.kernelTCP = kernelTCP
      self.swappiness = swappiness
      self.disableOOMKiller = disableOOMKiller
      self.useHierarchy = useHierarchy
      self.checkBeforeUpdate = checkBeforeUpdate
    }
  }
}

extension Spec.Resources {
  /// Processor time.
  public struct CPU: Sendable, Equatable {
    /// Relative weight.
    public var shares: UInt64?
    /// Run time per period in microseconds.
    public var quota: Int64?
    /// Run time that may be saved up, in microseconds.
    public var burst: UInt64?
    /// Period in microseconds.
    public var period: UInt64?
    /// Real-time run time per period in microseconds.
    public var realtimeRuntime: Int64?
    /// Period of it in microseconds.
    public var realtimePeriod: UInt64?
    /// CPUs that may be used, such as `0-3,7`.
    public var cpus: String?
    /// Memory nodes that may be used.
    public var mems: String?
    /// 1 runs the cgroup as SCHED_IDLE does, 0 does not.
    public var idle: Int64?

    /// Makes one of its properties.
    public init(
      shares: UInt64? = nil,
      quota: Int64? = nil,
      burst: UInt64? = nil,
      period: UInt64? = nil,
      realtimeRuntime: Int64? = nil,
      realtimePeriod: UInt64? = nil,
      cpus: String? = nil,
      mems: String? = nil,
      idle: Int64? = nil
    ) {
      self.shares = shares
      self.quota = quota
      self.burst = burst
      self.period = period
      self.realtimeRuntime = realtimeRuntime
      self.realtimePeriod = realtimePeriod
      self.cpus = cpus
      self.mems = mems
      self.idle = idle
    }
  }
}

extension Spec.Resources {
  /// Number of tasks.
  public struct Pids: Sendable, Equatable {
    /// Most tasks; -1 means no limit, 0 is a limit.
    public var limit: Int64?

    /// Makes one of its properties.
    public init(limit: Int64? = nil) {
      self.limit = limit
    }
  }
}

extension Spec.Resources {
  /// Huge pages of one size.
  public struct HugepageLimit: Sendable, Equatable {
    /// Size, such as `2MB`.
    public var pageSize: String
    /// Bytes.
    public var limit: UInt64

    /// Makes one of its properties.
    public init(pageSize: String, limit: UInt64) {
      self.pageSize = pageSize
      self.limit = limit
    }
  }
}

extension Spec.Resources {
  /// Marks on the traffic of the cgroup (net_cls and net_prio, v1 only).
  public struct Network: Sendable, Equatable {
    /// Class of the packets.
    public var classID: UInt32?
    /// Priority by interface.
    public var priorities: [Priority]?

    /// Makes one of its properties.
    public init(classID: UInt32? = nil, priorities: [Priority]? = nil) {
      self.classID = classID
      self.priorities = priorities
    }
  }
}

extension Spec.Resources.Network {
  /// Priority of the traffic that leaves by one interface.
  public struct Priority: Sendable, Equatable {
    /// Interface, as the runtime namespace names it.
    public var name: String
    /// Priority.
    public var priority: UInt32

    /// Makes one of its properties.
    public init(name: String, priority: UInt32) {
      self.name = name
      self.priority = priority
    }
  }
}

extension Spec.Resources {
  /// What may be used of one RDMA device.
  public struct RDMA: Sendable, Equatable {
    /// Most open handles.
    public var hcaHandles: UInt32?
    /// Most objects.
    public var hcaObjects: UInt32?

    /// Makes one of its properties.
    public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
      self.hcaHandles = hcaHandles
      self.hcaObjects = hcaObjects
    }
  }
}
