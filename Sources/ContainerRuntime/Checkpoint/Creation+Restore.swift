internal import Cgroups
internal import Kernel
internal import OCI

extension Container {
  /// Makes a container from the images of a checkpoint, and lets it go on.
  /// - Returns: its process, which is a child of this one.
  package static func restore(
    _ request: CreateRequest, _ options: CheckpointOptions, warn: @escaping (String) -> Void
  ) throws(OperationError) -> RunningProcess {
    let program = try CRIUProgram.find()
    try program.check(options)
    let folders = try CheckpointFolders(options, making: false, outside: nil)
    let descriptors = try folders.readDescriptors()
    let creation = try Creation(request)
    try folders.check(outside: creation.plan)
    do throws(OperationError) {
      try creation.restore(options, folders, program, inheriting: ExternalDescriptors.inherited(descriptors))
    } catch {
      throw folders.log("restore.log").explaining(error, warn: warn)
    }
    guard let process = try creation.commit() else { throw OperationError("", "", .message("there is no process")) }
    return RunningProcess(process, creation.terminal.relay, creation.notifications)
  }
}

extension Creation {
  /// Lets CRIU make the container's processes, in the cgroups, which are all made first.
  func restore(
    _ options: CheckpointOptions, _ folders: CheckpointFolders, _ program: CRIUProgram,
    inheriting inherited: [CRIUOptions.InheritedDescriptor]
  ) throws(OperationError) {
    try makeRemainingCgroups()
    let resources = try ExternalResources(plan)
    var namespaces = DescriptorList()
    var criu = CRIUOptions(
      options, plan: plan, images: folders.images.number, work: folders.workNumber, logFile: "restore.log")
    criu.setRestore(options)
    try add(resources, to: &criu, &namespaces)
    if !plan.process.terminal { criu.inheritedDescriptors += inherited }
    if !record.poststop.isEmpty {
      record.owesPoststop = true
      try persist()
    }
    let server = try prepare(program, folders, namespaces.numbers)
    criu.cgroupRoots = try Creation.cgroupRoots(of: server.pid)
    request.debug?("Using CRIU \(program.version.number) in RESTORE mode")
    try RuntimeStep.restored.begin()
    try server.perform(CRIURequest(kind: .restore, options: criu)) { notification, descriptors throws(OperationError) in
      request.debug?("notify: \(notification.place)")
      try serve(notification, descriptors)
    }
    try RuntimeStep.restored.end()
    guard let process else { throw OperationError("", "", .message("criu restored no process")) }
    try writePIDFile(process)
  }

  private func add(
    _ resources: ExternalResources, to criu: inout CRIUOptions, _ opened: inout DescriptorList
  ) throws(OperationError) {
    for (kind, path) in resources.joined {
      if kind == .cgroup { throw OperationError("", "", .message("Do not know how to handle namespace cgroup")) }
      criu.joinedNamespaces.append(.init(kind: kind.fileName, path: path.string))
    }
    for (kind, path) in resources.namespaces {
      let name = NamespacePlan.name(of: kind)
      do throws(SystemCallError) {
        opened.append(try Descriptor.open(path, [.readOnly, .nonBlocking, .noControllingTerminal]))
      } catch {
        throw OperationError(
          "", "", .message("Requested \(name) namespace \(path) does not exist: \(error.errno.name)"))
      }
      if let number = opened.numbers.last {
        criu.inheritedDescriptors.append(.init(key: ExternalResources.key(kind), number: number))
      }
    }
    let root = plan.root.path
    do throws(SystemCallError) {
      let image = RootDirectory(try Descriptor.open(root, [.path, .directory]))
      for mount in resources.mounts {
        criu.externalMounts.append(.init(key: try image.resolved(mount.target).description, value: mount.source))
      }
    } catch {
      throw OperationError(error)
    }
    if !resources.masked.isEmpty { criu.externalMounts.append(.init(key: "/dev/null", value: "/dev/null")) }
  }

  /// The process that becomes CRIU goes into the container's cgroups, from which all that it makes inherits, has the
  /// container's session keyring, and a mount namespace of its own.
  private func prepare(
    _ program: CRIUProgram, _ folders: CheckpointFolders, _ namespaces: [Int32]
  ) throws(OperationError) -> CRIUProcess {
    try RuntimeStep.sourcesOpened.begin()
    let stage = try RestoreStage(plan, sequence)
    try RuntimeStep.sourcesOpened.end()
    try RuntimeStep.criuPrepared.begin()
    guard let planned = record.cgroups else { throw OperationError("", "", .message("no cgroup was planned")) }
    let server: CRIUProcess
    let cgroup = try fromCgroups(Cgroup(planned))
    let entrance = try fromCgroups(cgroup.openEntrance())
    var unified = DescriptorList()
    if let folder = try fromCgroups(cgroup.openUnified()) { unified.append(folder) }
    var clone = CloneRequest()
    clone.newNamespaces = [.mount]
    clone.cgroup = unified.numbers.first
    let keyring = record.keyring
    let inherited = folders.numbers + namespaces
    let forgets = plan.process.noNewPrivileges && program.forgetsNoNewPrivileges
    server = try program.start(clone, ownStreams: !plan.process.terminal, inherited: inherited) {
      () throws(SystemCallError) in
      try entrance.enter()
      if let keyring { try SessionKeyring.join(keyring) }
      if forgets { try CurrentProcess.control(.noNewPrivileges, 1) }
      try stage.make()
      try folders.openAgain()
    }
    try server.awaitReady()
    try RuntimeStep.criuPrepared.end()
    return server
  }

  /// Where CRIU is now, its processes shall be too.
  private static func cgroupRoots(of pid: Int32) throws(OperationError) -> [CRIUOptions.CgroupRoot] {
    let bytes = try OperationError.wrapping { () throws(SystemCallError) in
      try HostPath(constant: "/proc").appending("\(pid)/cgroup").read(expected: 1024)
    }
    return CgroupLayout.Membership.parse(bytes).map { membership in
      CRIUOptions.CgroupRoot(
        controllers: membership.name, path: "/" + membership.components.joined(separator: "/"))
    }
  }

  private func serve(_ notification: CRIUNotification, _ descriptors: borrowing DescriptorList) throws(OperationError) {
    switch notification.place {
    case "setup-namespaces":
      if !(plan.hooks.prestart ?? []).isEmpty || !(plan.hooks.createRuntime ?? []).isEmpty {
        try runRuntimeHooks(pid: notification.process)
      }
    case "orphan-pts-master":
      guard descriptors.count == 1 else { throw OperationError("", "", .message("criu sent no terminal")) }
      try OperationError.wrapping { () throws(SystemCallError) in
        try terminal.accept(
          try descriptors.withDescriptor(0) { master throws(SystemCallError) in try master.duplicate() })
      }
    case "post-restore": try take(notification.process)
    default: break
    }
  }

  /// The restored first process, a child of this one.
  private func take(_ pid: Int32) throws(OperationError) {
    guard pid > 1, process == nil else { throw OperationError("", "", .message("criu names no process")) }
    let restored: InitProcess
    do throws(SystemCallError) {
      let pidfd = try Descriptor.ofProcess(pid)
      // Only of a child this can be asked.
      guard try pidfd.waitForExit(wait: false) == nil else {
        throw SystemCallError.refused("the container's process has ended already")
      }
      // It says nothing to this process: nobody has the other end.
      let silent = try Descriptor.socketPair(.sequencedPacket)
      restored = InitProcess(
        ChildProcess(pid: pid, pidfd: pidfd), channel: try silent.first.duplicate(), progress: try SharedWord())
    } catch {
      throw OperationError(error)
    }
    process = restored
    try identify(restored)
    try writeDown(restored)
  }
}
