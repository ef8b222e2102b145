internal import Kernel

extension ContainerFolder {
  /// A caller that holds the lock is waited for, but not for ever: with `force`, one that hangs in the middle of
  /// something is killed after two seconds.
  /// - Returns: false when the folder was removed meanwhile.
  borrowing func takeLock(force: Bool = false) throws(OperationError) -> Bool {
    guard Defence.lock.isOn else { return try fromKernel(descriptor.status().links > 0) }
    let begin = monotonicNanoseconds()
    while true {
      do throws(SystemCallError) { return try lock() } catch {
        if error.errno != .again { throw OperationError(error) }
      }
      let waited = (monotonicNanoseconds() - begin) / 1_000_000
      if force && waited > 2000 { try fromKernel(killHolder()) }
      if waited > (force ? 8000 : 10000) {
        throw OperationError("", "", .message("another caller holds the container's lock and does not let it go"))
      }
      _ = try fromKernel(poll([], timeout: 5))
    }
  }

  /// The folder is the runtime's own: whoever has locked it is one of its processes.
  private borrowing func killHolder() throws(SystemCallError) {
    for holder in try descriptor.lockHolders() where holder != CurrentProcess.pid {
      do {
        let pidfd = try Descriptor.ofProcess(holder)
        // By now the number may be another process's.
        if try descriptor.lockHolders().contains(holder) { try pidfd.sendSignal(9) }
      } catch {
        if error.errno != .noSuchProcess { throw error }
      }
    }
  }
}
