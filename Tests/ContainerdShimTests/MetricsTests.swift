@testable import Cgroups
import Protobuf
import Testing
@testable import containerd_shim_apus_v2

/// The statistics as containerd's messages, field by field (github.com/containerd/cgroups, metrics.proto).
@Suite struct MetricsTests {
  /// Every number another one, so that no two can be mistaken for each other.
  private static let statistics: CgroupStatistics = {
    var statistics = CgroupStatistics()
    statistics.tasks.current = 3
    statistics.tasks.limit = 100
    statistics.cpu.total = 9_000_000
    statistics.cpu.user = 5_000_000
    statistics.cpu.kernel = 4_000_000
    statistics.cpu.perProcessor = [6_000_000, 3_000_000]
    statistics.cpu.periods = 11
    statistics.cpu.throttledPeriods = 12
    statistics.cpu.throttledTime = 13_000
    var pressure = CgroupStatistics.Pressure()
    pressure.some.average10 = 0.5
    pressure.some.total = 14
    statistics.cpu.pressure = pressure
    statistics.memory.usage.usage = 1000
    statistics.memory.usage.limit = 2000
    statistics.memory.usage.max = 1500
    statistics.memory.usage.failures = 15
    statistics.memory.swap.usage = 1300
    statistics.memory.swap.limit = 2600
    statistics.memory.raw = [
      "anon": 16, "file": 17, "workingset_refault_anon": 18, "workingset_refault_file": 19, "thp_collapse_alloc": 20,
      "cache": 21, "unevictable": 22, "hierarchical_memory_limit": 23, "total_cache": 24, "total_unevictable": 25,
    ]
    statistics.memory.events = ["low": 26, "oom_kill": 27, "oom_group_kill": 28]
    statistics.blockIO.serviceBytes = [
      .init(major: 8, minor: 1, operation: "Read", value: 29), .init(major: 8, minor: 1, operation: "Write", value: 30),
    ]
    statistics.blockIO.serviced = [.init(major: 8, minor: 1, operation: "Write", value: 31)]
    statistics.hugePages = ["2MB": .init(usage: 32, max: 33, failures: 34)]
    return statistics
  }()

  /// The number, or the bits of a fraction, at a path of field numbers; 0 when it is left out.
  private func at(_ bytes: [UInt8], _ path: [Int]) throws -> UInt64 {
    var rest = bytes[...]
    var value: UInt64 = 0
    for field in path {
      var reader = ProtobufReader(rest)
      value = 0
      rest = []
      while let next = try reader.next() {
        if next.number != field { continue }
        switch next.value {
        case .bytes(let inner): rest = inner
        case .varint(let number), .fixed64(let number): value = number
        case .fixed32(let number): value = UInt64(number)
        }
      }
    }
    return value
  }

  @Test func oneTree() throws {
    let bytes = UnifiedMetrics(Self.statistics).protobuf
    let wanted: [([Int], UInt64)] = [
      ([1, 1], 3), ([1, 2], 100), ([2, 1], 9000), ([2, 2], 5000), ([2, 3], 4000), ([2, 4], 11), ([2, 5], 12),
      ([2, 6], 13), ([2, 7, 1, 1], 0.5.bitPattern), ([2, 7, 1, 4], 14), ([4, 1], 16), ([4, 2], 17), ([4, 15], 22),
      ([4, 20], 37), ([4, 31], 20), ([4, 32], 1000), ([4, 33], 2000), ([4, 34], 300), ([4, 35], 600), ([4, 36], 1500),
      ([6, 1, 1], 8), ([6, 1, 2], 1), ([6, 1, 3], 29), ([6, 1, 4], 30), ([6, 1, 5], 0), ([6, 1, 6], 31), ([7, 1], 32),
      ([7, 2], 33), ([7, 4], 34), ([8, 1], 26), ([8, 5], 27), ([8, 6], 28),
    ]
    for (path, value) in wanted { #expect(try at(bytes, path) == value, "\(path)") }
  }

  @Test func hierarchiesOfTheirOwn() throws {
    let bytes = LegacyMetrics(Self.statistics).protobuf
    let wanted: [([Int], UInt64)] = [
      ([1, 1], 32), ([1, 2], 33), ([1, 3], 34), ([2, 1], 3), ([2, 2], 100), ([3, 1, 1], 9_000_000),
      ([3, 1, 2], 4_000_000), ([3, 1, 3], 5_000_000), ([3, 2, 1], 11), ([3, 2, 2], 12), ([3, 2, 3], 13_000),
      ([4, 1], 21), ([4, 15], 22), ([4, 16], 23), ([4, 18], 24), ([4, 32], 25), ([4, 33, 1], 2000), ([4, 33, 2], 1000),
      ([4, 33, 3], 1500), ([4, 33, 4], 15), ([4, 34, 2], 1300), ([5, 1, 3], 8), ([5, 1, 5], 30), ([5, 2, 5], 31),
    ]
    for (path, value) in wanted { #expect(try at(bytes, path) == value, "\(path)") }
  }

  /// In the message of one tree the greatest number is no limit; on the other kind of host it is 0, as ever.
  @Test func noLimitOfTasks() throws {
    var statistics = CgroupStatistics()
    #expect(try at(UnifiedMetrics(statistics).protobuf, [1, 2]) == 0)
    statistics.tasks.current = 1
    #expect(try at(UnifiedMetrics(statistics).protobuf, [1, 2]) == .max)
    #expect(try at(LegacyMetrics(statistics).protobuf, [2, 2]) == 0)
  }
}
