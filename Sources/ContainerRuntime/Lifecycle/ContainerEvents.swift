package import Cgroups
package import JSON
internal import Kernel

/// What `events` tells about a container, one line of JSON each, with the names of runc (types/events.go).
package enum ContainerEvent {
  case statistics(id: String, CgroupStatistics)
  case outOfMemory(id: String)
}

extension ContainerEvent: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .statistics(let id, let statistics):
      writer.member("type", "stats")
      writer.member("id", id)
      writer.member("data", statistics)
    case .outOfMemory(let id):
      writer.member("type", "oom")
      writer.member("id", id)
    }
    writer.endObject()
  }
}

/// Watches one container.
package final class ContainerEvents {
  private let container: Container
  private let cgroup: Cgroup

  /// - Throws: `container with id X is not running`.
  package init(_ id: ContainerID, in store: ContainerStore) throws(OperationError) {
    container = try Container(id, in: store)
    guard try container.status() != .stopped, let cgroup = try container.cgroup else {
      throw OperationError("", "", .message("container with id \(id) is not running"))
    }
    self.cgroup = cgroup
  }

  /// What was used until now.
  package func statistics() throws(OperationError) -> ContainerEvent {
    try OperationError.wrappingCgroups { () throws(CgroupError) in
      .statistics(id: container.id.string, try cgroup.statistics())
    }
  }

  /// Tells the statistics at every interval, and each time that memory runs out, until the container has ended.
  /// - Parameters:
  ///   - interval: nanoseconds; the first statistics come after the first one.
  ///   - tell: false ends the watch.
  package func watch(interval: Int64, tell: (ContainerEvent) -> Bool) throws(OperationError) {
    var memory = try fromCgroups(cgroup.memoryEvents())
    guard let process = try fromKernel(container.openProcess()) else { return }
    var next = Self.moment(after: interval)
    while true {
      let sources = [(process.number, PollEvents.readable)] + memory.waitsFor
      let left = max(0, next - monotonicNanoseconds())
      let events = try fromKernel(poll(sources, timeout: Int32(clamping: (left + 999_999) / 1_000_000)))
      // Memory first: that it ran out may be why the process has ended.
      let reading = try fromCgroups(memory.read())
      if reading.outOfMemory, !tell(.outOfMemory(id: container.id.string)) { return }
      if reading.ended { return }
      if !events[0].isEmpty, try fromCgroups(cgroup.processes().isEmpty) { return }
      if monotonicNanoseconds() < next {
        // What is left in a container without a pid namespace of its own gives no sign of its end.
        if !events[0].isEmpty { pause(milliseconds: 50) }
        continue
      }
      next = Self.moment(after: interval)
      if !tell(try statistics()) { return }
    }
  }

  /// An interval of centuries is as good as no end.
  private static func moment(after interval: Int64) -> Int64 {
    let (sum, overflows) = monotonicNanoseconds().addingReportingOverflow(interval)
    return overflows ? .max : sum
  }
}
