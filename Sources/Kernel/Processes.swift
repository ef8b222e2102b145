internal import CLinux

/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
  case exited(Int32)
  case signalled(Int32)

  /// As a shell reports it: the status itself, or 128 + the signal.
  public var code: Int32 {
    switch self {
    case .exited(let status): status
    case .signalled(let signal): 128 + signal
    }
  }
}

public enum CurrentProcess {
  public static var pid: Int32 { cl_getpid() }
  public static var parent: Int32 { cl_getppid() }
  public static var effectiveUser: UInt32 { cl_geteuid() }
  public static var effectiveGroup: UInt32 { cl_getegid() }

  /// Whether its user namespace maps other ids than all of them to themselves, as the first one does: root of it has
  /// no power over what is outside (user_namespaces(7)).
  public static var isInUserNamespace: Bool {
    do {
      let map = try HostPath(constant: "/proc/self/uid_map").readText()
      return map.split { $0 == " " || $0 == "\n" }.map(String.init) != ["0", "0", "4294967295"]
    } catch {
      return false
    }
  }

  /// Whether it is root only of a user namespace that stands for an ordinary user, as Podman without privileges makes one:
  /// its variables are still the user's (runc#1808).
  public static var isRootForAUser: Bool {
    !(StartOfProgram.variable("XDG_RUNTIME_DIR") ?? "").isEmpty && StartOfProgram.variable("USER") != "root"
      && isInUserNamespace
  }

  /// Whether groups may be set, which is denied in a user namespace that was made without privileges
  /// (user_namespaces(7), “/proc/PID/setgroups”).
  public static var mayChangeGroups: Bool {
    guard isRootForAUser else { return true }
    do { return try HostPath(constant: "/proc/self/setgroups").readText() == "allow" } catch { return true }
  }

  /// prctl(2) with up to two arguments.
  @discardableResult
  public static func control(_ option: ProcessControl, _ a: UInt = 0, _ b: UInt = 0)
    throws(SystemCallError) -> Int32
  {
    try cl_prctl(option.rawValue, a, b, 0, 0).checked("prctl", option.name)
  }

  /// This process's group, and what descends from it, shares the threads of a processor's core with nothing else (Linux
  /// 5.14, Documentation/admin-guide/hw-vuln/core-scheduling.rst).
  public static func makeSchedulingCore() throws(SystemCallError) {
    // PR_SCHED_CORE_CREATE for this process, with the scope of its process group.
    try cl_prctl(ProcessControl.schedulingCore.rawValue, 1, 0, 2, 0).check("prctl", ProcessControl.schedulingCore.name)
  }

  /// Makes this process the leader of a new session.
  public static func newSession() throws(SystemCallError) { try cl_setsid().check("setsid") }

  /// - Parameter mask: permission bits that new files do not get.
  /// - Returns: the mask until now.
  @discardableResult
  public static func setUmask(_ mask: UInt32) -> UInt32 { UInt32(cl_umask(mask)) }

  /// Waits for any child, as a subreaper does.
  /// - Returns: nil when none has ended (`wait` false) or there is none.
  public static func reap(wait: Bool) throws(SystemCallError) -> (pid: Int32, status: ExitStatus)? {
    var raw = cl_wait()
    let result = retrying { unsafe cl_waitid(0 /* P_ALL */, 0, &raw, wait ? 4 : 5) }
    if result.failure == .noChild { return nil }
    try result.check("waitid", "any child")
    return raw.pid == 0 ? nil : (raw.pid, exitStatus(raw))
  }
}

/// Options of prctl(2) that apus uses.
public enum ProcessControl: Int32, Sendable {
  case parentDeathSignal = 1
  case dumpable = 4
  case keepCapabilities = 8
  case dropBounding = 24
  case getSecurebits = 27
  case securebits = 28
  case childSubreaper = 36
  case noNewPrivileges = 38
  case ambientCapabilities = 47
  case setName = 15
  case schedulingCore = 62
  /// PR_SET_SECCOMP with SECCOMP_MODE_STRICT.
  case strictSeccomp = 22

  var name: String {
    switch self {
    case .parentDeathSignal: "PR_SET_PDEATHSIG"
    case .dumpable: "PR_SET_DUMPABLE"
    case .keepCapabilities: "PR_SET_KEEPCAPS"
    case .dropBounding: "PR_CAPBSET_DROP"
    case .getSecurebits: "PR_GET_SECUREBITS"
    case .securebits: "PR_SET_SECUREBITS"
    case .childSubreaper: "PR_SET_CHILD_SUBREAPER"
    case .noNewPrivileges: "PR_SET_NO_NEW_PRIVS"
    case .ambientCapabilities: "PR_CAP_AMBIENT"
    case .setName: "PR_SET_NAME"
    case .schedulingCore: "PR_SCHED_CORE"
    case .strictSeccomp: "PR_SET_SECCOMP"
    }
  }
}

extension Descriptor {
  /// A pidfd of a process: it never means another one, even when the number is used again.
  public static func ofProcess(_ pid: Int32) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try cl_pidfd_open(pid, 0).checked("pidfd_open", "process \(pid)"))
  }

  /// With a pidfd: sends a signal. Signal 0 only asks whether the process is there.
  public borrowing func sendSignal(_ signal: Int32) throws(SystemCallError) {
    try cl_pidfd_send_signal(number, signal).check("kill", "signal \(signal)")
  }

  /// With the pidfd of a child: its end; nil while it runs and `wait` is false.
  public borrowing func waitForExit(wait: Bool) throws(SystemCallError) -> ExitStatus? {
    var raw = cl_wait()
    let number = self.number
    // WEXITED, and WNOHANG without `wait`
    let result = retrying { unsafe cl_waitid(3 /* P_PIDFD */, number, &raw, wait ? 4 : 5) }
    try result.check("waitid", "pidfd")
    return raw.pid == 0 ? nil : exitStatus(raw)
  }
}

extension Descriptor {
  /// With a pidfd: the number of its process as this process sees it, or -1 when it has none any more.
  public borrowing func processOfPidfd() throws(SystemCallError) -> Int32 {
    let info = try HostPath(constant: "/proc/self/fdinfo").appending("\(number)").readText()
    for line in info.split(separator: "\n") where line.hasPrefix("Pid:") {
      return Int32(line.dropFirst(4).drop { $0 == "\t" || $0 == " " }) ?? -1
    }
    return -1
  }
}

private func exitStatus(_ raw: cl_wait) -> ExitStatus {
  raw.code == 1 /* CLD_EXITED */ ? .exited(raw.status) : .signalled(raw.status)
}

/// CLOCK_MONOTONIC in nanoseconds.
public func monotonicNanoseconds() -> Int64 { cl_clock_nanoseconds(1) }
/// CLOCK_REALTIME in nanoseconds since 1970.
public func realtimeNanoseconds() -> Int64 { cl_clock_nanoseconds(0) }
