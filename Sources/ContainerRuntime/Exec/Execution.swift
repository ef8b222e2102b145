internal import Cgroups
internal import JSON
internal import Kernel
internal import OCI

extension Container {
  /// Runs another process in a container, which is a child of this process. Its program runs on return.
  package static func execute(_ request: ExecRequest) throws(OperationError) -> RunningProcess {
    let execution = try Execution(request)
    try execution.launch()
    return RunningProcess(try execution.commit(), execution.terminal.relay)
  }
}

/// A process on its way into a container. It is killed when this goes away before it is committed.
final class Execution {
  private let request: ExecRequest
  private let container: Container
  private let plan: ExecPlan
  private let sequence: InitSequence
  private let cgroup: Cgroup
  let terminal: TerminalUse
  private let pidfdSocket: CallerSocket?
  private var process: InitProcess?

  /// Finds the container and decides.
  init(_ request: ExecRequest) throws(OperationError) {
    self.request = request
    container = try Container(request.id, in: request.store)
    switch try container.status() {
    case .created, .running: break
    case .paused:
      if !request.ignoresPaused && Defence.pausedExec.isOn {
        throw Execution.refusal("cannot exec in a paused container (use --ignore-paused to override)")
      }
    case .stopped: throw Execution.refusal("cannot exec in a stopped container")
    case .creating: throw Execution.refusal("cannot exec in a container that is being created")
    }
    plan = try Execution.plan(request, container)
    for warning in plan.warnings { request.log(warning) }
    terminal = try TerminalUse(isWanted: plan.process.terminal, request.access)
    sequence = InitSequence(
      exec: plan,
      options: InitSequence.Options(startSignal: .handshake, preservedDescriptors: request.preservedDescriptors))
    guard let whole = try container.cgroup else { throw Execution.refusal("the container has no cgroup") }
    cgroup = try SubCgroup.find(request.cgroups, in: whole)
    pidfdSocket = try OperationError.wrapping { () throws(SystemCallError) in
      try CallerSocket(request.access.pidfdSocket)
    }
  }

  private static func plan(_ request: ExecRequest, _ container: Container) throws(OperationError) -> ExecPlan {
    guard let identity = container.record.initProcess else { throw refusal("cannot exec in a stopped container") }
    var spec = try container.storedSpec()
    var document = "config.json"
    if let file = request.processFile {
      document = file.lastComponent
      let bytes = try OperationError.wrapping { () throws(SystemCallError) in
        try Descriptor.open(file, [.readOnly, .noControllingTerminal]).readAll(limit: Bundle.sizeLimit)
      }
      spec.process = try Execution.process(bytes, named: document, completedBy: spec.process)
    } else if let bytes = request.processDescription {
      document = "process"
      spec.process = try Execution.process(bytes, named: document, completedBy: spec.process)
    } else if request.changes.arguments.isEmpty {
      throw refusal("exec args cannot be empty")
    }
    if var process = spec.process {
      try request.changes.apply(to: &process)
      spec.process = process
    }
    let facts = try facts(identity, container.record.namespaces)
    var host = ExecHostFacts(
      lastCapability: Host.lastCapability(), capabilities: try fromKernel(Credentials.permittedCapabilities()),
      effectiveUser: CurrentProcess.effectiveUser)
    host.mayChangeGroups = CurrentProcess.mayChangeGroups
    host.hasAppArmor = !(spec.process?.apparmorProfile ?? "").isEmpty && SecurityModules.hasAppArmor
    host.hasSELinux = !(spec.process?.selinuxLabel ?? "").isEmpty && SecurityModules.hasSELinux
    do throws(InvalidConfiguration) {
      return try ExecPlan(
        id: container.record.id, spec: spec, document: document, container: facts, host: host,
        keyring: container.record.keyring)
    } catch {
      throw OperationError(error)
    }
  }

  private static func facts(
    _ process: ProcessIdentity, _ namespaces: StringMap<String>
  ) throws(OperationError) -> ContainerFacts {
    do throws(SystemCallError) { return try ContainerFacts.discover(process, recorded: namespaces) } catch {
      if error.errno == .noSuchFile || error.errno == .noSuchProcess {
        throw ended
      }
      // What the kernel says of the namespaces of a process that was reaped since its folder was opened.
      if error.errno == .accessDenied, try fromKernel(ProcessIdentity.of(pid: process.pid)?.identity != process) {
        throw ended
      }
      throw OperationError(error)
    }
  }

  /// What the description leaves open and confines the process is the container's.
  private static func process(
    _ bytes: [UInt8], named document: String, completedBy own: Spec.Process?
  ) throws(OperationError) -> Spec.Process {
    var process: Spec.Process
    do { process = try Spec.Process(json: bytes, named: document) } catch { throw OperationError(error) }
    guard Defence.execConfinement.isOn else { return process }
    process.capabilities = process.capabilities ?? own?.capabilities
    process.rlimits = process.rlimits ?? own?.rlimits
    process.noNewPrivileges = process.noNewPrivileges ?? own?.noNewPrivileges
    process.apparmorProfile = process.apparmorProfile ?? own?.apparmorProfile
    process.selinuxLabel = process.selinuxLabel ?? own?.selinuxLabel
    process.oomScoreAdj = process.oomScoreAdj ?? own?.oomScoreAdj
    process.scheduler = process.scheduler ?? own?.scheduler
    process.ioPriority = process.ioPriority ?? own?.ioPriority
    process.execCPUAffinity = process.execCPUAffinity ?? own?.execCPUAffinity
    if process.user?.umask == nil, let umask = own?.user?.umask {
      process.user = process.user ?? Spec.User()
      process.user?.umask = umask
    }
    return process
  }

  /// Makes the process and waits until its program runs.
  func launch() throws(OperationError) {
    do throws(OperationError) {
      request.debug?("nsexec container setup: \(sequence.steps.count) steps for the process")
      try RuntimeStep.execEntered.begin()
      let process = try makeProcess()
      Timeline.sequence?.pid = process.pid
      self.process = process
      request.debug?("child process in init(): it has pid \(process.pid)")
      try fromKernel(setOOMScore(process))
      if let control = container.record.resourceControl { try fromKernel(control.add(process.pid)) }
      try awaitReady(process)
      try checkContainer()
      try checkNamespaces(of: process)
      try RuntimeStep.execEntered.end()
      if let pidfdSocket { try fromKernel(pidfdSocket.send(process.pidfd, name: "setns")) }
      request.debug?("setns_init: about to exec \(quoted(plan.process.args[0]))")
      try RuntimeStep.execTold.begin()
      try tell(process, .persisted)
      if let said = try fromKernel(process.awaitProgram()) { throw failure(process, said) }
      try RuntimeStep.execTold.end()
      if let path = request.pidFile { try fromKernel(PIDFile.write(process.pid, path)) }
    } catch {
      throw explained(error)
    }
  }

  /// When the container has ended meanwhile, that is why: entering the namespaces of a process that goes fails in many ways.
  private func explained(_ error: OperationError) -> OperationError {
    guard case .systemCall = error.cause else { return error }
    do { try checkContainer() } catch { return Execution.ended }
    return error
  }

  /// Lets the process live.
  func commit() throws(OperationError) -> InitProcess {
    guard let process else { throw Execution.refusal("there is no process") }
    process.release()
    return process
  }

  private func makeProcess() throws(OperationError) -> InitProcess {
    if Timeline.isOn { Timeline.sequence = sequence.timeline }
    let sources = try SourceOpener.open(sequence)
    let entrance = try fromCgroups(cgroup.openEntrance())
    var unified = DescriptorList()
    if let folder = try fromCgroups(cgroup.openUnified()) { unified.append(folder) }
    let pair = try fromKernel(Descriptor.socketPair(.sequencedPacket))
    let progress = try fromKernel(SharedWord())
    let run = InitRun(
      sequence: sequence, process: plan.process, sources: sources, runtime: pair.second,
      progress: progress.duplicate(), cgroups: entrance, startFIFO: nil, hookState: container.hookState)
    // Not dumpable: what shares the pid namespace may look into the process until its exec (CVE-2016-9962).
    if Defence.notDumpable.isOn { try fromKernel(CurrentProcess.control(.dumpable, 0)) }
    // The process inherits it: it must hold before the process is in the container's cgroups, and a clone may begin there.
    if let cpus = plan.process.initialCPUs {
      try fromKernel(ProcessAttributes.setAffinity(cpus))
      request.debug?("nsexec: affinity: 0x\(cpus.mask)")
    }
    return InitProcess(try launch(run, into: unified.numbers.first), channel: pair.first, progress: progress)
  }

  /// A container that has given controllers to cgroups below its own has a cgroup which takes no process any more
  /// (EBUSY; cgroups(7), "no internal processes"): the process begins where the first one is (runc#2356).
  private func launch(_ run: InitRun, into folder: Int32?) throws(OperationError) -> ChildProcess {
    do throws(OperationError) {
      return try Launcher(plan, cgroup: folder).launch(run, into: cgroup)
    } catch {
      guard case .systemCall(let cause) = error.cause, cause.errno == .busy, request.cgroups.isEmpty,
        let own = try fromCgroups(cgroup.openUnified(ofProcess: plan.container.process.pid))
      else { throw error }
      return try fromKernel(Launcher(plan, cgroup: own.number).launch(run))
    }
  }

  private func setOOMScore(_ process: InitProcess) throws(SystemCallError) {
    guard let score = plan.process.oomScoreAdj else { return }
    try Descriptor.open(HostPath(constant: "/proc").appending("\(process.pid)/oom_score_adj"), .writeOnly)
      .writeOnce(String(score))
  }

  private func awaitReady(_ process: InitProcess) throws(OperationError) {
    while true {
      let bytes = try fromKernel(process.receive())
      switch InitMessage(bytes, stepCount: sequence.steps.count) {
      case .ready: return
      case .listenerDue: try handOverListener(process)
      case .terminalOpened: try takeTerminal(process)
      case .networkDevicesDue, .idMapDue, .runtimeHooksDue, .executing, .failed, nil: throw failure(process, bytes)
      }
    }
  }

  private func takeTerminal(_ process: InitProcess) throws(OperationError) {
    do { try terminal.accept(try process.takeDescriptor()) } catch { throw OperationError(error) }
  }

  private func handOverListener(_ process: InitProcess) throws(OperationError) {
    guard let listener = plan.seccomp?.listener else {
      throw Execution.refusal("the process asks for a listener that it does not have")
    }
    let record = container.record
    let state = State(
      ociVersion: record.ociVersion, id: record.id, status: .running, pid: plan.container.process.pid,
      bundle: record.bundle, annotations: record.annotations)
    try fromKernel(SeccompListener.handOver(process.progress.value, of: process, to: listener, state: state))
    try tell(process, .listenerTaken)
  }

  /// A container that ended while its namespaces were entered: whoever ends one kills what is in its cgroups after its
  /// first process, so a process that is in them while the first one lives is not forgotten (security case E39).
  private func checkContainer() throws(OperationError) {
    guard Defence.execAtTheEnd.isOn else { return }
    if try fromKernel(!container.isAlive(plan.container.process)) { throw Execution.ended }
  }

  /// Between the look at the first process's namespaces and the entering of them it may have gone elsewhere, and be back
  /// by now: what counts is where the new process has come to (security case S8).
  private func checkNamespaces(of process: InitProcess) throws(OperationError) {
    guard Defence.namespaceIdentity.isOn else { return }
    let entered = try fromKernel(NamespaceNumbers.of(process: process.pid))
    for kind in NamespaceNumbers.order {
      guard let own = entered[kind.fileName], let wanted = container.record.namespaces[kind.fileName] else { continue }
      if own != wanted { throw OperationError(ContainerFacts.hasLeft(kind)) }
    }
  }

  private func tell(_ process: InitProcess, _ word: InitRun.Word) throws(OperationError) {
    do throws(SystemCallError) { try process.channel.send([word.rawValue]) } catch {
      throw failure(process, try fromKernel(process.receive()))
    }
  }

  private func failure(_ process: InitProcess, _ message: [UInt8]) -> OperationError {
    var error = InitFailureReport(sequence: sequence, process: plan.process).error(
      message, progress: process.progress.value)
    if case .message(let text) = error.cause { error.cause = .message("exec failed: \(text)") }
    return error
  }

  private static var ended: OperationError { refusal("cannot exec in a stopped container: it ended meanwhile") }

  private static func refusal(_ text: String) -> OperationError { OperationError("", "", .message(text)) }
}
