package import Kernel

/// How the caller gets at a new process: the part of a request that `create`, `run` and `exec` share.
package struct ProcessAccess: Sendable {
  /// The program's name as it was called, for errors.
  package var program = "apus"
  /// The caller does not stay until the process ends.
  package var detaches = false
  package var consoleSocket: HostPath?
  /// The same, connected by the caller.
  package var console: CallerSocket?
  package var pidfdSocket: HostPath?

  package init() {}
}

/// What becomes of a process's terminal on the caller's side. Whatever can be refused is refused before anything is made.
final class TerminalUse {
  private let socket: CallerSocket?
  private let caller: CallerTerminal?
  private(set) var relay: TerminalRelay?

  /// - Parameter isWanted: whether the process has a terminal.
  init(isWanted: Bool, _ access: ProcessAccess) throws(OperationError) {
    if isWanted && access.detaches && access.consoleSocket == nil && access.console == nil {
      let text = "cannot allocate tty if \(access.program) will detach without setting console socket"
      throw OperationError("", "", .message(text))
    }
    if access.consoleSocket != nil && !(isWanted && access.detaches) {
      let text = "cannot use console socket if \(access.program) will not detach or allocate tty"
      throw OperationError("", "", .message(text))
    }
    socket = try OperationError.wrapping { () throws(SystemCallError) in
      if let console = access.console { console } else { try CallerSocket(access.consoleSocket) }
    }
    caller = isWanted && !access.detaches ? try CallerTerminal() : nil
  }

  /// Takes what came as the master of the process's terminal, and looks whether it is one.
  func accept(_ master: consuming Descriptor) throws(SystemCallError) {
    let name = "/dev/pts/\(try master.peerNumber())"
    if let socket {
      try socket.send(master, name: name)
    } else if let caller {
      relay = try TerminalRelay(caller, master: master)
    }
  }
}
