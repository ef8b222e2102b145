internal import Cgroups
internal import Protobuf
internal import TTRPC

/// io.containerd.cgroups.v1.Metrics: what hosts tell whose controllers are on hierarchies of their own.
struct LegacyMetrics: ProtobufWritable {
  /// Keys of memory.stat, in the order of the fields from 1 on; those from 18 on begin with `total_`.
  private static let memoryKeys = [
    "cache", "rss", "rss_huge", "mapped_file", "dirty", "writeback", "pgpgin", "pgpgout", "pgfault", "pgmajfault",
    "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
  ]

  private let statistics: CgroupStatistics

  init(_ statistics: CgroupStatistics) { self.statistics = statistics }

  func write(to writer: inout ProtobufWriter) {
    for (size, pages) in statistics.hugePages.sorted(by: { $0.key < $1.key }) {
      writer.message(1) { entry in
        entry.unsigned(1, pages.usage)
        entry.unsigned(2, pages.max)
        entry.unsigned(3, pages.failures)
        entry.string(4, size)
      }
    }
    writer.message(2) { pids in
      pids.unsigned(1, statistics.tasks.current)
      pids.unsigned(2, statistics.tasks.limit)
    }
    writer.message(3, writeCPU)
    writer.message(4, writeMemory)
    writer.message(5, writeBlockIO)
  }

  private func writeCPU(_ writer: inout ProtobufWriter) {
    let cpu = statistics.cpu
    writer.message(1) { usage in
      usage.unsigned(1, cpu.total)
      usage.unsigned(2, cpu.kernel)
      usage.unsigned(3, cpu.user)
      usage.packed(4, cpu.perProcessor)
    }
    writer.message(2) { throttling in
      throttling.unsigned(1, cpu.periods)
      throttling.unsigned(2, cpu.throttledPeriods)
      throttling.unsigned(3, cpu.throttledTime)
    }
  }

  private func writeMemory(_ writer: inout ProtobufWriter) {
    let raw = statistics.memory.raw
    for (index, key) in LegacyMetrics.memoryKeys.enumerated() { writer.unsigned(1 + index, raw[key] ?? 0) }
    writer.unsigned(16, raw["hierarchical_memory_limit"] ?? 0)
    writer.unsigned(17, raw["hierarchical_memsw_limit"] ?? 0)
    for (index, key) in LegacyMetrics.memoryKeys.enumerated() { writer.unsigned(18 + index, raw["total_" + key] ?? 0) }
    let entries = [
      statistics.memory.usage, statistics.memory.swap, statistics.memory.kernel, statistics.memory.kernelTCP,
    ]
    for (index, entry) in entries.enumerated() {
      writer.message(33 + index) { inner in
        inner.unsigned(1, entry.limit)
        inner.unsigned(2, entry.usage)
        inner.unsigned(3, entry.max)
        inner.unsigned(4, entry.failures)
      }
    }
  }

  private func writeBlockIO(_ writer: inout ProtobufWriter) {
    let io = statistics.blockIO
    let lists = [
      io.serviceBytes, io.serviced, io.queued, io.serviceTime, io.waitTime, io.merged, io.time, io.sectors,
    ]
    for (index, list) in lists.enumerated() {
      for entry in list {
        writer.message(1 + index) { inner in
          inner.string(1, entry.operation)
          inner.unsigned(3, entry.major)
          inner.unsigned(4, entry.minor)
          inner.unsigned(5, entry.value)
        }
      }
    }
  }
}
