internal import CLinux

/// What tells one process from a later one with the same number.
public struct ProcessIdentity: Equatable, Sendable {
  public let pid: Int32
  /// Field 22 of /proc/PID/stat: clock ticks after boot.
  public let startTime: UInt64

  public init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// The process that has the number now; nil when there is none.
  public static func of(pid: Int32) throws(SystemCallError) -> (
    identity: ProcessIdentity, hasEnded: Bool
  )? {
    let bytes: [UInt8]
    do {
      bytes = try HostPath(constant: "/proc").appending("\(pid)/stat").read(expected: 2048, inOnePiece: true)
    } catch {
      if error.errno == .noSuchFile || error.errno == .noSuchProcess { return nil }
      throw error
    }
    // The name in brackets may hold anything, a bracket too: the last one ends it.
    guard let bracket = bytes.lastIndex(of: UInt8(ascii: ")")), bracket + 2 < bytes.count else { return nil }
    let state = bytes[bracket + 2]
    var (field, number, flags, threads) = (3, UInt64(0), UInt64(0), UInt64(0))
    for index in (bracket + 3)..<bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit <= 9 {
        number = number &* 10 &+ UInt64(digit)
        continue
      }
      if bytes[index] != UInt8(ascii: " ") { continue }
      switch field {
      case 9: flags = number
      case 20: threads = number
      case 22:
        // Its files are closed and its namespaces left before it becomes a zombie: a process on its way out (PF_EXITING)
        // has ended for whoever asks. But the main thread may end while others go on.
        let ends = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") || flags & 4 != 0
        return (ProcessIdentity(pid: pid, startTime: number), ends && threads == 1)
      default: break
      }
      field += 1
      number = 0
    }
    return nil
  }
}

public enum Host {
  /// The id that the kernel gave to this boot.
  public static func bootID() throws(SystemCallError) -> String {
    try HostPath(constant: "/proc/sys/kernel/random/boot_id").readText(inOnePiece: true)
  }

  /// The highest capability that the kernel knows.
  public static func lastCapability() -> Int {
    // CAP_CHECKPOINT_RESTORE is the last since Linux 5.9; the bounding set knows of more or fewer.
    var last = 40
    while last < 63 && isKnownCapability(last + 1) { last += 1 }
    while last > 0 && !isKnownCapability(last) { last -= 1 }
    return last
  }

  private static func isKnownCapability(_ number: Int) -> Bool {
    cl_prctl(23 /* PR_CAPBSET_READ */, UInt(number), 0, 0, 0) >= 0
  }
}

extension HostPath {
  /// Whether the mount that holds the file is in this process's mount namespace. By statmount(2) on Linux 6.8 and
  /// later, from mountinfo before.
  public func isOnAttachedMount() throws(SystemCallError) -> Bool {
    let status = try status()
    if status.mountIDIsUnique {
      let result = cl_statmount_exists(status.mountID)
      if result >= 0 || result.failure == .overflow { return true }
      if result.failure == .noSuchFile { return false }
    }
    var raw = cl_stat()
    try unsafe cl_statx(currentFolder, string, 0, CL_STATX_MNT_ID, &raw).check("stat", string)
    let wanted = String(raw.mount_id)
    let table = try HostPath(constant: "/proc/self/mountinfo").read(
      limit: 64 << 20, expected: 65536)
    return table.split(separator: UInt8(ascii: "\n")).contains { line in
      line.prefix { $0 != UInt8(ascii: " ") }.elementsEqual(wanted.utf8)
    }
  }
}
