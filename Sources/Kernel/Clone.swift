internal import CLinux

/// What clone3(2) shall make. Memory and descriptors are never shared: the child goes on with its own copy.
public struct CloneRequest: Sendable {
  public var newNamespaces: [NamespaceKind] = []
  /// The child becomes a sibling of the caller (CLONE_PARENT); the caller's parent gets its end.
  public var asSibling = false
  /// A cgroup v2 folder's descriptor number in which the child begins (CLONE_INTO_CGROUP).
  public var cgroup: Int32?
  public init() {}
}

/// A child as its parent sees it.
@frozen
public struct ChildProcess: ~Copyable, Sendable {
  public let pid: Int32
  public let pidfd: Descriptor

  public init(pid: Int32, pidfd: consuming Descriptor) {
    self.pid = pid
    self.pidfd = pidfd
  }
}

/// Makes a child process that runs `child` on its own copy of everything and never returns.
///
/// Sound only while this process has one thread: nothing else can hold a lock that the child would wait for.
public func clone(
  _ request: CloneRequest, child: () -> Never
) throws(SystemCallError) -> ChildProcess {
  var pidfd = Int32(-1)
  var arguments = cl_clone_args()
  arguments.flags = 0x1000 /* CLONE_PIDFD */ | request.newNamespaces.reduce(0) { $0 | $1.rawValue }
  arguments.exit_signal = 17  // SIGCHLD
  if request.asSibling {
    arguments.flags |= 0x8000  // CLONE_PARENT
    arguments.exit_signal = 0
  }
  if let cgroup = request.cgroup {
    arguments.flags |= 0x2_0000_0000  // CLONE_INTO_CGROUP
    arguments.cgroup = UInt64(UInt32(bitPattern: cgroup))
  }
  let result = unsafe withUnsafeMutablePointer(to: &pidfd) { pointer in
    arguments.pidfd = UInt64(UInt(bitPattern: pointer))
    return unsafe cl_clone3(&arguments)
  }
  if result == 0 { child() }
  return ChildProcess(pid: Int32(try result.checked("clone")), pidfd: Descriptor(owning: pidfd))
}

/// Ends this process at once, with no clean-up (exit_group(2)).
public func exitNow(_ status: Int32) -> Never { cl_exit(status) }
