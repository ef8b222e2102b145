internal import Cgroups
internal import Kernel

extension Container {
  /// Stops every process of a container where it is, and returns when all stand still.
  package static func pause(_ id: ContainerID, in store: ContainerStore) throws(OperationError) {
    try RuntimeStep.lockTaken.begin()
    let container = try Container.locked(id, in: store)
    try RuntimeStep.lockTaken.end()
    switch try container.status() {
    case .running, .created: break
    case .creating, .paused, .stopped: throw OperationError("", "", .message("container not running"))
    }
    guard let cgroup = try container.cgroup else {
      throw OperationError("", "", .message("the container has no cgroup, by which alone it could be paused"))
    }
    try RuntimeStep.processesFrozen.begin()
    try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.freeze() }
    try RuntimeStep.processesFrozen.end()
  }

  /// Lets the processes of a paused container go on; also of one whose pause was cut short.
  package static func resume(_ id: ContainerID, in store: ContainerStore) throws(OperationError) {
    try RuntimeStep.lockTaken.begin()
    let container = try Container.locked(id, in: store)
    try RuntimeStep.lockTaken.end()
    guard try container.status() == .paused, let cgroup = try container.cgroup else {
      throw OperationError("", "", .message("container not paused"))
    }
    try RuntimeStep.processesThawed.begin()
    try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.thaw() }
    try RuntimeStep.processesThawed.end()
  }
}
