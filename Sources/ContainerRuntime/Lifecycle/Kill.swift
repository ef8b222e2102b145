internal import Cgroups
internal import Kernel

extension Container {
  /// Sends a signal to the container's process, or with `all` to every process in its cgroups.
  package static func kill(
    _ id: ContainerID, signal: Int32, all: Bool, in store: ContainerStore
  ) throws(OperationError) {
    let container = try Container(id, in: store)
    if all {
      try container.killAll(signal)
      return
    }
    switch try container.status() {
    case .created, .running, .paused: try container.kill(signal: signal)
    case .creating, .stopped: throw OperationError("", "", .message("container not running"))
    }
  }

  /// A process without a pid namespace of its own leaves others behind; they are in the cgroup.
  func killAll(_ signal: Int32) throws(OperationError) {
    do {
      guard let cgroup = try cgroup else { return }
      try cgroup.killAll(signal)
    } catch {
      throw OperationError(converting: error)
    }
  }

  func kill(signal: Int32) throws(OperationError) {
    do {
      guard let pidfd = try openProcess() else { throw OperationError("", "", .message("container not running")) }
      do throws(SystemCallError) { try pidfd.sendSignal(signal) } catch {
        if error.errno == .noSuchProcess { throw OperationError("", "", .message("container not running")) }
        throw OperationError(error)
      }
      // A frozen process does not die before it is thawed.
      if signal == 9, let cgroup = try cgroup, try cgroup.isFrozen() { try cgroup.thaw() }
    } catch {
      throw OperationError(converting: error)
    }
  }
}
