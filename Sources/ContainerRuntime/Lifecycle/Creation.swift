internal import Cgroups
internal import Kernel
internal import OCI

/// A container while it is being made. What was made so far is undone, in the right order, when this goes away before it
/// is committed; a kill of this process leaves the record, by which `delete --force` undoes the same.
final class Creation {
  let request: CreateRequest
  private(set) var plan: Plan
  let sequence: InitSequence
  let terminal: TerminalUse
  private let pidfdSocket: CallerSocket?
  let folder: ContainerFolder
  var record: Record
  /// For `run`, which passes on by itself what the container says; after `create`, that is for `start`.
  private(set) var notifications: NotificationRelay?
  private var cgroups: CgroupReservation?
  var process: InitProcess?
  /// The source whose mapping the container's process has asked for last.
  private var lastMapped = -1
  private var isCommitted = false

  /// Reads the configuration, decides, and reserves the id and the cgroups.
  init(_ request: CreateRequest) throws(OperationError) {
    self.request = request
    let bundle = try Bundle(path: request.bundle)
    let facts = try HostFacts.discover(for: bundle.spec, systemdCgroup: request.plan.systemdCgroup)
    do {
      plan = try Plan(
        id: request.id.string, bundle: bundle.path, spec: bundle.spec, host: facts, options: request.plan)
    } catch {
      throw OperationError(error)
    }
    plan.process.env += request.environment
    if let mount = plan.mounts.last, mount.isForNotifications { plan.process.env.append(NotifySocket.variable) }
    for warning in plan.warnings { request.log(warning) }
    var options = request.sequence
    options.keyringSecret = SessionKeyring.makeSecret()
    sequence = InitSequence(plan, options: options)
    terminal = try TerminalUse(isWanted: plan.process.terminal, request.access)
    pidfdSocket = try OperationError.wrapping { () throws(SystemCallError) in
      try CallerSocket(request.access.pidfdSocket)
    }
    record = try Creation.firstRecord(plan, bundle.spec.ociVersion)
    record.noPivot = request.plan.noPivot
    record.preservedDescriptors = request.sequence.preservedDescriptors
    record.hasKeyring = options.keyring
    record.keyringSecret = options.keyringSecret
    record.relaysNotifications = request.plan.notifyFolder != nil
    try RuntimeStep.folderMade.begin()
    folder = try request.store.reserve(request.id)
    // From here on, leaving without a commit undoes what was made.
    try RuntimeStep.folderMade.end()
    try reserveCgroups(bundle)
    try makeNotifyFolder()
  }

  private func makeNotifyFolder() throws(OperationError) {
    guard record.relaysNotifications, let socket = request.notifySocket else { return }
    try OperationError.wrapping { () throws(SystemCallError) in
      try NotificationRelay.makeFolder(in: folder)
      if !sequence.startsByFIFO { notifications = try NotificationRelay(socket, in: folder) }
    }
  }

  deinit {
    if isCommitted || !Defence.rollback.isOn { return }
    RuntimeStep.processUndone.undo { process = nil }
    runPoststopHooks()
    RuntimeStep.cgroupUndone.undo {
      killProcesses()
      cgroups = nil
    }
    do throws(SystemCallError) { try record.resourceControl?.remove() } catch {
      request.log(PropertyError("cleanup", error.description))
    }
    RuntimeStep.folderUndone.undo {
      do throws(SystemCallError) { try folder.remove() } catch {
        request.log(PropertyError("cleanup", error.description))
      }
    }
  }

  /// An exec may have brought a process into the cgroup once the container was written down as created. In the caller's
  /// pid namespace it would outlive the container, with nothing left by which to find it (Tests/Model/lifecycle.pml).
  private func killProcesses() {
    if record.phase == .creating { return }
    do throws(CgroupError) {
      guard let planned = record.cgroups else { return }
      let cgroup = try Cgroup(planned)
      if try !cgroup.processesEverywhere().isEmpty { try cgroup.killAll(9) }
    } catch {
      request.log(PropertyError("cleanup", "\(error)"))
    }
  }

  /// The record names the cgroups before they are made: whoever finds it can remove them.
  private func reserveCgroups(_ bundle: Bundle) throws(OperationError) {
    let survey = try fromCgroups(plan.cgroup.survey())
    record.cgroups = survey
    try RuntimeStep.recordCreating.begin()
    if Defence.recordFirst.isOn {
      try persist()
      try fromKernel(folder.write(configuration: bundle.configuration))
    }
    try RuntimeStep.recordCreating.end()
    if plan.beginsBeforeCgroups {
      cgroups = try fromCgroups(CgroupReservation.begin(plan.cgroup, surveyed: survey))
      return
    }
    try RuntimeStep.cgroupMade.begin()
    let made = try fromCgroups(CgroupReservation.make(plan.cgroup, surveyed: survey))
    record.cgroups = made.record
    cgroups = consume made
    try RuntimeStep.cgroupMade.end()
  }

  private static func firstRecord(_ plan: Plan, _ version: String) throws(OperationError) -> Record {
    try OperationError.wrapping { () throws(SystemCallError) in
      let pid = CurrentProcess.pid
      guard let own = try ProcessIdentity.of(pid: pid)?.identity else {
        throw SystemCallError("read", "/proc/\(pid)/stat", .noSuchFile)
      }
      var record = Record(
        id: plan.id, phase: .creating, bootID: try Host.bootID(), runtime: own, ociVersion: version,
        bundle: plan.bundle.string, rootfs: plan.root.path.string,
        created: Timestamp.text(nanoseconds: realtimeNanoseconds()))
      record.annotations = plan.annotations
      record.hasOwnPIDNamespace = plan.namespaces.pid == .new
      record.poststart = plan.hooks.poststart ?? []
      record.poststop = plan.hooks.poststop ?? []
      record.resourceControl = plan.resourceControl.map { ResourceControl($0) }
      return record
    }
  }

  /// Makes the container's process and brings it to where it waits for its start, written down as created.
  func launch() throws(OperationError) {
    if !plan.beginsBeforeCgroups { try owePoststop() }
    let process = try makeProcess()
    self.process = process
    if plan.beginsBeforeCgroups {
      try letIntoCgroups(process)
      try owePoststop()
    }
    try identify(process)
    try mapIDs(process)
    try controlResources(process)
    try awaitReady(process)
    try writeDown(process)
    try OperationError.wrapping { () throws(SystemCallError) in
      try pidfdSocket?.send(process.pidfd, name: "standard")
    }
    try writePIDFile(process)
    try RuntimeStep.persistedTold.begin()
    request.debug?("init: closing the pipe to signal completion: the container is written down as created")
    try tell(process, .persisted)
    try RuntimeStep.persistedTold.end()
  }

  /// From here on the container is one that others find: created, or after a restore running.
  func writeDown(_ process: InitProcess) throws(OperationError) {
    try RuntimeStep.recordCreated.begin()
    record.phase = .created
    record.namespaces = try OperationError.wrapping { () throws(SystemCallError) in
      try NamespaceNumbers.of(process: process.pid)
    }
    try persist()
    try RuntimeStep.recordCreated.end()
  }

  /// Now, while the process is busy: later it waits for this one.
  func identify(_ process: InitProcess) throws(OperationError) {
    record.initProcess = try fromKernel(ProcessIdentity.of(pid: process.pid)?.identity)
  }

  func writePIDFile(_ process: InitProcess) throws(OperationError) {
    guard let path = request.pidFile else { return }
    try RuntimeStep.pidFileWritten.begin()
    try OperationError.wrapping { () throws(SystemCallError) in try PIDFile.write(process.pid, path) }
    try RuntimeStep.pidFileWritten.end()
  }

  /// Before anything that a poststop hook could have to undo; also by whoever cleans up after a kill of this process.
  private func owePoststop() throws(OperationError) {
    if record.poststop.isEmpty { return }
    record.owesPoststop = true
    try persist()
  }

  /// Those that were left for later, if any.
  func makeRemainingCgroups() throws(OperationError) {
    if !plan.beginsBeforeCgroups { return }
    try RuntimeStep.cgroupMade.begin()
    try fromCgroups(cgroups?.finish())
    try RuntimeStep.cgroupMade.end()
  }

  /// Makes the cgroups, while the container's process makes its namespaces and mounts, and hands it the ways in.
  private func letIntoCgroups(_ process: InitProcess) throws(OperationError) {
    try makeRemainingCgroups()
    guard let planned = record.cgroups else { throw OperationError("", "", .message("no cgroup was planned")) }
    let entrance = try fromCgroups(Cgroup(planned).openEntrance())
    try tell(process, .cgroupsMade, descriptors: entrance.descriptors)
    entrance.close()
  }

  /// For `run`: waits until the program runs in the place of the init, then runs the poststart hooks.
  func awaitProgram() throws(OperationError) {
    guard let process else { return }
    try RuntimeStep.startSent.begin()
    let said = try OperationError.wrapping { () throws(SystemCallError) in try process.awaitProgram() }
    if let said { throw failure(process, said) }
    try RuntimeStep.startSent.end()
    if record.poststart.isEmpty { return }
    try RuntimeStep.poststartRun.begin()
    let state = hookState.json(status: "running", pid: process.pid)
    try HookRunner.runOperation(record.poststart, .poststart, state: state, folder: plan.bundle)
    try RuntimeStep.poststartRun.end()
  }

  /// Lets the container live.
  func commit() throws(OperationError) -> InitProcess? {
    isCommitted = true
    process?.release()
    if let reservation = cgroups.take() {
      do { _ = try reservation.commit() } catch { throw OperationError(error) }
    }
    return process
  }

  var hookState: HookState {
    HookState(
      ociVersion: record.ociVersion, id: plan.id, bundle: plan.bundle.string, annotations: plan.annotations)
  }

  func persist() throws(OperationError) {
    try OperationError.wrapping { () throws(SystemCallError) in try folder.write(record) }
  }

  private func makeProcess() throws(OperationError) -> InitProcess {
    if let seccomp = plan.seccomp { request.debug?(seccomp.debugText) }
    request.debug?("nsexec container setup: \(sequence.steps.count) steps for the container's process")
    if Timeline.isOn { Timeline.sequence = sequence.timeline }
    try RuntimeStep.sourcesOpened.begin()
    let sources = try SourceOpener.open(sequence)
    try RuntimeStep.sourcesOpened.end()
    try RuntimeStep.cloned.begin()
    guard let planned = record.cgroups else { throw OperationError("", "", .message("no cgroup was planned")) }
    let cgroup = try fromCgroups(Cgroup(planned))
    let entrance = plan.beginsBeforeCgroups ? cgroup.expectedEntrance() : try fromCgroups(cgroup.openEntrance())
    var unified = DescriptorList()
    if let folder = try fromCgroups(cgroup.openUnified()) { unified.append(folder) }
    let fifo = sequence.startsByFIFO ? try fromKernel(StartFIFO.make(in: folder)) : nil
    let pair = try fromKernel(Descriptor.socketPair(.sequencedPacket))
    let progress = try fromKernel(SharedWord())
    let run = InitRun(
      sequence: sequence, process: plan.process, sources: sources, runtime: pair.second,
      progress: progress.duplicate(), cgroups: entrance, startFIFO: fifo, hookState: hookState)
    // Not dumpable: nothing that shares a pid namespace may look into the init before its exec (CVE-2016-9962).
    // Where only the process itself can give privileges over it, its id maps could not be written then.
    if !sequence.opensTreesInside && Defence.notDumpable.isOn {
      try fromKernel(CurrentProcess.control(.dumpable, 0))
    }
    let child = try Launcher(
      plan.namespaces, laterNamespaces: plan.beginsBeforeCgroups, cgroup: unified.numbers.first
    ).launch(run, into: cgroup)
    let process = InitProcess(child, channel: pair.first, progress: progress)
    Timeline.sequence?.pid = process.pid
    if !plan.beginsBeforeCgroups { try fromCgroups(cgroups?.settle()) }
    try RuntimeStep.cloned.end()
    request.debug?("child process in init(): it has pid \(process.pid)")
    return process
  }

  private func mapIDs(_ process: InitProcess) throws(OperationError) {
    if let score = plan.process.oomScoreAdj {
      try OperationError.wrapping { () throws(SystemCallError) in
        try Descriptor.open(HostPath(constant: "/proc").appending("\(process.pid)/oom_score_adj"), .writeOnly)
          .writeOnce(String(score))
      }
    }
    if !sequence.makesUserNamespace { return }
    try RuntimeStep.idsMapped.begin()
    try OperationError.wrapping { () throws(SystemCallError) in
      let maps = IDMaps(uids: plan.uidMappings, gids: plan.gidMappings)
      try maps.write(process: process.pid, pidfd: process.pidfd, isPrivileged: CurrentProcess.effectiveUser == 0)
    }
    try RuntimeStep.idsMapped.end()
    try tell(process, .idsMapped)
  }

  private func controlResources(_ process: InitProcess) throws(OperationError) {
    guard let control = plan.resourceControl else { return }
    do throws(SystemCallError) { try record.resourceControl?.apply(control, to: process.pid) } catch {
      throw OperationError("", "", .properties([PropertyError("config.json.linux.intelRdt", error.description)]))
    }
  }

  /// Serves the init until it says that it is ready.
  private func awaitReady(_ process: InitProcess) throws(OperationError) {
    try RuntimeStep.initReady.begin()
    while true {
      let bytes = try receive(process)
      switch InitMessage(bytes, stepCount: sequence.steps.count) {
      case .ready: return try RuntimeStep.initReady.end()
      case .listenerDue: try handOverListener(process)
      case .terminalOpened:
        try OperationError.wrapping { () throws(SystemCallError) in try terminal.accept(process.takeDescriptor()) }
      case .networkDevicesDue:
        try NetworkDevices.move(plan.networkDevices, into: process.pid)
        try tell(process, .devicesMoved)
      case .idMapDue(let source): try setIDMap(source, process)
      case .runtimeHooksDue: try runRuntimeHooks(process)
      case .executing, .failed, nil: throw failure(process, bytes)
      }
    }
  }

  /// In the order of the steps and each once; the kernel takes none but the root of a detached mount.
  private func setIDMap(_ source: Int, _ process: InitProcess) throws(OperationError) {
    guard source > lastMapped, sequence.sources.indices.contains(source),
      case .mapping(let idMap, _) = sequence.sources[source],
      let step = sequence.steps.firstIndex(where: { $0.usesSource(source) })
    else { throw OperationError("", "", .message("the container's process asks for an id map that it does not have")) }
    lastMapped = source
    do throws(SystemCallError) { try SourceOpener.set(idMap, of: process.takeDescriptor()) } catch {
      throw failure(process, InitMessage.failed(step: step, error).bytes)
    }
    try tell(process, .idMapSet)
  }

  private func handOverListener(_ process: InitProcess) throws(OperationError) {
    guard let listener = plan.seccomp?.listener else {
      throw OperationError("", "", .message("the container's process asks for a listener that it does not have"))
    }
    let state = State(
      ociVersion: record.ociVersion, id: plan.id, status: .creating, pid: process.pid, bundle: plan.bundle.string,
      annotations: plan.annotations)
    try OperationError.wrapping { () throws(SystemCallError) in
      try SeccompListener.handOver(process.progress.value, of: process, to: listener, state: state)
    }
    try tell(process, .listenerTaken)
  }

  private func runRuntimeHooks(_ process: InitProcess) throws(OperationError) {
    try runRuntimeHooks(pid: process.pid)
    try tell(process, .hooksDone)
  }

  func runRuntimeHooks(pid: Int32) throws(OperationError) {
    try RuntimeStep.hooksRun.begin()
    let state = hookState.json(status: "creating", pid: pid)
    try HookRunner.runOperation(plan.hooks.prestart ?? [], .prestart, state: state, folder: plan.bundle)
    try HookRunner.runOperation(plan.hooks.createRuntime ?? [], .createRuntime, state: state, folder: plan.bundle)
    try RuntimeStep.hooksRun.end()
  }

  private func runPoststopHooks() {
    if !record.owesPoststop { return }
    let hooks = record.poststop
    // Struck from the record first: a delete after a kill of this process must not run them again.
    record.poststop = []
    do throws(OperationError) { try persist() } catch {
      request.log(PropertyError("cleanup", error.summary))
    }
    let state = hookState.json(status: "stopped", pid: nil)
    for failure in HookRunner.runAll(hooks, .poststop, state: state, folder: plan.bundle) {
      request.log(PropertyError("hooks.poststop", failure.text))
    }
  }

  private func tell(
    _ process: InitProcess, _ word: InitRun.Word, descriptors: [Int32] = []
  ) throws(OperationError) {
    do throws(SystemCallError) { try process.channel.send([word.rawValue], descriptors: descriptors) } catch {
      // The init is gone; what it said last says why.
      throw failure(process, try receive(process))
    }
  }

  private func receive(_ process: InitProcess) throws(OperationError) -> [UInt8] {
    try OperationError.wrapping { () throws(SystemCallError) in try process.receive() }
  }

  /// What became of the init, from what it said or, when it said nothing, from how far it came.
  private func failure(_ process: InitProcess, _ message: [UInt8]) -> OperationError {
    let report = InitFailureReport(sequence: sequence, process: plan.process)
    let error = report.error(message, progress: process.progress.value)
    return Defence.shortageTold.isOn ? MemoryShortage(plan: plan, cgroup: record.cgroups).explaining(error) : error
  }
}
