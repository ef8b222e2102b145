package import Kernel

extension Container {
  /// Makes a container that waits for its start.
  package static func create(_ request: CreateRequest) throws(OperationError) {
    let creation = try Creation(request)
    try creation.launch()
    _ = try creation.commit()
  }

  /// Makes a container and starts it.
  /// - Returns: its process, which is a child of this one.
  package static func run(_ request: CreateRequest) throws(OperationError) -> RunningProcess {
    var request = request
    request.sequence.startSignal = .handshake
    let creation = try Creation(request)
    try creation.launch()
    try creation.awaitProgram()
    guard let process = try creation.commit() else { throw OperationError("", "", .message("there is no process")) }
    return RunningProcess(process, creation.terminal.relay, creation.notifications)
  }
}

/// The process of a container that this process has started and waits for.
package final class RunningProcess {
  private let process: InitProcess
  private let relay: TerminalRelay?
  private var notifications: NotificationRelay?

  init(_ process: InitProcess, _ relay: TerminalRelay?, _ notifications: NotificationRelay? = nil) {
    self.process = process
    self.relay = relay
    self.notifications = notifications
  }

  /// For a run in the background: passes on that the container is ready, which it may never be: then until it ends.
  package func awaitReadiness() throws(OperationError) {
    try OperationError.wrapping { () throws(SystemCallError) in
      try notifications?.serve(process.pid, until: process.pidfd)
    }
  }

  package var pid: Int32 { process.pid }

  /// The signals that are not the container's: what says that a child ended or stopped, and what a terminal or a pipe of
  /// this process's own is about: a container's terminal tells of a new size itself.
  private static let own = SignalSet(17, 13, 21, 22, 23, 28)

  /// Blocks every signal, so that none ends the caller before the container has it. To be called before the container
  /// is made.
  package static func holdSignals() throws(OperationError) {
    _ = try OperationError.wrapping { () throws(SystemCallError) in try Signals.block(.all) }
  }

  /// Passes signals on, and what is typed and written, until the process ends, and reaps what else falls to this process.
  /// - Parameter warn: is told what went wrong without being a reason to end.
  package func wait(warn: (String) -> Void = { _ in }) throws(OperationError) -> ExitStatus {
    try RuntimeStep.endAwaited.begin()
    let status = try awaitEnd(warn)
    try RuntimeStep.endAwaited.end()
    return status
  }

  private func awaitEnd(_ warn: (String) -> Void) throws(OperationError) -> ExitStatus {
    defer { relay?.end() }
    return try OperationError.wrapping { () throws(SystemCallError) in
      let signals = try Descriptor.signals(.all)
      relay?.begin()
      while true {
        while let ended = try CurrentProcess.reap(wait: false) {
          if ended.pid != process.pid { continue }
          relay?.drain()
          return ended.status
        }
        let events = try poll(
          [(signals.number, .readable), (notifications?.number ?? -1, .readable)] + (relay?.interests ?? []),
          timeout: nil)
        relay?.serve(events.dropFirst(2))
        if !events[1].isEmpty { passNotificationOn(warn) }
        while let signal = try signals.nextSignal() { try handle(signal) }
      }
    }
  }

  /// The service manager's main process is this one, which ends with the container and with its status.
  private func passNotificationOn(_ warn: (String) -> Void) {
    do throws(SystemCallError) {
      if try notifications?.passOn(CurrentProcess.pid) ?? false { notifications = nil }
    } catch {
      // The container goes on all the same; the service manager may give up on it.
      warn("the service manager does not hear that the container is ready: \(error)")
      notifications = nil
    }
  }

  private func handle(_ signal: Int32) throws(SystemCallError) {
    if signal == 28 { relay?.resize() }
    if signal == 18 { relay?.resume() }
    if RunningProcess.own.contains(SignalSet(signal)) { return }
    do throws(SystemCallError) { try process.pidfd.sendSignal(signal) } catch {
      if error.errno != .noSuchProcess { throw error }
    }
  }
}
