import Kernel

/// Files of the v1 controllers (Documentation/admin-guide/cgroup-v1).
extension StatisticsReader {
  private static let nanosecondsPerTick: UInt64 = 10_000_000

  func readUsageV1(_ cpu: inout CgroupStatistics.CPU) throws(CgroupError) {
    cpu.total = try number("cpuacct.usage") ?? 0
    // USER_HZ is 100 on every architecture.
    let ticks = try table("cpuacct.stat") ?? [:]
    cpu.user = (ticks["user"] ?? 0).multipliedReportingOverflow(by: Self.nanosecondsPerTick).partialValue
    cpu.kernel = (ticks["system"] ?? 0).multipliedReportingOverflow(by: Self.nanosecondsPerTick).partialValue
    cpu.perProcessor = try lines("cpuacct.usage_percpu")?.first?.words.compactMap { UInt64($0) } ?? []
    // A header, then `cpu user system`.
    for line in try lines("cpuacct.usage_all")?.dropFirst() ?? [] where line.words.count > 2 {
      cpu.perProcessorUser.append(try line.number(1, in: path("cpuacct.usage_all")))
      cpu.perProcessorKernel.append(try line.number(2, in: path("cpuacct.usage_all")))
    }
  }

  func readThrottlingV1(_ cpu: inout CgroupStatistics.CPU) throws(CgroupError) {
    let table = try table("cpu.stat") ?? [:]
    cpu.periods = table["nr_periods"] ?? 0
    cpu.throttledPeriods = table["nr_throttled"] ?? 0
    cpu.throttledTime = table["throttled_time"] ?? 0
  }

  func readV1(_ cpuset: inout CgroupStatistics.Cpuset) throws(CgroupError) {
    cpuset.cpus = numbers(inList: try lines("cpuset.cpus")?.first?.words.first ?? "")
    cpuset.mems = numbers(inList: try lines("cpuset.mems")?.first?.words.first ?? "")
    cpuset.cpuExclusive = try number("cpuset.cpu_exclusive") ?? 0
    cpuset.memHardwall = try number("cpuset.mem_hardwall") ?? 0
    cpuset.memExclusive = try number("cpuset.mem_exclusive") ?? 0
    cpuset.memoryMigrate = try number("cpuset.memory_migrate") ?? 0
    cpuset.memorySpreadPage = try number("cpuset.memory_spread_page") ?? 0
    cpuset.memorySpreadSlab = try number("cpuset.memory_spread_slab") ?? 0
    cpuset.memoryPressure = try number("cpuset.memory_pressure") ?? 0
    cpuset.schedLoadBalance = try number("cpuset.sched_load_balance") ?? 0
    cpuset.schedRelaxDomainLevel = try signed("cpuset.sched_relax_domain_level") ?? 0
  }

  /// `0-3,7`; what is no list is passed over.
  func numbers(inList list: String) -> [UInt16] {
    list.utf8.split(separator: UInt8(ascii: ",")).flatMap { part -> [UInt16] in
      let ends = part.split(separator: UInt8(ascii: "-")).map { UInt16(String(decoding: $0, as: UTF8.self)) }
      switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
      case (1, .some(let only), _): return [only]
      case (2, .some(let first), .some(let last)) where first <= last: return Array(first...last)
      default: return []
      }
    }
  }

  func readV1(_ memory: inout CgroupStatistics.Memory) throws(CgroupError) {
    memory.raw = try table("memory.stat") ?? [:]
    memory.cache = memory.raw["cache"] ?? 0
    memory.usage = try memoryEntry("memory")
    memory.swap = try memoryEntry("memory.memsw")
    memory.kernel = try memoryEntry("memory.kmem")
    memory.kernelTCP = try memoryEntry("memory.kmem.tcp")
  }

  private func memoryEntry(_ prefix: String) throws(CgroupError) -> CgroupStatistics.Memory.Entry {
    var entry = CgroupStatistics.Memory.Entry()
    guard let usage = try number(prefix + ".usage_in_bytes") else { return entry }
    entry.usage = usage
    entry.max = try number(prefix + ".max_usage_in_bytes") ?? 0
    entry.failures = try number(prefix + ".failcnt") ?? 0
    entry.limit = try number(prefix + ".limit_in_bytes") ?? 0
    return entry
  }

  func hugePagesV1(_ size: String) throws(CgroupError) -> CgroupStatistics.HugePages? {
    for prefix in ["hugetlb.\(size).rsvd", "hugetlb.\(size)"] {
      guard let usage = try number(prefix + ".usage_in_bytes") else { continue }
      return CgroupStatistics.HugePages(
        usage: usage, max: try number(prefix + ".max_usage_in_bytes") ?? 0,
        failures: try number(prefix + ".failcnt") ?? 0)
    }
    return nil
  }

  /// Where the numbers are depends on the scheduler of the kernel: BFQ with its debugging numbers, BFQ, CFQ of old,
  /// else throttling alone, recursive or not. The first set that says anything is taken, as runc does.
  func readV1(_ blockIO: inout CgroupStatistics.BlockIO) throws(CgroupError) {
    for set in ["blkio.bfq.", "blkio."] {
      if let sectors = try entries(set + "sectors_recursive"), !sectors.isEmpty {
        blockIO.sectors = sectors
        blockIO.serviceTime = try entries(set + "io_service_time_recursive") ?? []
        blockIO.waitTime = try entries(set + "io_wait_time_recursive") ?? []
        blockIO.merged = try entries(set + "io_merged_recursive") ?? []
        blockIO.queued = try entries(set + "io_queued_recursive") ?? []
        blockIO.time = try entries(set + "time_recursive") ?? []
        blockIO.serviced = try entries(set + "io_serviced_recursive") ?? []
        blockIO.serviceBytes = try entries(set + "io_service_bytes_recursive") ?? []
        return
      }
    }
    for (set, end) in [("blkio.bfq.", "_recursive"), ("blkio.throttle.", "_recursive"), ("blkio.throttle.", "")] {
      if let serviced = try entries(set + "io_serviced" + end), !serviced.isEmpty {
        blockIO.serviced = serviced
        blockIO.serviceBytes = try entries(set + "io_service_bytes" + end) ?? []
        return
      }
    }
  }

  /// `8:0 Read 4096`, `8:0 4096`, and a total that is left out.
  private func entries(_ file: String) throws(CgroupError) -> [CgroupStatistics.BlockIO.Entry]? {
    guard let lines = try lines(file) else { return nil }
    var entries: [CgroupStatistics.BlockIO.Entry] = []
    for line in lines where line.words.first != "Total" && line.words.count > 1 {
      guard let device = blockDevice(line.words[0]) else {
        throw .malformed(path: path(file).string, problem: "\"\(line.words[0])\" is no device")
      }
      let hasOperation = line.words.count > 2
      entries.append(
        CgroupStatistics.BlockIO.Entry(
          major: device.major, minor: device.minor, operation: hasOperation ? line.words[1] : "",
          value: try line.number(hasOperation ? 2 : 1, in: path(file))))
    }
    return entries
  }

  func blockDevice(_ text: String) -> (major: UInt64, minor: UInt64)? {
    let numbers = text.utf8.split(separator: UInt8(ascii: ":")).compactMap {
      UInt64(String(decoding: $0, as: UTF8.self))
    }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }
}
