internal import Kernel

/// Named points at which a fault build can fail, hang or die:
/// `APUS_FAULT=<runtime|intermediate|init>.<step>:<before|after>:<action>`, several of them with a space between.
/// `apus debug steps` lists the steps. The shipped binary has none of it.
///
/// | action | what happens |
/// | --- | --- |
/// | `kill` | the process ends as by SIGKILL |
/// | `hang` | the process waits for ever |
/// | `sleep=500` | the step waits for that many milliseconds |
/// | `exit` | the process exits with status 3 |
/// | `err=ENOSPC`, `err=EPERM`, `err=ENOMEM` | the step fails with this error |
enum Fault {
  /// The process that does the step.
  enum Side: String { case runtime, intermediate, `init` }
  enum Edge: String { case before, after }

  #if APUS_FAULTS
    /// Acts when the environment names this point.
    @inline(never)
    static func point(_ side: Side, _ step: @autoclosure () -> String, _ edge: Edge) throws(SystemCallError) {
      guard let wanted = StartOfProgram.variable("APUS_FAULT") else { return }
      let point = "\(side.rawValue).\(step()):\(edge.rawValue)"
      for fault in wanted.split(separator: " ") {
        // A step's name may hold a colon, an action holds none.
        guard let colon = fault.lastIndex(of: ":"), fault[..<colon] == point else { continue }
        try perform(String(fault[fault.index(after: colon)...]), point)
      }
    }

    private static func perform(_ action: String, _ point: String) throws(SystemCallError) {
      switch action {
      case "kill": try die()
      case "hang": while true { _ = try poll([], timeout: nil) }
      case "exit": exitNow(3)
      case let time where time.hasPrefix("sleep="): pause(milliseconds: Int32(time.dropFirst(6)) ?? 0)
      case "err=ENOSPC": throw SystemCallError("fault", point, .noSpace)
      case "err=EPERM": throw SystemCallError("fault", point, .notPermitted)
      case "err=ENOMEM": throw SystemCallError("fault", point, .noMemory)
      default: throw SystemCallError("APUS_FAULT names an unknown action:", action, .invalid)
      }
    }

    /// The first process of a pid namespace cannot send itself a deadly signal. In seccomp's strict mode the kernel
    /// answers any other call than read, write and exit with SIGKILL, in every process (seccomp(2)).
    private static func die() throws(SystemCallError) {
      try CurrentProcess.control(.strictSeccomp, 1)
      _ = CurrentProcess.pid
    }
  #else
    @inline(__always)
    static func point(_ side: Side, _ step: @autoclosure () -> String, _ edge: Edge) throws(SystemCallError) {}
  #endif
}
