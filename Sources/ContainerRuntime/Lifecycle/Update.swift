internal import Cgroups
internal import JSON
internal import Kernel
package import OCI

extension Container {
  /// Changes the limits that `resources` names; the others stay. All of it or, with an error, nothing: neither in the
  /// cgroups nor in the stored configuration, which tells the limits in force from then on. Rules for devices are left
  /// alone, as with runc. The schemata of `control` come before the limits and are taken back when those are refused.
  /// - Returns: warnings: properties without an effect.
  package static func update(
    _ id: ContainerID, _ resources: Spec.Resources,
    control: ResourceControlUpdate = ResourceControlUpdate(l3CacheSchema: nil, memBwSchema: nil),
    in store: ContainerStore
  ) throws(OperationError) -> [String] {
    let mount = try resourceControlMount(for: control)
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
    if !control.isEmpty { linux.intelRdt = control.applied(to: linux.intelRdt) }
    spec.linux = linux
    // What may fail for want of space comes first; the last step is a rename.
    try RuntimeStep.configurationPrepared.begin()
    try OperationError.wrapping { () throws(SystemCallError) in
      try container.folder.prepare(configuration: spec.json())
    }
    try RuntimeStep.configurationPrepared.end()
    let warnings: [String]
    try RuntimeStep.limitsWritten.begin()
    do throws(OperationError) {
      let change = try container.changeSchemata(control, cgroup, mount)
      do { warnings = try cgroup.update(resources, whole: linux.resources, property: "resources") } catch {
        try OperationError.wrapping { () throws(SystemCallError) in try change?.takeBack() }
        throw refusal(error)
      }
      if let change {
        var record = container.record
        record.resourceControl = change.control
        try OperationError.wrapping { () throws(SystemCallError) in try container.folder.write(record) }
      }
    } catch {
      container.folder.dropPreparedConfiguration()
      throw error
    }
    try RuntimeStep.limitsWritten.end()
    try RuntimeStep.configurationAccepted.begin()
    try OperationError.wrapping { () throws(SystemCallError) in try container.folder.acceptPreparedConfiguration() }
    try RuntimeStep.configurationAccepted.end()
    return warnings
  }

  /// Where the resctrl file system is, if the update has anything to do there.
  private static func resourceControlMount(for control: ResourceControlUpdate) throws(OperationError) -> HostPath? {
    if control.isEmpty { return nil }
    let mount = try OperationError.wrapping { () throws(SystemCallError) in try Host.resourceControl() }
    if let refusal = control.refusal(mount) { throw OperationError("", "", .message(refusal)) }
    return mount
  }

  private borrowing func changeSchemata(
    _ control: ResourceControlUpdate, _ cgroup: borrowing Cgroup, _ mount: HostPath?
  ) throws(OperationError) -> ResourceControl.Change? {
    guard let mount else { return nil }
    let processes = try fromCgroups(cgroup.processesEverywhere())
    return try fromKernel(
      ResourceControl.change(
        record.resourceControl, to: control.lines, id: id.string, in: mount, processes: processes))
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
