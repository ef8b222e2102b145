internal import Kernel

/// Named points at which a fault build can fail, hang or die: `APUS_FAULT=<side>.<step>:<before|after>:<action>`. The
/// shipped binary has none of it.
enum Fault {
  enum Edge: String { case before, after }

  #if APUS_FAULTS
    /// Acts when the environment names this point.
    @inline(never)
    static func point(_ side: String, _ step: @autoclosure () -> String, _ edge: Edge) throws(SystemCallError) {
      guard let wanted = StartOfProgram.variable("APUS_FAULT") else { return }
      let prefix = "\(side).\(step()):\(edge.rawValue):"
      guard wanted.hasPrefix(prefix) else { return }
      let action = wanted.dropFirst(prefix.count)
      switch action {
      case "kill": try Descriptor.ofProcess(CurrentProcess.pid).sendSignal(9)
      case "hang": try Descriptor.ofProcess(CurrentProcess.pid).sendSignal(19)
      case "exit": exitNow(3)
      case "err=ENOSPC": throw SystemCallError("fault", step(), .noSpace)
      case "err=EPERM": throw SystemCallError("fault", step(), .notPermitted)
      case "err=ENOMEM": throw SystemCallError("fault", step(), .noMemory)
      default: throw SystemCallError("fault \(action)", step(), .invalid)
      }
    }
  #else
    @inline(__always)
    static func point(_ side: String, _ step: @autoclosure () -> String, _ edge: Edge) throws(SystemCallError) {}
  #endif
}
