public import Kernel
internal import OCI

/// The ordered list of what the container's process does, with the descriptors that the parent must open for it before
/// the clone. The order is the security policy; the parent and the child hold the same one.
public struct InitSequence: Equatable, Sendable {
  public private(set) var steps: [InitStep] = []
  /// What the parent opens, in the order in which the steps refer to it.
  public private(set) var sources: [Source] = []
  /// The clone makes a user namespace, whose ids the runtime maps from outside.
  public let makesUserNamespace: Bool

  public enum Source: Equatable, Sendable {
    case namespace(NamespaceKind, HostPath)
    case root(HostPath)
    /// A running container's first process, for its namespaces.
    case container(ContainerFacts)
    /// Its root, where it has no mount namespace of its own.
    case rootOfContainer(ContainerFacts)
    /// A bind mount's source, as a detached copy of its mount.
    case tree(HostPath, recursive: Bool, idMap: MountPlan.IDMap?, property: String?)
    /// A user namespace for the mapping of a bind mount whose source the container's process looks for by itself.
    case mapping(MountPlan.IDMap, property: String?)
  }

  /// What the call adds to the plan.
  public struct Options: Equatable, Sendable {
    public var startSignal = StartSignal.fifo
    /// Descriptors above standard error that the container keeps.
    public var preservedDescriptors = 0
    public var keyring = true
    /// What nobody can guess of the keyring's name.
    public var keyringSecret = ""
    public init(startSignal: StartSignal = .fifo, preservedDescriptors: Int = 0, keyring: Bool = true) {
      self.startSignal = startSignal
      self.preservedDescriptors = preservedDescriptors
      self.keyring = keyring
    }
  }

  /// The sequence for a container's first process.
  public init(_ plan: Plan, options: Options) {
    makesUserNamespace = plan.namespaces.user == .new
    steps = [.resetInheritedState]
    if plan.beginsBeforeCgroups {
      steps.append(.makeNamespaces(plan.namespaces.madeAfterClone))
    } else {
      steps += [.joinCgroups, .setCPUs(nil)]
    }
    addNamespaces(plan)
    steps.append(.newSession)
    if !plan.timeOffsets.isEmpty || plan.namespaces.time == .new { steps.append(.newTimeNamespace(plan.timeOffsets)) }
    if options.keyring { steps.append(.joinKeyring(SessionKeyring.name(plan.id, options.keyringSecret))) }
    addRoot(plan)
    addIdentity(plan)
    // Root's streams are root's already.
    if plan.process.uid != 0 || plan.namespaces.user != .host {
      steps.append(.ownStandardStreams(uid: plan.process.uid))
    }
    addProcess(plan.process, plan.seccomp, changesGroups: plan.namespaces.user == .host)
    steps.append(.reportReady)
    steps.append(.waitForStart(options.startSignal))
    addEnd(plan.process, plan.seccomp, plan.hooks.startContainer ?? [], options)
  }

  /// The sequence for another process in a container: the namespaces at once, then what its first process went through
  /// too.
  public init(exec plan: ExecPlan, options: Options) {
    makesUserNamespace = false
    steps = [.resetInheritedState, .joinCgroups]
    // With an initial affinity alone, that one stays.
    if let cpus = plan.process.finalCPUs {
      steps.append(.setCPUs(cpus))
    } else if plan.process.initialCPUs == nil {
      steps.append(.setCPUs(nil))
    }
    let container = add(.container(plan.container))
    if !plan.container.namespaces.contains(.mount) {
      let root = add(.rootOfContainer(plan.container))
      steps.append(.attachRoot(HostPath(constant: "/"), descriptor: root))
      steps.append(.changeRoot)
    }
    // The intermediate shape enters the namespaces before the process exists; a pid namespace is the parent's to enter.
    let entered = plan.container.namespaces.filter { $0 != .pid }
    if plan.shape != .intermediate && !entered.isEmpty {
      steps.append(.enterContainer(entered, descriptor: container))
    }
    if plan.container.namespaces.contains(.user) { steps.append(.becomeNamespaceRoot) }
    steps.append(.newSession)
    if let keyring = plan.keyring { steps.append(.joinKeyring(keyring)) }
    addTerminal(plan.process, bindsConsole: false)
    if plan.process.uid != 0 || plan.container.namespaces.contains(.user) {
      steps.append(.ownStandardStreams(uid: plan.process.uid))
    }
    addProcess(plan.process, plan.seccomp, changesGroups: plan.container.allowsSettingGroups)
    steps.append(.reportReady)
    steps.append(.waitForStart(.handshake))
    addEnd(plan.process, plan.seccomp, [], options)
  }

  /// From the word to start to the program.
  private mutating func addEnd(
    _ process: ProcessPlan, _ seccomp: SeccompPlan?, _ hooks: [Spec.Hook], _ options: Options
  ) {
    if !hooks.isEmpty {
      // They are the container's as its program is, and go through the same filter (runc).
      addLateFilter(process, seccomp)
      steps.append(.runHooks(.startContainer, hooks))
    }
    steps.append(.checkWorkingDirectory)
    steps.append(.closeDescriptors(preserved: options.preservedDescriptors))
    // After the filter the last word might be refused.
    steps.append(.announceProgram)
    if hooks.isEmpty { addLateFilter(process, seccomp) }
    steps.append(.execute)
  }

  /// Whether it enters a container that runs already.
  var entersContainer: Bool {
    sources.contains { source in if case .container = source { true } else { false } }
  }

  /// The root file system and bind sources are opened by the container's process, not by the runtime.
  var opensTreesInside: Bool { steps.contains { if case .openTrees = $0 { true } else { false } } }

  var startsByFIFO: Bool { steps.contains { if case .waitForStart(.fifo) = $0 { true } else { false } } }

  private mutating func add(_ source: Source) -> Int {
    sources.append(source)
    return sources.count - 1
  }

  private mutating func addNamespaces(_ plan: Plan) {
    // The intermediate shape enters its namespaces before the container's process exists.
    for (kind, path) in plan.namespaces.joined {
      let descriptor = add(.namespace(kind, path))
      if plan.namespaces.shape == .direct || (plan.namespaces.shape == .throughPidNamespace && kind != .pid) {
        steps.append(.enterNamespace(kind, path: path, descriptor: descriptor))
      }
    }
    if plan.namespaces.user != .host { steps.append(.becomeNamespaceRoot) }
    if plan.namespaces.network == .new { steps.append(.bringUpLoopback) }
    // Before the sysctls, which may be theirs, and before every hook.
    if !plan.networkDevices.isEmpty { steps.append(.waitForNetworkDevices(plan.networkDevices.map { $0.newName })) }
  }

  private mutating func addRoot(_ plan: Plan) {
    let root = plan.root
    let descriptor = add(.root(root.path))
    if root.entry == .chroot {
      steps.append(.attachRoot(root.path, descriptor: descriptor))
      if plan.namespaces.cgroup == .new { steps.append(.newCgroupNamespace) }
      addHooks(plan)
      addTerminal(plan.process, bindsConsole: false)
      steps.append(.changeRoot)
      return
    }
    if plan.namespaces.mount == .new {
      steps.append(.isolateMounts(root.propagation?.kind == .privateMount ? .privateMount : .slave))
    }
    // Before anything is mounted: paths mean what they mean on the host.
    if plan.opensTreesInside { steps.append(.openTrees) }
    steps.append(.attachRoot(root.path, descriptor: descriptor))
    // A cgroup namespace takes the cgroup of its maker for its root, so it comes after the joining.
    if plan.namespaces.cgroup == .new && !plan.beginsBeforeCgroups { steps.append(.newCgroupNamespace) }
    for sysctl in plan.sysctl { steps.append(.setSysctl(sysctl)) }
    for mount in plan.mounts { addMount(mount, plan) }
    if plan.beginsBeforeCgroups { joinCgroupsLate(plan) }
    if plan.furnishesDevices {
      for device in plan.devices { steps.append(.makeDevice(device)) }
      steps.append(.makeDeviceLinks)
    }
    steps.append(.makeWorkingDirectory(plan.process.workingDirectory))
    addHooks(plan)
    addTerminal(plan.process, bindsConsole: true)
    for mount in plan.mounts where mount.becomesReadOnlyLast { steps.append(.makeMountReadOnly(mount)) }
    if root.readOnly { steps.append(.makeRootReadOnly) }
    for path in plan.readonlyPaths { steps.append(.makeReadOnly(path)) }
    if !plan.maskedPaths.isEmpty { steps.append(.maskPaths(plan.maskedPaths)) }
    steps.append(root.entry == .pivot ? .pivotRoot : .moveRoot)
    if plan.furnishesDevices && !plan.process.terminal { steps.append(.reopenNullStreams) }
    if let propagation = root.propagation { steps.append(.setRootPropagation(propagation)) }
  }

  /// Once: before the first mount that shows them, or before anything but a mount.
  private mutating func joinCgroupsLate(_ plan: Plan) {
    if steps.contains(where: { if case .joinCgroups = $0 { true } else { false } }) { return }
    steps += [.joinCgroups, .setCPUs(nil)]
    if plan.namespaces.cgroup == .new { steps.append(.newCgroupNamespace) }
  }

  private mutating func addMount(_ mount: MountPlan, _ plan: Plan) {
    switch mount.source {
    case .bind(let path, let recursive):
      let descriptor = add(.tree(path, recursive: recursive, idMap: mount.idMap, property: mount.property))
      steps.append(.mount(mount, descriptor: descriptor))
    case .bindInside:
      let mapping = mount.idMap.map { add(.mapping($0, property: mount.property)) }
      steps.append(.mount(mount, descriptor: mapping))
    case .fileSystem:
      steps.append(.mount(mount, descriptor: nil))
    case .cgroup:
      if plan.beginsBeforeCgroups { joinCgroupsLate(plan) }
      steps.append(.mountCgroups(mount, CgroupView(plan)))
    }
  }

  private mutating func addTerminal(_ process: ProcessPlan, bindsConsole: Bool) {
    if !process.terminal { return }
    steps.append(.openTerminal(process.consoleSize))
    if bindsConsole { steps.append(.bindConsole) }
    steps.append(.takeTerminal)
  }

  private mutating func addHooks(_ plan: Plan) {
    let runtime = (plan.hooks.prestart ?? []) + (plan.hooks.createRuntime ?? [])
    if !runtime.isEmpty { steps.append(.waitForRuntimeHooks) }
    if let hooks = plan.hooks.createContainer, !hooks.isEmpty { steps.append(.runHooks(.createContainer, hooks)) }
  }

  /// With no_new_privs the filter is the last thing before the program, so that it need not allow what comes before.
  private static func loadsLate(_ seccomp: SeccompPlan, _ process: ProcessPlan) -> Bool {
    process.noNewPrivileges && seccomp.listener == nil && Defence.lateFilter.isOn
  }

  private mutating func addLateFilter(_ process: ProcessPlan, _ seccomp: SeccompPlan?) {
    if let seccomp, InitSequence.loadsLate(seccomp, process) { steps.append(.loadFilter(seccomp)) }
  }

  private mutating func addIdentity(_ plan: Plan) {
    if let name = plan.hostname { steps.append(.setHostName(name)) }
    if let name = plan.domainname { steps.append(.setDomainName(name)) }
  }

  /// The attributes and privileges of the process, in the order that section C3 of the security cases gives: what needs
  /// privileges first, the bounding set before the user, the user before the final sets.
  private mutating func addProcess(_ process: ProcessPlan, _ seccomp: SeccompPlan?, changesGroups: Bool) {
    for limit in process.resourceLimits { steps.append(.setResourceLimit(limit)) }
    if let scheduler = process.scheduler { steps.append(.setScheduler(scheduler)) }
    if let priority = process.ioPriority { steps.append(.setIOPriority(priority)) }
    if let policy = process.memoryPolicy { steps.append(.setMemoryPolicy(policy)) }
    if let personality = process.personality { steps.append(.setPersonality(personality)) }
    // First as the runtime's user, who may enter what the container's may not; else as the container's (runc).
    steps.append(.enterWorkingDirectory(process.workingDirectory, again: false))
    // Before no_new_privs and the filter, either of which could stand in the way.
    for label in process.labels { steps.append(.setLabel(label)) }
    // Without no_new_privs the filter needs CAP_SYS_ADMIN, which is about to go. One that somebody answers is loaded
    // while the runtime is there to hand its descriptor over.
    if let seccomp, !InitSequence.loadsLate(seccomp, process) {
      if process.noNewPrivileges { steps.append(.setNoNewPrivileges) }
      steps.append(.loadFilter(seccomp))
    }
    steps.append(.dropBounding(process.capabilities.bounding))
    steps.append(
      .setUser(
        uid: process.uid, gid: process.gid, additionalGids: process.additionalGids,
        changesGroups: process.mayChangeGroups && (!process.additionalGids.isEmpty || changesGroups)))
    steps.append(.setCapabilities(process.capabilities))
    steps.append(.setUmask(process.umask))
    let isForbidden = steps.contains { if case .setNoNewPrivileges = $0 { true } else { false } }
    if process.noNewPrivileges && !isForbidden { steps.append(.setNoNewPrivileges) }
    steps.append(.enterWorkingDirectory(process.workingDirectory, again: true))
    steps.append(.findProgram)
  }
}
