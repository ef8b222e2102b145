internal import Kernel

/// The container's process while it is being made: killed and reaped when its owner goes away without releasing it.
struct InitProcess: ~Copyable {
  let pid: Int32
  let pidfd: Descriptor

  init(_ child: consuming ChildProcess) {
    pid = child.pid
    pidfd = child.pidfd
  }

  deinit {
    do {
      try pidfd.sendSignal(9)
      _ = try pidfd.waitForExit(wait: true)
    } catch {
      // It is gone already, or another process reaps it.
    }
  }

  /// Lets the process live.
  consuming func release() -> Descriptor {
    let pidfd = Descriptor(owning: self.pidfd.number)
    discard self
    return pidfd
  }
}
