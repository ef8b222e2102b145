internal import Cgroups
internal import JSON
internal import Kernel
package import OCI

extension Container {
  /// Changes the limits that `resources` names; the others stay. All of it or, with an error, nothing: neither in the
  /// cgroups nor in the stored configuration, which tells the limits in force from then on. Rules for devices are left
  /// alone, as with runc.
  /// - Returns: warnings: properties without an effect.
  package static func update(
    _ id: ContainerID, _ resources: Spec.Resources, in store: ContainerStore
  ) throws(OperationError) -> [String] {
    try RuntimeStep.lockTaken.begin()
    let container = try Container.locked(id, in: store)
    try RuntimeStep.lockTaken.end()
    switch try container.status() {
    case .created, .running, .paused: break
    case .creating, .stopped: throw OperationError("", "", .message("container not running"))
    }
    guard let cgroup = try container.cgroup else {
      throw OperationError("", "", .message("the container has no cgroup, so it has no limits"))
    }
    var spec = try container.storedSpec()
    var linux = spec.linux ?? Spec.Linux()
    linux.resources = (linux.resources ?? Spec.Resources()).updated(with: resources)
    spec.linux = linux
    // What may fail for want of space comes first; the last step is a rename.
    try RuntimeStep.configurationPrepared.begin()
    try OperationError.wrapping { () throws(SystemCallError) in
      try container.folder.prepare(configuration: spec.json())
    }
    try RuntimeStep.configurationPrepared.end()
    let warnings: [String]
    try RuntimeStep.limitsWritten.begin()
    do { warnings = try cgroup.update(resources, whole: linux.resources, property: "resources") } catch {
      container.folder.dropPreparedConfiguration()
      throw refusal(error)
    }
    try RuntimeStep.limitsWritten.end()
    try RuntimeStep.configurationAccepted.begin()
    try OperationError.wrapping { () throws(SystemCallError) in try container.folder.acceptPreparedConfiguration() }
    try RuntimeStep.configurationAccepted.end()
    return warnings
  }

  private static func hint(_ property: String, _ errno: Errno) -> String? {
    switch (property, errno) {
    case ("resources.memory.limit", .invalid), ("resources.memory.swap", .invalid):
      "memory.swap limits memory and swap together: it may not be below memory.limit, so change both in one update"
    case ("resources.cpu.quota", .invalid), ("resources.cpu.period", .invalid), ("resources.cpu.burst", .invalid):
      "a period is 1000 to 1000000 microseconds, a quota at least 1000, and a burst not above the quota"
    case ("resources.cpu.cpus", _), ("resources.cpu.mems", _):
      "only what the cgroup above has can be given: see its cpuset.cpus and cpuset.mems"
    default: nil
    }
  }

  /// The properties are those of the update, not of a config.json.
  private static func refusal(_ error: CgroupError) -> OperationError {
    switch error {
    case .property(let path, let problem): OperationError("", "", .properties([PropertyError(path, problem)]))
    case .system(let error, .some(let property)):
      OperationError(
        "", "", .properties([PropertyError(property, error.description)]), hint: hint(property, error.errno))
    default: OperationError(error)
    }
  }
}
