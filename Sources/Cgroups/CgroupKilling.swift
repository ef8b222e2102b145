import Kernel

extension Cgroup {
  private static let kill: Int32 = 9

  /// Sends a signal to every process in the cgroup and below it, but never to the caller. Does not wait for their end.
  ///
  /// SIGKILL goes by `cgroup.kill` where there is a cgroup v2 tree (Linux 5.14). Else the processes are frozen while
  /// they are signalled, so that none can fork away. SIGKILL ends a frozen cgroup too: it is thawed (runc#3134); for
  /// other signals a cgroup that was frozen before stays so.
  public func killAll(_ signal: Int32 = 9) throws(CgroupError) {
    if signal == Self.kill, try unified?.killByFile() ?? false {
      if folders.count > 1 {
        // Whoever is in a v1 hierarchy alone.
        try signalAll(Self.kill)
      }
      try thaw()
      return try thawAll()
    }
    let wasFrozen = try isFrozen()
    if !wasFrozen {
      // Without it the signals go out all the same, and soon.
      do { try freeze(milliseconds: 300) } catch {}
    }
    do {
      try signalAll(signal)
    } catch {
      do { try thaw() } catch {}
      throw error
    }
    if !wasFrozen || signal == Self.kill { try thaw() }
    if signal == Self.kill { try thawAll() }
  }

  private func signalAll(_ signal: Int32) throws(CgroupError) {
    for process in try processesEverywhere() { try sendSignal(signal, to: process) }
  }
}

extension Cgroup.Folder {
  /// False when the kernel has no such file. A folder that is gone holds nothing to kill.
  fileprivate func killByFile() throws(CgroupError) -> Bool {
    do {
      try file("cgroup.kill").write("1")
    } catch {
      if error.errno == .noDevice { return true }
      if error.errno == .noSuchFile { return false }
      throw .system(error, property: nil)
    }
    return true
  }

  /// Ends every process that is in the folder.
  func kill() throws(CgroupError) {
    for process in try processes() ?? [] { try sendSignal(9, to: process) }
  }
}

/// Through a pidfd; a process that has ended by now is fine.
private func sendSignal(_ signal: Int32, to process: Int32) throws(CgroupError) {
  if process == CurrentProcess.pid { return }
  do {
    try Descriptor.ofProcess(process).sendSignal(signal)
  } catch {
    if error.errno == .noSuchProcess { return }
    throw .system(SystemCallError("kill", "process \(process)", error.errno), property: nil)
  }
}
