internal import Kernel

/// The named steps of the runtime's side, for faults and traces.
enum RuntimeStep: String, CaseIterable {
  case sealed
  case folderMade = "folder.made"
  case recordCreating = "record.creating"
  case cgroupMade = "cgroup.made"
  case sourcesOpened = "sources.opened"
  case pidNamespaceLeft = "ns.pid.left"
  case cloned = "clone.done"
  case idsMapped = "ids.mapped"
  case initReady = "init.ready"
  case hooksRun = "hooks.run"
  case recordCreated = "record.created"
  case pidFileWritten = "pidfile.written"
  case persistedTold = "persisted.told"
  case lockTaken = "lock.taken"
  case startSent = "start.sent"
  case poststartRun = "hooks.poststart"
  case endAwaited = "end.awaited"
  case signalSent = "signal.sent"
  case processesKilled = "processes.killed"
  case cgroupRemoved = "cgroup.removed"
  case poststopRun = "hooks.poststop"
  case folderRemoved = "folder.removed"
  case execEntered = "exec.entered"
  case execTold = "exec.told"
  case processesFrozen = "processes.frozen"
  case processesThawed = "processes.thawed"
  case configurationPrepared = "config.prepared"
  case limitsWritten = "limits.written"
  case configurationAccepted = "config.accepted"
  case dumped = "criu.dump"
  case savedRemoved = "saved.removed"
  case criuPrepared = "criu.prepared"
  case restored = "criu.restore"
  case processUndone = "undo.process"
  case cgroupUndone = "undo.cgroup"
  case folderUndone = "undo.folder"

  /// Its place among all, by which a trace knows it.
  var number: Int { RuntimeStep.allCases.firstIndex(of: self) ?? -1 }

  /// The border before the step: in a fault build, a place for a fault.
  func begin() throws(OperationError) {
    if Timeline.isOn { Timeline.begin(.runtime, number) }
    do { try Fault.point(.runtime, rawValue, .before) } catch { throw OperationError(error) }
  }

  /// The border after the step.
  func end() throws(OperationError) {
    if Timeline.isOn { Timeline.end(.runtime, number) }
    do { try Fault.point(.runtime, rawValue, .after) } catch { throw OperationError(error) }
  }

  /// The borders around a part of undoing, which goes on whatever fails.
  func undo(_ body: () -> Void) {
    do throws(OperationError) { try begin() } catch {}
    body()
    do throws(OperationError) { try end() } catch {}
  }
}

/// The named steps of the process between the runtime and the container's, where the shape of the clone needs one.
enum IntermediateStep: String, CaseIterable {
  case entered = "ns.entered"
  case cloned = "clone.done"
  case told = "pid.told"

  private var number: Int { IntermediateStep.allCases.firstIndex(of: self) ?? -1 }

  func begin() throws(SystemCallError) {
    if Timeline.isOn { Timeline.begin(.intermediate, number) }
    try Fault.point(.intermediate, rawValue, .before)
  }

  func end() throws(SystemCallError) {
    if Timeline.isOn { Timeline.end(.intermediate, number) }
    try Fault.point(.intermediate, rawValue, .after)
  }
}

#if APUS_FAULTS
  extension RuntimeStep {
    /// What a caller asked for; `undo` is what follows a failed create or run.
    enum Operation: String, CaseIterable {
      case create, start, run, kill, delete, exec, pause, resume, update, checkpoint, restore, undo
    }

    var operations: Set<Operation> {
      switch self {
      case .pidNamespaceLeft: [.create, .run, .exec]
      case .cloned, .idsMapped, .initReady, .persistedTold: [.create, .run]
      case .sealed: [.create, .run, .exec, .restore]
      case .folderMade, .recordCreating, .cgroupMade, .sourcesOpened, .hooksRun, .recordCreated, .pidFileWritten:
        [.create, .run, .restore]
      case .lockTaken: [.start, .delete, .run, .pause, .resume, .update, .checkpoint]
      case .startSent, .poststartRun: [.start, .run]
      case .endAwaited: [.run]
      case .signalSent: [.kill]
      case .processesKilled, .cgroupRemoved, .poststopRun, .folderRemoved: [.delete, .run]
      case .execEntered, .execTold: [.exec]
      case .processesFrozen: [.pause]
      case .processesThawed: [.resume]
      case .configurationPrepared, .limitsWritten, .configurationAccepted: [.update]
      case .dumped, .savedRemoved: [.checkpoint]
      case .criuPrepared, .restored: [.restore]
      case .processUndone, .cgroupUndone, .folderUndone: [.undo]
      }
    }
  }
#endif
