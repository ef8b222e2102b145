internal import Cgroups
internal import Kernel
internal import OCI

extension Container {
  /// Sends a signal to the container's process, or with `all` to every process in its cgroups.
  package static func kill(
    _ id: ContainerID, signal: Int32, all: Bool, in store: ContainerStore
  ) throws(OperationError) {
    let container = try Container(id, in: store)
    // An init that is no init of a pid namespace leaves the others behind; SIGKILL is for all of them then (runc).
    var reachesAll = all
    if !all && signal == 9 && container.sharesProcesses { reachesAll = try container.hasProcesses }
    try RuntimeStep.signalSent.begin()
    if reachesAll {
      try container.killAll(signal)
    } else {
      switch try container.status() {
      case .created, .running, .paused: try container.kill(signal: signal)
      case .creating, .stopped: throw OperationError("", "", .message("container not running"))
      }
    }
    try RuntimeStep.signalSent.end()
  }

  /// Whether its pid namespace is that of the host or of others. A configuration that cannot be read says no more.
  private var sharesProcesses: Bool {
    do throws(OperationError) {
      let namespaces = try storedSpec().linux?.namespaces ?? []
      return !namespaces.contains { $0.type == "pid" && ($0.path ?? "").isEmpty }
    } catch {
      return false
    }
  }

  private var hasProcesses: Bool {
    get throws(OperationError) {
      guard let cgroup = try cgroup else { return false }
      return try fromCgroups(!cgroup.processesEverywhere().isEmpty)
    }
  }

  /// A process without a pid namespace of its own leaves others behind; they are in the cgroup.
  func killAll(_ signal: Int32) throws(OperationError) {
    guard let cgroup = try cgroup else { return }
    try fromCgroups(cgroup.killAll(signal))
  }

  func kill(signal: Int32) throws(OperationError) {
    guard let pidfd = try fromKernel(openProcess()) else {
      throw OperationError("", "", .message("container not running"))
    }
    do throws(SystemCallError) { try pidfd.sendSignal(signal) } catch {
      if error.errno == .noSuchProcess { throw OperationError("", "", .message("container not running")) }
      throw OperationError(error)
    }
    // A frozen process does not die before it is thawed.
    if signal == 9, let cgroup = try cgroup { try fromCgroups(cgroup.thawAll()) }
  }
}
