public import Kernel
public import OCI
internal import Seccomp

/// One thing that the container's process does before it becomes the user's program. Steps hold no policy: what to do was
/// decided by the plan.
public enum InitStep: Equatable, Sendable {
  case resetInheritedState
  case enterNamespace(NamespaceKind, path: HostPath, descriptor: Int)
  /// All of a running container's namespaces at once, by a descriptor of its first process.
  case enterContainer([NamespaceKind], descriptor: Int)
  case becomeNamespaceRoot
  /// Those that the clone left out, so that the runtime need not wait for them.
  case makeNamespaces([NamespaceKind])
  /// The runtime moves them here from its own network namespace.
  case waitForNetworkDevices([String])
  case bringUpLoopback
  case newSession
  case newTimeNamespace([Plan.TimeOffset])
  case joinKeyring(String)
  case isolateMounts(MountPropagation)
  /// Takes detached copies of the root file system's and the bind sources' mounts.
  case openTrees
  case attachRoot(HostPath, descriptor: Int)
  case setSysctl(Plan.Sysctl)
  case mount(MountPlan, descriptor: Int?)
  case joinCgroups
  case newCgroupNamespace
  case mountCgroups(MountPlan, CgroupView)
  case makeDevice(DevicePlan)
  case makeDeviceLinks
  case makeWorkingDirectory(ContainerPath)
  case waitForRuntimeHooks
  case runHooks(HookPoint, [Spec.Hook])
  /// Opens a pseudoterminal of the container's own and hands its master to the runtime.
  case openTerminal(WindowSize?)
  case bindConsole
  case takeTerminal
  /// The host's null device, among the standard streams, becomes the container's own.
  case reopenNullStreams
  case ownStandardStreams(uid: UInt32)
  case makeMountReadOnly(MountPlan)
  case makeRootReadOnly
  case makeReadOnly(ContainerPath)
  case maskPaths([ContainerPath])
  case pivotRoot
  case moveRoot
  case changeRoot
  case setRootPropagation(MountPlan.Propagation)
  case setHostName(String)
  case setDomainName(String)
  case setResourceLimit(ProcessPlan.ResourceLimit)
  case setScheduler(ProcessPlan.Scheduler)
  case setIOPriority(Int32)
  case setPersonality(UInt)
  case setMemoryPolicy(ProcessPlan.MemoryPolicy)
  /// nil: all that the machine has or will have, so that nothing of the caller's own choice stays.
  case setCPUs(NumberSet?)
  case setLabel(ProcessPlan.SecurityLabel)
  case dropBounding(CapabilityMask)
  case setNoNewPrivileges
  case loadFilter(SeccompPlan)
  case setUser(uid: UInt32, gid: UInt32, additionalGids: [UInt32], changesGroups: Bool)
  case setCapabilities(CapabilitySets)
  case setUmask(UInt32)
  /// - Parameter again: what the runtime's user may not enter, the container's may.
  case enterWorkingDirectory(ContainerPath, again: Bool)
  case findProgram
  case reportReady
  case waitForStart(StartSignal)
  case closeDescriptors(preserved: Int)
  case checkWorkingDirectory
  case announceProgram
  case execute
}

/// How the waiting container is told to go on.
public enum StartSignal: String, Equatable, Sendable {
  /// By a FIFO in the state folder, from any later process.
  case fifo
  /// By the runtime that made it, which stays.
  case handshake
}

/// When a hook runs, in the specification's words.
public enum HookPoint: String, CaseIterable, Equatable, Sendable {
  case prestart, createRuntime, createContainer, startContainer, poststart, poststop
}

extension InitStep {
  /// Whether it is a mount that needs what the runtime has opened under this number.
  func usesSource(_ number: Int) -> Bool {
    if case .mount(_, let source) = self { source == number } else { false }
  }

  /// A short name for faults and traces, in `lower.case.words`.
  public var name: String {
    switch self {
    case .resetInheritedState: "inherited.reset"
    case .enterNamespace(let kind, _, _): "ns.\(kind.fileName).entered"
    case .enterContainer: "container.entered"
    case .becomeNamespaceRoot: "userns.root"
    case .makeNamespaces: "ns.made"
    case .bringUpLoopback: "loopback.up"
    case .waitForNetworkDevices: "netdevices.awaited"
    case .newSession: "session"
    case .newTimeNamespace: "ns.time.made"
    case .joinKeyring: "keyring"
    case .isolateMounts: "mounts.isolated"
    case .openTrees: "trees.opened"
    case .attachRoot: "rootfs.attached"
    case .setSysctl(let sysctl): "sysctl.\(sysctl.key)"
    case .mount(let plan, _): "mount\(plan.target)"
    case .joinCgroups: "cgroups.joined"
    case .newCgroupNamespace: "ns.cgroup.made"
    case .mountCgroups(let plan, _): "cgroups\(plan.target)"
    case .makeDevice(let device): "device\(device.path)"
    case .makeDeviceLinks: "device.links"
    case .makeWorkingDirectory: "cwd.made"
    case .waitForRuntimeHooks: "hooks.awaited"
    case .runHooks(let point, _): "hooks.\(point.rawValue)"
    case .openTerminal: "terminal.opened"
    case .bindConsole: "console.bound"
    case .takeTerminal: "terminal.taken"
    case .reopenNullStreams: "stdio.null"
    case .ownStandardStreams: "streams.owned"
    case .makeMountReadOnly(let plan): "mount.readonly\(plan.target)"
    case .makeRootReadOnly: "rootfs.readonly"
    case .makeReadOnly(let path): "readonly\(path)"
    case .maskPaths: "masked"
    case .pivotRoot: "pivot"
    case .moveRoot: "root.moved"
    case .changeRoot: "chroot"
    case .setRootPropagation: "root.propagation"
    case .setHostName: "hostname"
    case .setDomainName: "domainname"
    case .setResourceLimit(let limit): "rlimit.\(ResourceLimitNames.name(limit.number))"
    case .setScheduler: "scheduler"
    case .setIOPriority: "iopriority"
    case .setPersonality: "personality"
    case .setMemoryPolicy: "memory.policy"
    case .setCPUs: "cpus"
    case .setLabel(.apparmor): "label.apparmor"
    case .setLabel(.selinux): "label.selinux"
    case .dropBounding: "caps.bounding"
    case .setNoNewPrivileges: "nnp"
    case .loadFilter: "seccomp"
    case .setUser: "user"
    case .setCapabilities: "caps"
    case .setUmask: "umask"
    case .enterWorkingDirectory(_, let again): again ? "cwd.entered" : "cwd.tried"
    case .findProgram: "program.found"
    case .reportReady: "ready"
    case .waitForStart: "start.awaited"
    case .closeDescriptors: "descriptors.closed"
    case .checkWorkingDirectory: "cwd.checked"
    case .announceProgram: "program.announced"
    case .execute: "execve"
    }
  }

  /// What it does, as an error or `explain` says it.
  public var text: String {
    switch self {
    case .resetInheritedState: "reset inherited signals and attributes"
    case .enterNamespace(let kind, let path, _): "enter the \(NamespacePlan.name(of: kind)) namespace \(path)"
    case .enterContainer(let kinds, _):
      "enter the container's namespaces (\(kinds.map(NamespacePlan.name).joined(separator: ", ")))"
    case .becomeNamespaceRoot: "become root of the user namespace"
    case .makeNamespaces(let kinds): "make the namespaces (\(kinds.map(NamespacePlan.name).joined(separator: ", ")))"
    case .bringUpLoopback: "bring up the loopback device"
    case .waitForNetworkDevices(let names): "wait for the network devices \(names.joined(separator: ", "))"
    case .newSession: "start a new session"
    case .newTimeNamespace: "make the time namespace"
    case .joinKeyring(let name): "join the session keyring \(SessionKeyring.publicName(name))"
    case .isolateMounts(let kind): "make every mount of the host \(InitStep.word(kind))"
    case .openTrees: "open the root file system and the bind sources"
    case .attachRoot(let path, _): "attach the root file system \(path)"
    case .setSysctl(let sysctl): "set sysctl \(sysctl.key) to \(sysctl.value)"
    case .mount(let plan, _): InitStep.text(of: plan)
    case .joinCgroups: "join the cgroups"
    case .newCgroupNamespace: "make the cgroup namespace"
    case .mountCgroups(let plan, _): "mount the cgroups on \(plan.target)"
    case .makeDevice(let device): "make the device \(device.path)"
    case .makeDeviceLinks: "make the links in /dev"
    case .makeWorkingDirectory(let path): "make the working directory \(path)"
    case .waitForRuntimeHooks: "wait for the hooks of the runtime"
    case .runHooks(let point, let hooks): "run \(hooks.count) \(point.rawValue) hook\(hooks.count == 1 ? "" : "s")"
    case .openTerminal: "open a terminal of the container's devpts"
    case .bindConsole: "bind the terminal on /dev/console"
    case .takeTerminal: "take the terminal as the controlling one"
    case .reopenNullStreams: "open the null device among the standard streams again, inside"
    case .ownStandardStreams(let uid): "give the standard streams to uid \(uid)"
    case .makeMountReadOnly(let plan): "make \(plan.target) read-only"
    case .makeRootReadOnly: "make the root file system read-only"
    case .makeReadOnly(let path): "make \(path) read-only"
    case .maskPaths(let paths): "mask \(paths.map { $0.description }.joined(separator: ", "))"
    case .pivotRoot: "pivot into the root file system"
    case .moveRoot: "move the root file system over / and enter it"
    case .changeRoot: "chroot into the root file system"
    case .setRootPropagation(let change): "make / \(InitStep.word(change.kind))"
    case .setHostName(let name): "set the host name to \(name)"
    case .setDomainName(let name): "set the domain name to \(name)"
    case .setResourceLimit(let limit):
      "set \(ResourceLimitNames.name(limit.number)) to \(limit.soft):\(limit.hard)"
    case .setScheduler: "set the scheduler"
    case .setIOPriority: "set the I/O priority"
    case .setPersonality: "set the personality"
    case .setMemoryPolicy(let policy): "set the memory policy \(policy.description)"
    case .setCPUs(let cpus): cpus.map { "run on the CPUs \($0)" } ?? "run on every CPU"
    case .setLabel(.apparmor(let profile)): "confine the program by the AppArmor profile \(profile)"
    case .setLabel(.selinux(let label)): "confine the program by the SELinux label \(label)"
    case .dropBounding: "drop capabilities from the bounding set"
    case .setNoNewPrivileges: "set no_new_privs"
    case .loadFilter(let plan):
      "load the seccomp filter of \(plan.program.instructions.count) instructions"
    case .setUser(let uid, let gid, _, _): "become uid \(uid), gid \(gid)"
    case .setCapabilities: "set the capabilities"
    case .setUmask(let mask): "set the umask to 0\(String(mask, radix: 8))"
    case .enterWorkingDirectory(let path, let again):
      "enter the working directory (cwd) \(path)\(again ? " as the container's user" : "")"
    case .findProgram: "find the program"
    case .reportReady: "report that the container is ready"
    case .waitForStart(let signal): "wait for start (\(signal.rawValue))"
    case .closeDescriptors(let preserved): "close every descriptor above \(2 + preserved)"
    case .checkWorkingDirectory: "check that the working directory (cwd) is inside the container"
    case .announceProgram: "say that the program comes next"
    case .execute: "execute the program"
    }
  }

  /// The property of config.json that asked for it.
  public var property: String? {
    switch self {
    case .enterNamespace(let kind, _, _): "linux.namespaces (\(NamespacePlan.name(of: kind)))"
    case .becomeNamespaceRoot: "linux.uidMappings"
    case .makeNamespaces: "linux.namespaces"
    case .bringUpLoopback: "linux.namespaces (network)"
    case .waitForNetworkDevices: "linux.netDevices"
    case .newTimeNamespace: "linux.timeOffsets"
    case .attachRoot, .pivotRoot, .moveRoot, .changeRoot: "root.path"
    case .setSysctl: "linux.sysctl"
    case .mount(let plan, _), .mountCgroups(let plan, _), .makeMountReadOnly(let plan): plan.property
    case .newCgroupNamespace: "linux.namespaces (cgroup)"
    case .makeDevice(let device): device.property
    case .makeWorkingDirectory, .enterWorkingDirectory, .checkWorkingDirectory: "process.cwd"
    case .runHooks(let point, _): "hooks.\(point.rawValue)"
    case .openTerminal, .bindConsole, .takeTerminal: "process.terminal"
    case .ownStandardStreams: "process.user"
    case .makeRootReadOnly: "root.readonly"
    case .makeReadOnly: "linux.readonlyPaths"
    case .maskPaths: "linux.maskedPaths"
    case .setRootPropagation: "linux.rootfsPropagation"
    case .setHostName: "hostname"
    case .setDomainName: "domainname"
    case .setResourceLimit(let limit): limit.property
    case .setScheduler: "process.scheduler"
    case .setIOPriority: "process.ioPriority"
    case .setPersonality: "linux.personality"
    case .setMemoryPolicy: "linux.memoryPolicy"
    case .setCPUs(let cpus): cpus == nil ? nil : "process.execCPUAffinity.final"
    case .setLabel(.apparmor): "process.apparmorProfile"
    case .setLabel(.selinux): "process.selinuxLabel"
    case .dropBounding: "process.capabilities.bounding"
    case .setNoNewPrivileges: "process.noNewPrivileges"
    case .loadFilter: "linux.seccomp"
    case .setUser: "process.user"
    case .setCapabilities: "process.capabilities"
    case .setUmask: "process.user.umask"
    case .findProgram, .execute: "process.args"
    case .resetInheritedState, .enterContainer, .newSession, .joinKeyring, .isolateMounts, .openTrees,
      .reopenNullStreams,
      .joinCgroups,
      .makeDeviceLinks, .waitForRuntimeHooks, .reportReady, .waitForStart, .closeDescriptors, .announceProgram:
      nil
    }
  }

  private static func word(_ kind: MountPropagation) -> String {
    switch kind {
    case .privateMount: "private"
    case .slave: "slave"
    case .shared: "shared"
    case .unbindable: "unbindable"
    }
  }

  private static func text(of plan: MountPlan) -> String {
    switch plan.source {
    case .bind(let path, _): "bind \(path) on \(plan.target)"
    case .bindInside(let path, _): "bind \(path) of the container on \(plan.target)"
    case .fileSystem(let type, _): "mount \(type) on \(plan.target)"
    case .cgroup: "mount the cgroups on \(plan.target)"
    }
  }
}
