internal import Kernel

/// The named steps of the runtime's side, for faults and traces.
enum RuntimeStep: String, CaseIterable {
  case folderMade = "folder.made"
  case recordCreating = "record.creating"
  case sourcesOpened = "sources.opened"
  case cgroupMade = "cgroup.made"
  case startFIFOMade = "fifo.made"
  case cloned = "clone.done"
  case idsMapped = "ids.mapped"
  case hooksRun = "hooks.run"
  case initReady = "init.ready"
  case recordCreated = "record.created"
  case pidFileWritten = "pidfile.written"
  case persistedTold = "persisted.told"
  case startSent = "start.sent"
  case poststartRun = "hooks.poststart"
  case processesKilled = "processes.killed"
  case poststopRun = "hooks.poststop"
  case cgroupRemoved = "cgroup.removed"
  case folderRemoved = "folder.removed"

  /// Does the step, with a fault before or after it in a fault build.
  static func perform<Result: ~Copyable>(
    _ step: RuntimeStep, _ body: () throws(OperationError) -> Result
  ) throws(OperationError) -> Result {
    do { try Fault.point("runtime", step.rawValue, .before) } catch { throw OperationError(error) }
    let result = try body()
    do { try Fault.point("runtime", step.rawValue, .after) } catch { throw OperationError(error) }
    return result
  }
}
