internal import Cgroups
internal import Kernel
internal import OCI

/// What the container's process has at hand while it goes through its sequence. It lives in the child only; what it
/// needs was made before the clone.
final class InitRun {
  let sequence: InitSequence
  let process: ProcessPlan
  /// What `sequence.sources` names, opened by the parent; mounts that it may not copy, by a step.
  var sources: DescriptorList
  /// To the runtime. Its end of file means that the runtime is gone: then this process ends too.
  let runtime: Descriptor
  /// The number of the step that is being done, plus one, for the runtime to read if this process dies.
  let progress: SharedWord
  /// The way into the container's cgroups.
  let cgroups: CgroupEntrance
  let startFIFO: StartFIFO.InitSide?
  let hookState: HookState

  var root: RootDirectory?
  /// Made before a late filter, so that the filter need not allow what making it takes.
  var program: ProgramCall?
  /// The runtime has written down that the container exists.
  var isReady = false
  /// The slave of the process's terminal, when it has one.
  var terminal = DescriptorList()
  var enteredWorkingDirectory = false
  /// While devices are made: the mask of before.
  var formerUmask: UInt32?

  init(
    sequence: InitSequence, process: ProcessPlan, sources: consuming DescriptorList, runtime: consuming Descriptor,
    progress: consuming SharedWord, cgroups: CgroupEntrance, startFIFO: StartFIFO.InitSide?,
    hookState: HookState
  ) {
    self.sequence = sequence
    self.process = process
    self.sources = sources
    self.runtime = runtime
    self.progress = progress
    self.cgroups = cgroups
    self.startFIFO = startFIFO
    self.hookState = hookState
  }

  /// How many descriptors above standard error the container keeps.
  var preservedDescriptors: Int {
    for case .closeDescriptors(let preserved) in sequence.steps { return preserved }
    return 0
  }

  /// Goes through the sequence and becomes the user's program, or says why not and ends.
  func run() -> Never {
    for (index, step) in sequence.steps.enumerated() {
      progress.value = UInt32(index + 1)
      Timeline.begin(.container, index)
      do throws(SystemCallError) {
        try rearmParentDeathSignal(before: step)
        try perform(step, index)
        Timeline.end(.container, index)
      } catch {
        do throws(SystemCallError) { try tell(.failed(step: index, error)) } catch {
          // Nobody listens any more; the exit status is all that is left to say.
        }
        exitNow(1)
      }
    }
    exitNow(1)
  }

  private func perform(_ step: InitStep, _ index: Int) throws(SystemCallError) {
    try Fault.point(.`init`, sequence.stepNames[index], .before)
    try perform(step)
    try Fault.point(.`init`, sequence.stepNames[index], .after)
  }

  /// Tells the runtime, or once it has left, whoever starts.
  func tell(_ message: InitMessage) throws(SystemCallError) {
    if isReady, let startFIFO {
      try startFIFO.report.write(message.bytes)
    } else {
      try runtime.send(message.bytes)
    }
  }

  /// The kernel clears the signal at every change of credentials (prctl(2)), so it is set anew before each step until
  /// the runtime has written down that the container exists.
  private func rearmParentDeathSignal(before step: InitStep) throws(SystemCallError) {
    switch step {
    case .resetInheritedState, .dropBounding, .setUser, .setCapabilities, .setUmask, .becomeNamespaceRoot, .newSession:
      if Defence.parentDeath.isOn { try CurrentProcess.control(.parentDeathSignal, 9) }
    default: break
    }
    // Where fs.suid_dumpable is 2, a change of credentials makes the process's memory a matter of core_pattern. Not
    // before its ids are mapped: an unprivileged caller could not do it then.
    switch step {
    case .newSession, .setCapabilities, .setUmask:
      if Defence.notDumpable.isOn { try CurrentProcess.control(.dumpable, 0) }
    default: break
    }
  }

  func perform(_ step: InitStep) throws(SystemCallError) {
    switch step {
    case .resetInheritedState: try resetInheritedState()
    case .enterNamespace(let kind, _, let index): try enter(kind, index)
    case .enterContainer(let kinds, let index): try enter(kinds, index)
    case .becomeNamespaceRoot: try becomeNamespaceRoot()
    case .makeNamespaces(let kinds): try NamespaceKind.unshare(kinds)
    case .newSession: if Defence.newSession.isOn { try CurrentProcess.newSession() }
    case .newTimeNamespace(let offsets): try newTimeNamespace(offsets)
    case .joinKeyring(let name): try joinKeyring(name)
    case .isolateMounts(let kind): try isolateMounts(kind)
    case .openTrees: try openTrees()
    case .attachRoot(let path, let index): try attachRoot(path, index)
    case .setSysctl(let sysctl): try set(sysctl)
    case .mount(let plan, let index): try mount(plan, index)
    case .joinCgroups: try enterCgroups()
    case .newCgroupNamespace: try NamespaceKind.cgroup.unshare()
    case .mountCgroups(let plan, let view): try mountCgroups(plan, view)
    case .makeDevice(let device): try make(device)
    case .makeDeviceLinks: try makeDeviceLinks()
    case .makeWorkingDirectory(let path): try makeWorkingDirectory(path)
    case .bringUpLoopback: try RouteSocket().bringUp(RouteSocket.loopback)
    case .waitForNetworkDevices:
      try runtime.send(InitMessage.networkDevicesDue.bytes)
      try waitForRuntime(.devicesMoved)
    case .waitForRuntimeHooks:
      try runtime.send(InitMessage.runtimeHooksDue.bytes)
      try waitForRuntime(.hooksDone)
    case .runHooks(let point, let hooks): try runHooks(point, hooks)
    case .openTerminal(let size): try openTerminal(size)
    case .bindConsole: try bindConsole()
    case .takeTerminal: try takeTerminal()
    case .reopenNullStreams: try reopenNullStreams()
    case .ownStandardStreams(let uid): try ownStandardStreams(uid)
    case .makeMountReadOnly(let plan): try makeMountReadOnly(plan.target)
    case .makeRootReadOnly: try makeRootReadOnly()
    case .makeReadOnly(let path): try makeReadOnly(path)
    case .maskPaths(let paths): try mask(paths)
    case .pivotRoot: try pivotRoot()
    case .moveRoot: try moveRoot()
    case .changeRoot: try enterRootByChroot()
    case .setRootPropagation(let change): try setRootPropagation(change)
    case .setHostName(let name): try Kernel.setHostName(name)
    case .setDomainName(let name): try Kernel.setDomainName(name)
    case .setResourceLimit(let limit): try set(limit)
    case .setScheduler(let scheduler): try set(scheduler)
    case .setIOPriority(let value): try ProcessAttributes.setIOPriority(value)
    case .setPersonality(let value):
      try ProcessAttributes.setPersonality(value)
    case .setMemoryPolicy(let policy): try ProcessAttributes.setMemoryPolicy(mode: policy.mode, nodes: policy.nodes)
    case .setCPUs(let cpus): try setCPUs(cpus)
    case .setLabel(let label): try set(label)
    case .dropBounding(let kept): try dropBounding(kept)
    case .setNoNewPrivileges: if Defence.newPrivileges.isOn { try CurrentProcess.control(.noNewPrivileges, 1) }
    case .loadFilter(let plan): try load(plan)
    case .setUser(let uid, let gid, let groups, let changes): try setUser(uid, gid, groups, changes)
    case .setCapabilities(let sets): try set(sets)
    case .setUmask(let mask): CurrentProcess.setUmask(mask)
    case .enterWorkingDirectory(let path, let again): try enterWorkingDirectory(path, again: again)
    case .findProgram: try findProgram()
    case .reportReady: try reportReady()
    case .waitForStart(let signal): try waitForStart(signal)
    case .closeDescriptors(let preserved): try closeDescriptors(preserved)
    case .checkWorkingDirectory: try checkWorkingDirectory()
    case .announceProgram: try announceProgram()
    case .execute: try execute()
    }
  }

  /// What the runtime tells the container's process, in the order of the sequence.
  enum Word: UInt8 {
    case idsMapped = 0x4d
    /// Beside it come the ways into the cgroups.
    case cgroupsMade = 0x43
    case devicesMoved = 0x4e
    case idMapSet = 0x54
    case hooksDone = 0x48
    case listenerTaken = 0x4c
    case persisted = 0x50
  }

  /// Waits for one word. When the runtime is gone, this process ends: nothing is to be left behind.
  func waitForRuntime(_ word: Word) throws(SystemCallError) {
    let bytes = try runtime.read(most: 16)
    if bytes.isEmpty { exitNow(1) }
    if bytes != [word.rawValue] { throw SystemCallError.refused("the runtime said something unexpected") }
  }
}
