/// What a filter does with a system call (config-linux.md, "Seccomp", `action`; seccomp(2), "Filter return values").
public enum FilterAction: String, Sendable, CaseIterable {
  case kill = "SCMP_ACT_KILL"
  case killProcess = "SCMP_ACT_KILL_PROCESS"
  case killThread = "SCMP_ACT_KILL_THREAD"
  case trap = "SCMP_ACT_TRAP"
  case errno = "SCMP_ACT_ERRNO"
  case trace = "SCMP_ACT_TRACE"
  case allow = "SCMP_ACT_ALLOW"
  case log = "SCMP_ACT_LOG"
  case notify = "SCMP_ACT_NOTIFY"

  /// SECCOMP_RET_* of linux/seccomp.h, with its data zero.
  var returnValue: UInt32 {
    switch self {
    case .kill, .killThread: 0x0000_0000
    case .killProcess: 0x8000_0000
    case .trap: 0x0003_0000
    case .errno: 0x0005_0000
    case .notify: 0x7fc0_0000
    case .trace: 0x7ff0_0000
    case .log: 0x7ffc_0000
    case .allow: 0x7fff_0000
    }
  }

  /// The largest `errnoRet` that it takes; nil when it takes none.
  ///
  /// The kernel cuts a larger errno down to MAX_ERRNO, 4095, which nobody who wrote it can have meant. The datum of a
  /// trace event has 16 bits.
  var largestErrno: UInt32? {
    switch self {
    case .errno: 4095
    case .trace: 0xffff
    case .kill, .killProcess, .killThread, .trap, .allow, .log, .notify: nil
    }
  }

  /// Order from what forbids most to what forbids least; the kernel's own, by which it combines filters.
  var permissiveness: Int {
    switch self {
    case .killProcess: 0
    case .kill, .killThread: 1
    case .trap: 2
    case .errno: 3
    case .notify: 4
    case .trace: 5
    case .log: 6
    case .allow: 7
    }
  }

  /// Whether a call that the profile's author could not know of yet is left to this action, which lets it through, or
  /// is answered ENOSYS. A tracer is expected to cope with new calls, as runc has it.
  var letsNewerCallsThrough: Bool {
    switch self {
    case .allow, .log, .trace: true
    case .kill, .killProcess, .killThread, .trap, .errno, .notify: false
    }
  }

  /// The filter's return value with its errno, by default EPERM, in it.
  func returnValue(errno: UInt32?) -> UInt32 {
    largestErrno == nil ? returnValue : returnValue | ((errno ?? 1) & 0xffff)
  }
}
