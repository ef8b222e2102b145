internal import CLinux

extension Descriptor {
  /// A counter that the kernel raises and a read takes back to zero (eventfd(2)); reading does not wait.
  public static func eventCounter() throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try cl_eventfd(0, 0o2004000 /* EFD_CLOEXEC | EFD_NONBLOCK */).checked("eventfd"))
  }

  /// Goes back to the start of the file, so that a file of the kernel is read anew.
  public borrowing func rewind() throws(SystemCallError) {
    try cl_lseek(number, 0, 0).check("lseek", "descriptor \(number)")
  }
}

/// Waits.
/// - Parameter milliseconds: at least this long, unless a signal comes.
public func pause(milliseconds: Int32) {
  _ = cl_poll(nil, 0, milliseconds)
}
