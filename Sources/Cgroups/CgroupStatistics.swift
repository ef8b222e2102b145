/// What a cgroup has used, in the shape of `events --stats` of runc. 0 and empty mean that the host does not say.
public struct CgroupStatistics: Equatable, Sendable {
  public struct CPU: Equatable, Sendable {
    /// Nanoseconds in all, of each processor, and of both in the kernel and outside of it.
    public var total: UInt64 = 0
    public var perProcessor: [UInt64] = []
    public var perProcessorKernel: [UInt64] = []
    public var perProcessorUser: [UInt64] = []
    public var kernel: UInt64 = 0
    public var user: UInt64 = 0
    /// Periods of the bandwidth control, those in which the quota was used up, and nanoseconds of waiting for the next.
    public var periods: UInt64 = 0
    public var throttledPeriods: UInt64 = 0
    public var throttledTime: UInt64 = 0
    public var pressure: Pressure?
    public init() {}
  }

  public struct Cpuset: Equatable, Sendable {
    public var cpus: [UInt16] = []
    public var mems: [UInt16] = []
    public var cpuExclusive: UInt64 = 0
    public var memHardwall: UInt64 = 0
    public var memExclusive: UInt64 = 0
    public var memoryMigrate: UInt64 = 0
    public var memorySpreadPage: UInt64 = 0
    public var memorySpreadSlab: UInt64 = 0
    public var memoryPressure: UInt64 = 0
    public var schedLoadBalance: UInt64 = 0
    public var schedRelaxDomainLevel: Int64 = 0
    public init() {}
  }

  public struct Memory: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
      /// Bytes; `UInt64.max` is no limit.
      public var limit: UInt64 = 0
      public var usage: UInt64 = 0
      public var max: UInt64 = 0
      /// How often the limit was reached.
      public var failures: UInt64 = 0
      public init() {}
    }
    /// Bytes.
    public var cache: UInt64 = 0
    public var usage = Entry()
    /// Memory and swap together.
    public var swap = Entry()
    public var kernel = Entry()
    public var kernelTCP = Entry()
    /// memory.stat as it is.
    public var raw: [String: UInt64] = [:]
    /// memory.events as it is (cgroup v2).
    public var events: [String: UInt64] = [:]
    public var pressure: Pressure?
    public init() {}
  }

  public struct Tasks: Equatable, Sendable {
    public var current: UInt64 = 0
    /// 0 is no limit.
    public var limit: UInt64 = 0
    public init() {}
  }

  public struct BlockIO: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
      public var major: UInt64
      public var minor: UInt64
      public var operation: String
      public var value: UInt64
    }
    /// Each counts the cgroups below too.
    public var serviceBytes: [Entry] = []
    public var serviced: [Entry] = []
    public var queued: [Entry] = []
    public var serviceTime: [Entry] = []
    public var waitTime: [Entry] = []
    public var merged: [Entry] = []
    public var time: [Entry] = []
    public var sectors: [Entry] = []
    public var pressure: Pressure?
    public init() {}
  }

  public struct HugePages: Equatable, Sendable {
    /// Bytes.
    public var usage: UInt64 = 0
    public var max: UInt64 = 0
    public var failures: UInt64 = 0
  }

  /// Share of time in which tasks waited for a resource (Documentation/accounting/psi.rst).
  public struct Pressure: Equatable, Sendable {
    public struct Share: Equatable, Sendable {
      /// Per cent of the last 10, 60 and 300 seconds.
      public var average10 = 0.0
      public var average60 = 0.0
      public var average300 = 0.0
      /// Microseconds.
      public var total: UInt64 = 0
      public init() {}
    }
    /// Some tasks waited.
    public var some = Share()
    /// All of them did.
    public var full = Share()
    public init() {}
  }

  public init() {}

  public var cpu = CPU()
  public var cpuset = Cpuset()
  public var memory = Memory()
  public var tasks = Tasks()
  public var blockIO = BlockIO()
  /// By page size, such as `2MB`.
  public var hugePages: [String: HugePages] = [:]
}

extension Cgroup {
  /// Reads what the cgroup has used. Of each controller the v1 hierarchy is asked, else the cgroup v2 tree; what the
  /// kernel does not offer is left out.
  public func statistics() throws(CgroupError) -> CgroupStatistics {
    var statistics = CgroupStatistics()
    let beside = unified.map { StatisticsReader($0.path) }
    if let folder = folder(of: "cpuacct") { try StatisticsReader(folder.path).readUsageV1(&statistics.cpu) }
    if let folder = folder(of: "cpu") { try StatisticsReader(folder.path).readThrottlingV1(&statistics.cpu) }
    if folder(of: "cpu") == nil && folder(of: "cpuacct") == nil { try beside?.readV2(&statistics.cpu) }
    if let folder = folder(of: "cpuset") { try StatisticsReader(folder.path).readV1(&statistics.cpuset) }
    if let folder = folder(of: "memory") {
      try StatisticsReader(folder.path).readV1(&statistics.memory)
    } else {
      try beside?.readV2(&statistics.memory)
    }
    if let folder = folder(of: "pids") {
      try StatisticsReader(folder.path).read(&statistics.tasks)
    } else {
      try beside?.read(&statistics.tasks)
    }
    if let folder = folder(of: "blkio") {
      try StatisticsReader(folder.path).readV1(&statistics.blockIO)
    } else {
      try beside?.readV2(&statistics.blockIO)
    }
    let hugePages = folder(of: "hugetlb").map { StatisticsReader($0.path) }
    for size in try StatisticsReader.hugePageSizes() {
      if let hugePages {
        statistics.hugePages[size] = try hugePages.hugePagesV1(size)
      } else {
        statistics.hugePages[size] = try beside?.hugePagesV2(size)
      }
    }
    statistics.cpu.pressure = try beside?.pressure("cpu.pressure")
    statistics.memory.pressure = try beside?.pressure("memory.pressure")
    statistics.blockIO.pressure = try beside?.pressure("io.pressure")
    return statistics
  }
}
