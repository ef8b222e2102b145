internal import Kernel

/// The named steps of the runtime's side, for faults and traces.
enum RuntimeStep: String, CaseIterable {
  case folderMade = "folder.made"
  case recordCreating = "record.creating"
  case cgroupMade = "cgroup.made"
  case sourcesOpened = "sources.opened"
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

  /// The border before the step: in a fault build, a place for a fault.
  func begin() throws(OperationError) {
    do { try Fault.point("runtime", rawValue, .before) } catch { throw OperationError(error) }
  }

  /// The border after the step.
  func end() throws(OperationError) {
    do { try Fault.point("runtime", rawValue, .after) } catch { throw OperationError(error) }
  }
}
