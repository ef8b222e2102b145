internal import CLinux

/// Waits for many descriptors at once (epoll(7)), level-triggered. A descriptor must be taken off before it is closed:
/// another process may hold the same open file, and then its events go on.
public struct Epoll: ~Copyable {
  private let descriptor: Descriptor

  public init() throws(SystemCallError) {
    descriptor = Descriptor(owning: try cl_epoll_create().checked("epoll_create"))
  }

  /// - Parameters:
  ///   - number: a descriptor that its owner keeps open until `remove`. A regular file gives EPERM.
  ///   - token: comes back with each event.
  public borrowing func add(_ number: Int32, _ events: PollEvents, token: UInt64) throws(SystemCallError) {
    try control(1 /* EPOLL_CTL_ADD */, number, events, token)
  }

  public borrowing func change(_ number: Int32, _ events: PollEvents, token: UInt64) throws(SystemCallError) {
    try control(3 /* EPOLL_CTL_MOD */, number, events, token)
  }

  public borrowing func remove(_ number: Int32) throws(SystemCallError) {
    try control(2 /* EPOLL_CTL_DEL */, number, [], 0)
  }

  private borrowing func control(
    _ operation: Int32, _ number: Int32, _ events: PollEvents, _ token: UInt64
  ) throws(SystemCallError) {
    let raw = UInt32(UInt16(bitPattern: events.rawValue))
    try cl_epoll_control(descriptor.number, operation, number, raw, token).check("epoll_ctl", "descriptor \(number)")
  }

  /// The next event; the kernel goes round the descriptors, so that each has its turn.
  /// - Parameter timeout: milliseconds; nil waits without end.
  /// - Returns: nil after the time, or when a signal came.
  public borrowing func wait(timeout: Int32?) throws(SystemCallError) -> (token: UInt64, events: PollEvents)? {
    var (events, token) = (UInt32(0), UInt64(0))
    let count = unsafe cl_epoll_wait(descriptor.number, &events, &token, timeout ?? -1)
    if count.failure == .interrupted { return nil }
    try count.check("epoll_wait")
    return count == 0 ? nil : (token, PollEvents(rawValue: Int16(truncatingIfNeeded: events)))
  }
}
