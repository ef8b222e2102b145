internal import Kernel

extension Container {
  /// Lets a created container run its program.
  /// - Returns: what is left to do, without the container's lock: to pass on that it is ready. nil when nobody waits.
  @discardableResult
  package static func start(
    _ id: ContainerID, in store: ContainerStore, notifying socket: NotifySocket? = nil
  ) throws(OperationError) -> AwaitedReadiness? {
    try RuntimeStep.lockTaken.begin()
    let container = try Container.locked(id, in: store)
    try RuntimeStep.lockTaken.end()
    switch try container.status() {
    case .created: break
    case .stopped: throw OperationError("", "", .message("cannot start a container that has stopped"))
    case .running: throw OperationError("", "", .message("cannot start an already running container"))
    case .paused: throw OperationError("", "", .message("cannot start a container in the paused state"))
    case .creating: throw OperationError("", "", .message("cannot start a container that is being created"))
    }
    let readiness = try OperationError.wrapping { () throws(SystemCallError) in
      try AwaitedReadiness(socket, of: container)
    }
    try RuntimeStep.startSent.begin()
    let report: [UInt8]
    do throws(SystemCallError) { report = try StartFIFO.start(in: container.folder) } catch {
      // Killed since its status was asked.
      if error.errno == .noSuchDevice {
        throw OperationError("", "", .message("cannot start a container that has stopped"))
      }
      throw OperationError(error)
    }
    if report != InitMessage.executing.bytes { throw try container.failure(report) }
    try RuntimeStep.startSent.end()
    try container.runPoststartHooks()
    return readiness
  }

  private func runPoststartHooks() throws(OperationError) {
    if record.poststart.isEmpty { return }
    try RuntimeStep.poststartRun.begin()
    do throws(OperationError) {
      let state = hookState.json(status: "running", pid: record.initProcess?.pid)
      try HookRunner.runOperation(
        record.poststart, .poststart, state: state, folder: HostPath(unchecked: record.bundle))
    } catch {
      // The specification's lifecycle, step 9: the container is stopped when a poststart hook fails.
      try kill(signal: 9)
      throw error
    }
    try RuntimeStep.poststartRun.end()
  }

  /// The init speaks of its own sequence, which is made again from the configuration that it was made from.
  private func failure(_ report: [UInt8]) throws(OperationError) -> OperationError {
    let said = report.starts(with: InitMessage.executing.bytes) ? Array(report.dropFirst()) : report
    if said.isEmpty {
      return OperationError("", "", .message("the container's process died before its program could run"))
    }
    let (plan, sequence) = try storedPlan()
    return InitFailureReport(sequence: sequence, process: plan.process).error(said, progress: 0)
  }
}
