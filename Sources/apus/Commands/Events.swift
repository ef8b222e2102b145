internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel

extension Invocation {
  /// Until the container ends, or nobody reads any more.
  func events() throws(OperationError) -> Int32 {
    let events = try ContainerEvents(try id(), in: try store())
    if options.flag(.stats) {
      return write(try events.statistics()) ? 0 : 1
    }
    var isRead = true
    let interval = options.duration(.interval).map(nanoseconds) ?? 5_000_000_000
    try events.watch(interval: interval) { event in
      isRead = write(event)
      return isRead
    }
    return isRead ? 0 : 1
  }

  private func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflows ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
  }

  private func write(_ event: ContainerEvent) -> Bool {
    let line = event.json() + [UInt8(ascii: "\n")]
    do throws(SystemCallError) {
      try Descriptor.borrowing(1) { output throws(SystemCallError) in try output.write(line) }
      return true
    } catch {
      return false
    }
  }
}
