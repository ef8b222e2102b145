import Kernel

/// Files of a cgroup v2 tree (Documentation/admin-guide/cgroup-v2.rst), told in the terms of v1 as runc does.
extension StatisticsReader {
  func readV2(_ cpu: inout CgroupStatistics.CPU) throws(CgroupError) {
    guard let table = try table("cpu.stat") else { return }
    func nanoseconds(_ key: String) -> UInt64 {
      (table[key] ?? 0).multipliedReportingOverflow(by: 1000).partialValue
    }
    cpu.total = nanoseconds("usage_usec")
    cpu.user = nanoseconds("user_usec")
    cpu.kernel = nanoseconds("system_usec")
    cpu.periods = table["nr_periods"] ?? 0
    cpu.throttledPeriods = table["nr_throttled"] ?? 0
    cpu.throttledTime = nanoseconds("throttled_usec")
  }

  func readV2(_ memory: inout CgroupStatistics.Memory) throws(CgroupError) {
    guard let raw = try table("memory.stat") else { return }
    memory.raw = raw
    memory.cache = raw["file"] ?? 0
    memory.events = try table("memory.events") ?? [:]
    memory.usage = try memoryEntry("memory")
    memory.usage.failures = memory.events["max"] ?? 0
    // Both together, as v1 has it; the two highest marks were not at the same time and cannot be added.
    memory.swap = try memoryEntry("memory.swap")
    memory.swap.usage = memory.swap.usage.addingReportingOverflow(memory.usage.usage).partialValue
    let (limit, isTooMuch) = memory.swap.limit.addingReportingOverflow(memory.usage.limit)
    memory.swap.limit = isTooMuch ? .max : limit
    memory.swap.max = 0
  }

  private func memoryEntry(_ prefix: String) throws(CgroupError) -> CgroupStatistics.Memory.Entry {
    var entry = CgroupStatistics.Memory.Entry()
    guard let usage = try number(prefix + ".current") else { return entry }
    entry.usage = usage
    entry.limit = try number(prefix + ".max") ?? 0
    entry.max = try number(prefix + ".peak") ?? 0
    return entry
  }

  func hugePagesV2(_ size: String) throws(CgroupError) -> CgroupStatistics.HugePages? {
    for prefix in ["hugetlb.\(size).rsvd", "hugetlb.\(size)"] {
      guard let usage = try number(prefix + ".current") else { continue }
      return CgroupStatistics.HugePages(usage: usage, failures: try table("hugetlb.\(size).events")?["max"] ?? 0)
    }
    return nil
  }

  /// `254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`
  func readV2(_ blockIO: inout CgroupStatistics.BlockIO) throws(CgroupError) {
    for line in try lines("io.stat") ?? [] {
      guard let first = line.words.first, let device = blockDevice(first) else { continue }
      for word in line.words.dropFirst() {
        let parts = word.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(Substring($0)) }
        guard parts.count == 2, let value = UInt64(parts[1]) else { continue }
        func entry(_ operation: String) -> CgroupStatistics.BlockIO.Entry {
          CgroupStatistics.BlockIO.Entry(major: device.major, minor: device.minor, operation: operation, value: value)
        }
        switch parts[0] {
        case "rbytes": blockIO.serviceBytes.append(entry("Read"))
        case "wbytes": blockIO.serviceBytes.append(entry("Write"))
        case "rios": blockIO.serviced.append(entry("Read"))
        case "wios": blockIO.serviced.append(entry("Write"))
        default: continue
        }
      }
    }
  }
}
