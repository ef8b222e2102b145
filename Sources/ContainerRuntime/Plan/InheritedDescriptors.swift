internal import Kernel

/// The descriptors above standard error that a caller hands to the container: those of a socket activation
/// (sd_listen_fds(3)) first, then those of `--preserve-fds`.
package struct InheritedDescriptors: Equatable, Sendable {
  package let count: Int
  /// For the container's environment.
  package let variables: [String]

  /// To be asked before this process opens anything.
  package init(preserved: Int) throws(OperationError) {
    var listening = 0
    if let text = StartOfProgram.variable("LISTEN_FDS"), let number = Int(text), number > 0,
      StartOfProgram.variable("LISTEN_PID") == String(CurrentProcess.pid)
    {
      listening = number
    }
    let (total, overflow) = listening.addingReportingOverflow(preserved)
    if preserved < 0 || overflow || total > 1 << 20 {
      throw OperationError("", "", .message("--preserve-fds \(preserved): no such number of descriptors"))
    }
    for number in 0..<total where !Descriptor.isOpen(Int32(3 + number)) {
      let asker = number < listening ? "LISTEN_FDS" : "--preserve-fds"
      throw OperationError("", "", .message("\(asker): file descriptor \(3 + number) is not open"))
    }
    count = total
    variables = listening > 0 ? ["LISTEN_FDS=\(listening)", "LISTEN_PID=1"] : []
  }
}
