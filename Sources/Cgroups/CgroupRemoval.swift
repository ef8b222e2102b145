import Kernel

extension Cgroup {
  /// How long a removal waits for processes that are ending: containerd#11087 shows that 100 ms are not enough.
  static let removalPatience: Int64 = 2_000_000_000

  /// Removes the cgroup from all hierarchies, what the container made below it first, then the empty folders above it
  /// that were made with it. What is gone already is fine. Waits about 2 s in all for processes that are ending.
  /// - Throws: `busy` with the path and the processes that are left; everything else is removed all the same.
  public func remove() throws(CgroupError) {
    let deadline = monotonicNanoseconds() + Self.removalPatience
    var failure: CgroupError?
    if let scope = record.systemd {
      do { try stop(scope) } catch { failure = error }
    }
    for folder in folders {
      do {
        try folder.remove(until: deadline)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    removeParents()
  }

  /// systemd removes the folders that it made. When it cannot be reached, as after the end of a user's session, nothing
  /// is left to be stopped where there is no folder either.
  private func stop(_ scope: CgroupRecord.Scope) throws(CgroupError) {
    do {
      try SystemdManager(scope.manager).stop(scope.unit)
    } catch {
      if exists { throw error }
    }
  }

  /// Others may use them by now; then they stay.
  func removeParents() {
    for parent in parents.reversed() {
      do { try parent.removeDirectory() } catch {}
    }
  }
}

extension Cgroup.Folder {
  func remove(until deadline: Int64) throws(CgroupError) {
    var delay: Int32 = 1
    var hasLooked = false
    while true {
      let errno: Errno
      do {
        try path.removeDirectory()
        return
      } catch {
        if isGone(error.errno) { return }
        // EROFS is said of folders that do not exist too.
        errno = error.errno
      }
      // Looking through all that is below may take long: there is a last try after it.
      let isLate = hasLooked && monotonicNanoseconds() >= deadline
      hasLooked = true
      try wrapping { () throws(SystemCallError) in
        guard Defence.nestedCgroups.isOn, let folder = try opened(path) else { return }
        // What is busy is left to the next round.
        try folder.walkCgroups(leaving: { (parent, name) throws(SystemCallError) in
          do throws(SystemCallError) { try parent.removeDirectory(name) } catch {}
        })
      }
      if !(try wrapping { () throws(SystemCallError) in try opened(path) != nil }) { return }
      if errno != .busy {
        throw .system(SystemCallError("rmdir", path.string, errno), property: nil)
      }
      if isLate { throw .busy(path: path.string, processes: try processes() ?? []) }
      let left = max(0, (deadline - monotonicNanoseconds()) / 1_000_000)
      try wait(milliseconds: min(delay, Int32(clamping: left)))
      delay = min(delay * 2, 100)
    }
  }

  /// A cgroup v2 tells when its last process is gone (`cgroup.events`); on v1 time must pass.
  private func wait(milliseconds: Int32) throws(CgroupError) {
    guard isUnified else { return pause(milliseconds: milliseconds) }
    do throws(SystemCallError) {
      let events = try Descriptor.open(file("cgroup.events").path, .readOnly)
      let text = try events.readAll(limit: 4096)
      if !text.split(separator: UInt8(ascii: "\n")).contains(where: { $0.elementsEqual("populated 1".utf8) }) {
        return pause(milliseconds: milliseconds)
      }
      _ = try poll([(events.number, .priority)], timeout: max(milliseconds, 100))
    } catch {
      if !isGone(error.errno) { throw .system(error, property: nil) }
    }
  }
}
