internal import Kernel

extension InitRun {
  func set(_ limit: ProcessPlan.ResourceLimit) throws(SystemCallError) {
    try ResourceLimits.set(limit.number, soft: limit.soft, hard: limit.hard)
  }

  func set(_ scheduler: ProcessPlan.Scheduler) throws(SystemCallError) {
    try ProcessAttributes.setScheduler(
      policy: scheduler.policy, flags: scheduler.flags, nice: scheduler.nice, priority: scheduler.priority,
      runtime: scheduler.runtime, deadline: scheduler.deadline, period: scheduler.period)
  }

  func dropBounding(_ kept: CapabilityMask) throws(SystemCallError) {
    for number in 0..<64 where Defence.boundingSet.isOn && !kept.contains(CapabilityMask(number: number)) {
      do throws(SystemCallError) { try Credentials.dropBounding(number) } catch {
        // The first number that the kernel does not know ends the list.
        if error.errno == .invalid { break }
        throw error
      }
    }
    // The permitted set must outlive the change of user, to be narrowed afterwards.
    try CurrentProcess.control(.keepCapabilities, 1)
  }

  func setUser(_ uid: UInt32, _ gid: UInt32, _ groups: [UInt32], _ changesGroups: Bool) throws(SystemCallError) {
    if changesGroups && Defence.supplementaryGroups.isOn { try Credentials.setGroups(groups) }
    try Credentials.setGroup(gid)
    try Credentials.setUser(uid)
  }

  func set(_ sets: CapabilitySets) throws(SystemCallError) {
    try CurrentProcess.control(.keepCapabilities, 0)
    try Credentials.clearAmbient()
    try Credentials.setCapabilities(
      effective: sets.effective, permitted: sets.permitted, inheritable: sets.inheritable)
    for number in 0..<CapabilityNames.count where sets.ambient.contains(CapabilityMask(number: number)) {
      try Credentials.raiseAmbient(number)
    }
  }

  /// Resolved below the root without magic links, so that no `/proc/self/fd/N` leads out (CVE-2024-21626).
  func enterWorkingDirectory(_ path: ContainerPath, again: Bool) throws(SystemCallError) {
    if enteredWorkingDirectory { return }
    guard Defence.workingFolder.isOn else { return try changeFolder(path.description) }
    do throws(SystemCallError) {
      try inContainer { root throws(SystemCallError) in try root.open(path, [.path, .directory]).makeCurrentFolder() }
      enteredWorkingDirectory = true
    } catch {
      if again || error.errno != .accessDenied { throw error }
    }
  }

  func checkWorkingDirectory() throws(SystemCallError) {
    if Defence.workingFolder.isOn, currentFolderPath() == nil {
      throw SystemCallError.refused("current working directory is outside of container mount namespace root")
    }
  }

  /// After the pivot the container's root is this process's own.
  private func inContainer(
    _ body: (borrowing RootDirectory) throws(SystemCallError) -> Void
  ) throws(SystemCallError) {
    try body(RootDirectory(try Descriptor.open(HostPath(constant: "/"), [.path, .directory])))
  }

  /// As a shell would: a name with a slash as it is, any other in the folders of the container's own PATH. Nothing is
  /// opened: a candidate may be a FIFO.
  func findProgram() throws(SystemCallError) {
    let name = process.args[0]
    if name.utf8.contains(UInt8(ascii: "/")) {
      try checkProgram(name)
      program = ProgramCall(name, process)
      return
    }
    let path = process.env.last { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
    var denied = false
    for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
      let candidate = folder.isEmpty ? name : folder + "/" + name
      do throws(SystemCallError) {
        try checkProgram(candidate)
        program = ProgramCall(candidate, process)
        return
      } catch {
        if error.errno == .accessDenied { denied = true }
      }
    }
    throw SystemCallError("find", name, denied ? .accessDenied : .noSuchFile)
  }

  private func checkProgram(_ candidate: String) throws(SystemCallError) {
    guard Defence.programPath.isOn else { return }
    let status: FileStatus
    let path: HostPath
    do { path = try HostPath(candidate) } catch { throw SystemCallError("stat", candidate, .nameTooLong) }
    do { status = try path.statusWithoutMagicLinks() } catch {
      // /proc/self/exe is this runtime here, and no program of the image (CVE-2019-5736).
      throw SystemCallError("stat", candidate, error.errno == .tooManyLinks ? .noSuchFile : error.errno)
    }
    if status.kind == .directory { throw SystemCallError("stat", candidate, .isDirectory) }
    if let problem = isExecutable(candidate) { throw SystemCallError("stat", candidate, problem) }
  }

  /// From here on the end of the runtime is seen as the end of file while waiting for its last word: the signal must be
  /// off before the runtime can leave, or it would kill a container that is written down as created.
  func reportReady() throws(SystemCallError) {
    try CurrentProcess.control(.parentDeathSignal, 0)
    try runtime.send(InitMessage.ready.bytes)
    try waitForRuntime(.persisted)
    isReady = true
  }

  func waitForStart(_ signal: StartSignal) throws(SystemCallError) {
    switch signal {
    case .handshake: break
    case .fifo:
      guard let startFIFO else { throw SystemCallError("read", "start FIFO", .badDescriptor) }
      try awaitStart(startFIFO.start)
    }
  }

  /// The first process of a pid namespace is deaf to signals that it does not handle; one that only waits must end when
  /// it is told to, as runc's does.
  private func awaitStart(_ fifo: borrowing Descriptor) throws(SystemCallError) {
    let ending = SignalSet(1, 2, 3, 15)
    let former = try Signals.block(ending)
    let signals = try Descriptor.signals(ending)
    while try poll([(fifo.number, .readable), (signals.number, .readable)], timeout: nil)[0].isEmpty {
      if let signal = try signals.nextSignal() { exitNow(128 + signal) }
    }
    if try fifo.read(most: 1).isEmpty { throw SystemCallError("read", "start FIFO", .brokenPipe) }
    _ = try Signals.block(former)
  }

  /// Everything above the standard streams and what the caller wants kept goes at exec, known or not.
  func closeDescriptors(_ preserved: Int) throws(SystemCallError) {
    guard Defence.foreignDescriptors.isOn else { return }
    try Descriptor.closeOnExec(from: Int32(3 + preserved))
  }

  /// The end of the channel alone could be this process's death as well as the program's beginning.
  func announceProgram() throws(SystemCallError) {
    if let startFIFO {
      try startFIFO.report.write(InitMessage.executing.bytes)
    } else {
      // Not by sendmsg(2), which a filter that is loaded already may refuse.
      try runtime.write(InitMessage.executing.bytes)
    }
  }

  func execute() throws(SystemCallError) {
    guard let program else { throw SystemCallError("execve", process.args[0], .noSuchFile) }
    throw SystemCallError("execve", program.path, program.execute())
  }
}
