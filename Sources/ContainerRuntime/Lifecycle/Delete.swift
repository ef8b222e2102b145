internal import Cgroups
internal import JSON
internal import Kernel
internal import OCI

extension Container {
  /// Removes a container: its processes, its cgroups, its folder; and runs the poststop hooks. With `force` also one
  /// that runs, one that was never finished, and one whose record is damaged; that there is none is no error then.
  /// Whatever was not removed is an error: an answer of success means that nothing is left.
  package static func delete(
    _ id: ContainerID, force: Bool, in store: ContainerStore, warn: (String) -> Void
  ) throws(OperationError) {
    let folder: ContainerFolder
    switch try Container.find(id, in: store) {
    case .some(let found): folder = found
    case .none:
      if force { return }
      throw OperationError("", "", .message("container does not exist"))
    }
    try RuntimeStep.lockTaken.begin()
    if try !folder.takeLock(force: force) {
      if force { return }
      throw OperationError("", "", .message("container does not exist"))
    }
    try RuntimeStep.lockTaken.end()
    var record: Record?
    do throws(RecordProblem) { record = try folder.record() } catch {
      if !force { throw Container.unreadable(error) }
    }
    if record == nil && !force { throw OperationError("", "", .message("container does not exist: it has no record")) }
    guard let record else { return try Container.removeWithoutRecord(folder) }
    try Container(folder: folder, record: record).remove(force: force, warn: warn)
  }

  private static func find(_ id: ContainerID, in store: ContainerStore) throws(OperationError) -> ContainerFolder? {
    try OperationError.wrapping { () throws(SystemCallError) in try store.folder(id) }
  }

  func remove(force: Bool, warn: (String) -> Void) throws(OperationError) {
    switch try status() {
    case .stopped, .created: break
    case .creating, .running, .paused:
      let status = try status()
      if !force {
        throw OperationError("", "", .message("cannot delete container \(id) that is not stopped: \(status.rawValue)"))
      }
    }
    try RuntimeStep.processesKilled.begin()
    try endProcesses()
    try RuntimeStep.processesKilled.end()
    try RuntimeStep.cgroupRemoved.begin()
    if let cgroup = try cgroup { try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.remove() } }
    try OperationError.wrapping { () throws(SystemCallError) in try record.resourceControl?.remove() }
    try RuntimeStep.cgroupRemoved.end()
    try runPoststopHooks(warn: warn)
    try RuntimeStep.folderRemoved.begin()
    try OperationError.wrapping { () throws(SystemCallError) in try folder.remove() }
    try RuntimeStep.folderRemoved.end()
  }

  /// Kills what is left and waits until it is gone.
  private func endProcesses() throws(OperationError) {
    let cgroup = try cgroup
    var hasEnded = false
    if let pidfd = try fromKernel(openProcess()) {
      hasEnded = true
      try fromKernel(pidfd.sendSignal(9))
      try Container.awaitEnd(of: pidfd, in: cgroup)
    }
    // A number that another process has by now says nothing about the container's own.
    if !hasEnded, let process = record.initProcess {
      hasEnded = try fromKernel(ProcessIdentity.of(pid: process.pid) == nil)
    }
    if !(hasEnded && record.phase == .created && record.hasOwnPIDNamespace),
      Defence.orphans.isOn, let cgroup, try fromCgroups(!cgroup.processesEverywhere().isEmpty)
    {
      try fromCgroups(cgroup.killAll(9))
    }
  }

  /// - Throws: after ten seconds; a process in uninterruptible sleep is told, not forgotten.
  private static func awaitEnd(of pidfd: borrowing Descriptor, in cgroup: Cgroup?) throws(OperationError) {
    let deadline = monotonicNanoseconds() + 10_000_000_000
    while monotonicNanoseconds() < deadline {
      // Again and again: another process of the container may have frozen one before it was killed itself.
      if let cgroup { try fromCgroups(cgroup.thawAll()) }
      let number = pidfd.number
      if try fromKernel(!poll([(number, .readable)], timeout: 1000)[0].isEmpty) { return }
    }
    throw OperationError(
      SystemCallError.refused("the container's process did not end within 10 s of SIGKILL; try again"))
  }

  /// At most once: what is run is struck from the record first.
  private func runPoststopHooks(warn: (String) -> Void) throws(OperationError) {
    if record.poststop.isEmpty || (record.phase == .creating && !record.owesPoststop) { return }
    var struck = record
    struck.poststop = []
    try OperationError.wrapping { () throws(SystemCallError) in try folder.write(struck) }
    try RuntimeStep.poststopRun.begin()
    let state = hookState.json(status: "stopped", pid: nil)
    let bundle = HostPath(unchecked: record.bundle)
    for failure in HookRunner.runAll(record.poststop, .poststop, state: state, folder: bundle) { warn(failure.text) }
    try RuntimeStep.poststopRun.end()
  }

  /// What is left of a container whose record is missing or damaged: the cgroups that its configuration names, or its id
  /// alone; every process in them, and the folder.
  private static func removeWithoutRecord(_ folder: borrowing ContainerFolder) throws(OperationError) {
    guard Defence.forcedSearch.isOn else { return try fromKernel(folder.remove()) }
    var linux: Spec.Linux?
    var isRead = false
    // Without it, the id is all that is left to go by.
    do throws(SystemCallError) {
      let configuration = try folder.configuration()
      do throws(JSONError) {
        linux = try Spec(json: configuration, named: "config.json").linux
        isRead = true
      } catch {}
    } catch {}
    let layout = try fromCgroups(CgroupLayout.discover(for: nil))
    var named = Spec.Linux()
    named.cgroupsPath = linux?.cgroupsPath
    let id = folder.id.string
    let plan = try fromCgroups(CgroupPlan(linux: named, id: id, layout: layout))
    let scope = try fromCgroups(
      CgroupRecord.scope(named.cgroupsPath, id: id, layout, isRootless: CurrentProcess.effectiveUser != 0))
    let folders = plan.folders.map { CgroupRecord.Folder(hierarchy: $0.hierarchy, path: $0.path.string) }
    let cgroup = try fromCgroups(Cgroup(scope ?? CgroupRecord(folders: folders)))
    if try fromCgroups(!cgroup.processesEverywhere().isEmpty) { try fromCgroups(cgroup.killAll(9)) }
    try fromCgroups(cgroup.remove())
    if !isRead || linux?.intelRdt != nil, let mount = try fromKernel(Host.resourceControl()) {
      try fromKernel(ResourceControl.removeRemains(of: id, linux?.intelRdt, in: mount))
    }
    try fromKernel(folder.remove())
  }
}
