internal import Cgroups
internal import Kernel

extension Container {
  /// Saves the processes of a container to image files by CRIU. Unless it is told to go on, the container ends with that
  /// and is removed, as by `delete`. Whatever fails leaves it as it was.
  package static func checkpoint(
    _ id: ContainerID, _ options: CheckpointOptions, in store: ContainerStore, warn: @escaping (String) -> Void,
    debug: ((String) -> Void)?
  ) throws(OperationError) {
    try RuntimeStep.lockTaken.begin()
    let container = try Container.locked(id, in: store)
    try RuntimeStep.lockTaken.end()
    let status = try container.status()
    switch status {
    case .running, .paused: break
    case .creating, .created, .stopped:
      throw OperationError("", "", .message("Container cannot be checkpointed in \(status.rawValue) state"))
    }
    try options.check()
    let (plan, _) = try container.storedPlan()
    let dump = try Dump(container, plan, options, try CRIUProgram.find())
    guard let process = try OperationError.wrapping({ () throws(SystemCallError) in try container.pidfdHolder() })
    else {
      throw OperationError("", "", .message("Container cannot be checkpointed in stopped state"))
    }
    do throws(OperationError) {
      try dump.run(debug: debug)
    } catch {
      container.thaw(unless: status == .paused, warn)
      throw dump.log.explaining(error, warn: warn)
    }
    if options.leavesRunning || options.isPreDump { return }
    try RuntimeStep.savedRemoved.begin()
    container.end(process, wasPaused: status == .paused, warn)
    try RuntimeStep.savedRemoved.end()
  }

  private func pidfdHolder() throws(SystemCallError) -> PidfdHolder? {
    guard let pidfd = try openProcess() else { return nil }
    return PidfdHolder(pidfd)
  }

  /// A CRIU that was killed in the middle leaves the cgroup frozen.
  private func thaw(unless wasPaused: Bool, _ warn: (String) -> Void) {
    if wasPaused { return }
    do {
      if let cgroup = try cgroup, try fromCgroups(cgroup.isFrozen()) { try fromCgroups(cgroup.thaw()) }
    } catch {
      warn("the container could not be thawed: \(error)")
    }
  }

  /// CRIU has killed every process and does not wait for their end. What stands in the way is no failure of the
  /// checkpoint (runc).
  private func end(_ process: PidfdHolder, wasPaused: Bool, _ warn: (String) -> Void) {
    do {
      if wasPaused, let cgroup = try cgroup { try fromCgroups(cgroup.thaw()) }
      _ = try fromKernel(poll([(process.pidfd.number, .readable)], timeout: 10_000))
      try remove(force: false, warn: warn)
    } catch {
      warn("the container is saved and was not removed: \(error.oneLine)")
    }
  }
}

private final class PidfdHolder {
  let pidfd: Descriptor
  init(_ pidfd: consuming Descriptor) { self.pidfd = pidfd }
}

/// One dump: everything is looked at and opened when it is made; `run` does it.
private final class Dump {
  private let options: CheckpointOptions
  private let program: CRIUProgram
  private let folders: CheckpointFolders
  private let request: CRIURequest
  private let descriptors: [String]
  let log: CRIULog

  init(
    _ container: Container, _ plan: Plan, _ options: CheckpointOptions, _ program: CRIUProgram
  ) throws(OperationError) {
    self.options = options
    self.program = program
    let resources = try ExternalResources(plan)
    if options.isPreDump { try program.check(features: CRIUFeatures(tracksMemory: true)) }
    if options.lazyPages { try program.check(features: CRIUFeatures(lazyPages: true)) }
    guard let pid = container.record.initProcess?.pid else {
      throw OperationError("", "", .message("Container cannot be checkpointed in stopped state"))
    }
    folders = try CheckpointFolders(options, making: true, outside: plan)
    log = folders.log("dump.log")
    descriptors = ExternalDescriptors.of(process: pid)
    var criu = CRIUOptions(
      options, plan: plan, images: folders.images.number, work: folders.workNumber, logFile: "dump.log")
    criu.setDump(options, process: pid, freezeCgroup: try container.freezingPath)
    do throws(SystemCallError) {
      try Dump.add(resources, of: pid, to: &criu, mounts: !options.isPreDump, root: plan.root.path)
    } catch {
      throw OperationError(error)
    }
    request = CRIURequest(kind: options.isPreDump ? .preDump : .dump, options: criu)
  }

  private static func add(
    _ resources: ExternalResources, of pid: Int32, to criu: inout CRIUOptions, mounts: Bool, root: HostPath
  ) throws(SystemCallError) {
    let process = HostPath(constant: "/proc").appending("\(pid)")
    for (kind, _) in resources.namespaces {
      let inode = try process.appending("ns/\(kind.fileName)").status().inode
      criu.external.append(ExternalResources.external(kind, inode: inode))
    }
    // Memory alone has no mounts.
    if !mounts { return }
    let image = RootDirectory(try Descriptor.open(root, [.path, .directory]))
    for mount in resources.mounts {
      let target = try image.resolved(mount.target).description
      criu.externalMounts.append(.init(key: target, value: target))
    }
    let inside = RootDirectory(try Descriptor.open(process.appending("root"), [.path, .directory]))
    for path in resources.masked {
      guard let status = try inside.status(path), status.kind != .directory else { continue }
      criu.externalMounts.append(.init(key: path.description, value: "/dev/null"))
    }
  }

  func run(debug: ((String) -> Void)?) throws(OperationError) {
    try RuntimeStep.dumped.begin()
    if !options.isPreDump { try folders.write(descriptors: descriptors) }
    debug?("Using CRIU \(program.version.number) in \(request.kind.name) mode")
    try program.start(inherited: folders.numbers).perform(request) { notification, _ throws(OperationError) in
      debug?("notify: \(notification.place)")
      if notification.place == "status-ready" { tellReady() }
    }
    try RuntimeStep.dumped.end()
  }

  /// A zero byte, and the end: whoever waits for the pages need not wait for this process.
  private func tellReady() {
    guard let number = options.statusDescriptor else { return }
    let status = Descriptor(owning: number)
    do throws(SystemCallError) { try status.write([0]) } catch {
      // Nobody waits any more.
    }
  }
}

extension Container {
  /// The folder by which CRIU makes the processes stand still; without one it stops them one by one.
  fileprivate var freezingPath: String? {
    get throws(OperationError) {
      guard let cgroup = try cgroup else { return nil }
      return (cgroup.path(of: "freezer") ?? cgroup.path(of: ""))?.string
    }
  }
}
