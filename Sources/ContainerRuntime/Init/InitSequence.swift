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
    /// A bind mount's source, as a detached copy of its mount.
    case tree(HostPath, recursive: Bool, idMap: MountPlan.IDMap?, property: String?)
  }

  /// What the call adds to the plan.
  public struct Options: Equatable, Sendable {
    public var startSignal = StartSignal.fifo
    /// Descriptors above standard error that the container keeps.
    public var preservedDescriptors = 0
    public var keyring = true
    public init(startSignal: StartSignal = .fifo, preservedDescriptors: Int = 0, keyring: Bool = true) {
      self.startSignal = startSignal
      self.preservedDescriptors = preservedDescriptors
      self.keyring = keyring
    }
  }

  /// The sequence for a container's first process.
  public init(_ plan: Plan, options: Options) {
    makesUserNamespace = plan.namespaces.user == .new
    steps = [.resetInheritedState, .joinCgroups]
    addNamespaces(plan)
    steps.append(.newSession)
    if !plan.timeOffsets.isEmpty || plan.namespaces.time == .new { steps.append(.newTimeNamespace(plan.timeOffsets)) }
    if options.keyring { steps.append(.joinKeyring("_ses.\(plan.id)")) }
    addRoot(plan)
    addIdentity(plan)
    addProcess(plan)
    steps.append(.reportReady)
    steps.append(.waitForStart(options.startSignal))
    if let hooks = plan.hooks.startContainer, !hooks.isEmpty { steps.append(.runHooks(.startContainer, hooks)) }
    steps.append(.checkWorkingDirectory)
    steps.append(.closeDescriptors(preserved: options.preservedDescriptors))
    if let seccomp = plan.seccomp, loadsFilterLate(plan) { steps.append(.loadFilter(seccomp)) }
    steps.append(.execute)
  }

  var startsByFIFO: Bool { steps.contains(.waitForStart(.fifo)) }

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
  }

  private mutating func addRoot(_ plan: Plan) {
    let root = plan.root
    let descriptor = add(.root(root.path))
    if root.entry == .chroot {
      steps.append(.attachRoot(root.path, descriptor: descriptor))
      if plan.namespaces.cgroup == .new { steps.append(.newCgroupNamespace) }
      addHooks(plan)
      steps.append(.changeRoot)
      return
    }
    if plan.namespaces.mount == .new {
      steps.append(.isolateMounts(root.propagation?.kind == .privateMount ? .privateMount : .slave))
    }
    steps.append(.attachRoot(root.path, descriptor: descriptor))
    // A cgroup namespace takes the cgroup of its maker for its root, so it comes after the joining.
    if plan.namespaces.cgroup == .new { steps.append(.newCgroupNamespace) }
    for sysctl in plan.sysctl { steps.append(.setSysctl(sysctl)) }
    for mount in plan.mounts { addMount(mount, plan) }
    if plan.furnishesDevices {
      for device in plan.devices { steps.append(.makeDevice(device)) }
      steps.append(.makeDeviceLinks)
    }
    steps.append(.makeWorkingDirectory(plan.process.workingDirectory))
    addHooks(plan)
    if root.readOnly { steps.append(.makeRootReadOnly) }
    for path in plan.readonlyPaths { steps.append(.makeReadOnly(path)) }
    if !plan.maskedPaths.isEmpty { steps.append(.maskPaths(plan.maskedPaths)) }
    steps.append(root.entry == .pivot ? .pivotRoot : .moveRoot)
    if let propagation = root.propagation { steps.append(.setRootPropagation(propagation)) }
  }

  private mutating func addMount(_ mount: MountPlan, _ plan: Plan) {
    switch mount.source {
    case .bind(let path, let recursive):
      let descriptor = add(.tree(path, recursive: recursive, idMap: mount.idMap, property: mount.property))
      steps.append(.mount(mount, descriptor: descriptor))
    case .fileSystem:
      steps.append(.mount(mount, descriptor: nil))
    case .cgroup:
      steps.append(.mountCgroups(mount, CgroupView(plan)))
    }
  }

  private mutating func addHooks(_ plan: Plan) {
    let runtime = (plan.hooks.prestart ?? []) + (plan.hooks.createRuntime ?? [])
    if !runtime.isEmpty { steps.append(.waitForRuntimeHooks) }
    if let hooks = plan.hooks.createContainer, !hooks.isEmpty { steps.append(.runHooks(.createContainer, hooks)) }
  }

  /// With no_new_privs the filter is the last thing before the program, so that it need not allow what comes before.
  private func loadsFilterLate(_ plan: Plan) -> Bool {
    plan.process.noNewPrivileges && plan.seccomp?.listener == nil
  }

  private mutating func addIdentity(_ plan: Plan) {
    if let name = plan.hostname { steps.append(.setHostName(name)) }
    if let name = plan.domainname { steps.append(.setDomainName(name)) }
  }

  /// The attributes and privileges of the process, in the order that section C3 of the security cases gives: what needs
  /// privileges first, the bounding set before the user, the user before the final sets.
  private mutating func addProcess(_ plan: Plan) {
    let process = plan.process
    for limit in process.resourceLimits { steps.append(.setResourceLimit(limit)) }
    if let scheduler = process.scheduler { steps.append(.setScheduler(scheduler)) }
    if let priority = process.ioPriority { steps.append(.setIOPriority(priority)) }
    if let personality = process.personality { steps.append(.setPersonality(personality)) }
    // Without no_new_privs the filter needs CAP_SYS_ADMIN, which is about to go. One that somebody answers is loaded
    // while the runtime is there to hand its descriptor over.
    if let seccomp = plan.seccomp, !loadsFilterLate(plan) {
      if process.noNewPrivileges { steps.append(.setNoNewPrivileges) }
      steps.append(.loadFilter(seccomp))
    }
    steps.append(.dropBounding(process.capabilities.bounding))
    steps.append(
      .setUser(
        uid: process.uid, gid: process.gid, additionalGids: process.additionalGids,
        changesGroups: !process.additionalGids.isEmpty || plan.namespaces.user == .host))
    steps.append(.setCapabilities(process.capabilities))
    steps.append(.setUmask(process.umask))
    if process.noNewPrivileges && !steps.contains(.setNoNewPrivileges) { steps.append(.setNoNewPrivileges) }
    steps.append(.enterWorkingDirectory(process.workingDirectory))
    steps.append(.findProgram)
  }
}
