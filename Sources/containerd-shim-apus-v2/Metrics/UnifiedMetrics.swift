internal import Cgroups
internal import Protobuf
internal import TTRPC

/// io.containerd.cgroups.v2.Metrics: what hosts tell that have one cgroup tree.
struct UnifiedMetrics: ProtobufWritable {
  /// Keys of memory.stat in the order of the fields from 1 on.
  private static let memoryKeys = [
    "anon", "file", "kernel_stack", "slab", "sock", "shmem", "file_mapped", "file_dirty", "file_writeback",
    "anon_thp", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable", "slab_reclaimable",
    "slab_unreclaimable", "pgfault", "pgmajfault", "workingset_refault", "workingset_activate",
    "workingset_nodereclaim", "pgrefill", "pgscan", "pgsteal", "pgactivate", "pgdeactivate", "pglazyfree",
    "pglazyfreed", "thp_fault_alloc", "thp_collapse_alloc",
  ]
  private static let eventKeys = ["low", "high", "max", "oom", "oom_kill", "oom_group_kill"]

  private let statistics: CgroupStatistics

  init(_ statistics: CgroupStatistics) { self.statistics = statistics }

  func write(to writer: inout ProtobufWriter) {
    writer.message(1) { pids in
      pids.unsigned(1, statistics.tasks.current)
      // No limit, or no such controller; the message tells them apart.
      let isUnlimited = statistics.tasks.limit == 0 && statistics.tasks.current > 0
      pids.unsigned(2, isUnlimited ? .max : statistics.tasks.limit)
    }
    writer.message(2, writeCPU)
    writer.message(4, writeMemory)
    writer.message(6, writeIO)
    for (size, pages) in statistics.hugePages.sorted(by: { $0.key < $1.key }) {
      writer.message(7) { entry in
        entry.unsigned(1, pages.usage)
        entry.unsigned(2, pages.max)
        entry.string(3, size)
        entry.unsigned(4, pages.failures)
      }
    }
    writer.message(8) { events in
      for (index, key) in UnifiedMetrics.eventKeys.enumerated() {
        events.unsigned(1 + index, statistics.memory.events[key] ?? 0)
      }
    }
  }

  /// The statistics are in nanoseconds, the message in microseconds.
  private func writeCPU(_ writer: inout ProtobufWriter) {
    let cpu = statistics.cpu
    writer.unsigned(1, cpu.total / 1000)
    writer.unsigned(2, cpu.user / 1000)
    writer.unsigned(3, cpu.kernel / 1000)
    writer.unsigned(4, cpu.periods)
    writer.unsigned(5, cpu.throttledPeriods)
    writer.unsigned(6, cpu.throttledTime / 1000)
    write(cpu.pressure, 7, to: &writer)
  }

  private func writeMemory(_ writer: inout ProtobufWriter) {
    let memory = statistics.memory
    for (index, key) in UnifiedMetrics.memoryKeys.enumerated() {
      // Kernels since 5.9 count refaults and activations of anonymous memory and of files apart.
      let parts = ["_anon", "_file"].compactMap { memory.raw[key + $0] }
      writer.unsigned(1 + index, memory.raw[key] ?? (key.hasPrefix("workingset") ? parts.reduce(0, &+) : 0))
    }
    writer.unsigned(32, memory.usage.usage)
    writer.unsigned(33, memory.usage.limit)
    // The statistics have memory and swap together; the message has swap alone.
    writer.unsigned(34, memory.swap.usage >= memory.usage.usage ? memory.swap.usage - memory.usage.usage : 0)
    let isLimited = memory.swap.limit != .max && memory.usage.limit != .max
    writer.unsigned(
      35, isLimited && memory.swap.limit >= memory.usage.limit ? memory.swap.limit - memory.usage.limit : .max)
    writer.unsigned(36, memory.usage.max)
    write(memory.pressure, 38, to: &writer)
  }

  private func writeIO(_ writer: inout ProtobufWriter) {
    var devices: [(major: UInt64, minor: UInt64, values: [UInt64])] = []
    for (first, list) in [(0, statistics.blockIO.serviceBytes), (2, statistics.blockIO.serviced)] {
      for entry in list {
        let index = devices.firstIndex { $0.major == entry.major && $0.minor == entry.minor } ?? devices.count
        if index == devices.count { devices.append((entry.major, entry.minor, [0, 0, 0, 0])) }
        switch entry.operation {
        case "Read": devices[index].values[first] += entry.value
        case "Write": devices[index].values[first + 1] += entry.value
        default: break
        }
      }
    }
    for device in devices {
      writer.message(1) { entry in
        entry.unsigned(1, device.major)
        entry.unsigned(2, device.minor)
        for (index, value) in device.values.enumerated() { entry.unsigned(3 + index, value) }
      }
    }
    write(statistics.blockIO.pressure, 2, to: &writer)
  }

  private func write(_ pressure: CgroupStatistics.Pressure?, _ field: Int, to writer: inout ProtobufWriter) {
    guard let pressure else { return }
    writer.message(field) { inner in
      for (index, share) in [pressure.some, pressure.full].enumerated() {
        inner.message(1 + index) { data in
          data.double(1, share.average10)
          data.double(2, share.average60)
          data.double(3, share.average300)
          data.unsigned(4, share.total)
        }
      }
    }
  }
}
