internal import Kernel

/// The file that tells a caller the number of the container's process: decimal, without a newline, never half there.
enum PIDFile {
  static func write(_ pid: Int32, _ path: HostPath) throws(SystemCallError) {
    guard Defence.pidFile.isOn else {
      return try Descriptor.open(path, [.writeOnly, .create, .truncate], mode: 0o644).write(String(pid))
    }
    let temporary = path.parentFolder.appending(".\(path.lastComponent).\(CurrentProcess.pid)")
    do {
      try make(temporary).write(String(pid))
      try temporary.rename(to: path)
    } catch {
      do throws(SystemCallError) { try temporary.removeFile() } catch {
        // It was never made.
      }
      throw SystemCallError("write the pid file", path.string, error.errno)
    }
  }

  /// A runtime of the same number that was killed at this place may have left one.
  private static func make(_ temporary: HostPath) throws(SystemCallError) -> Descriptor {
    let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
    do throws(SystemCallError) { return try Descriptor.open(temporary, flags, mode: 0o644) } catch {
      if error.errno != .exists { throw error }
      try temporary.removeFile()
      return try Descriptor.open(temporary, flags, mode: 0o644)
    }
  }
}
