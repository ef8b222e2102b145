internal import Cgroups
internal import Kernel

/// Makes the container's process in the shape that the plan chose. Sound only in a process with one thread.
struct Launcher {
  let shape: CloneShape
  let newNamespaces: [NamespaceKind]
  /// A cgroup v2 folder to begin in.
  private var cgroup: Int32?

  /// - Parameter laterNamespaces: the container's process makes those it can by itself, by a step.
  init(_ plan: NamespacePlan, laterNamespaces: Bool, cgroup: Int32?) {
    shape = plan.shape
    newNamespaces = laterNamespaces ? plan.madeByClone.filter { !plan.madeAfterClone.contains($0) } : plan.madeByClone
    self.cgroup = cgroup
  }

  /// For a process in a running container.
  init(_ plan: ExecPlan, cgroup: Int32?) {
    shape = plan.shape
    newNamespaces = []
    self.cgroup = cgroup
  }

  /// Where only systemd may move a process into the cgroup, as from an ordinary user's session into the user's own
  /// services, it does so before the process gets its ids, or its word to go on.
  func launch(_ run: InitRun, into cgroup: Cgroup) throws(OperationError) -> ChildProcess {
    do throws(SystemCallError) { return try launch(run) } catch {
      guard error.errno == .accessDenied, cgroup.record.systemd?.manager == .user else { throw OperationError(error) }
    }
    var outside = self
    outside.cgroup = nil
    let child = try fromKernel(outside.launch(run))
    do { try cgroup.attachBySystemd(child.pid) } catch {
      try fromKernel(child.pidfd.sendSignal(9))
      _ = try fromKernel(child.pidfd.waitForExit(wait: true))
      throw OperationError(error)
    }
    return child
  }

  /// - Parameter run: becomes the child's; the caller keeps nothing of it but what it shares.
  func launch(_ run: InitRun) throws(SystemCallError) -> ChildProcess {
    var request = CloneRequest()
    request.newNamespaces = newNamespaces
    request.cgroup = cgroup
    switch shape {
    case .direct:
      return try clone(request) { run.run() }
    case .throughPidNamespace:
      return try cloneThroughPidNamespace(request, run)
    case .intermediate:
      return try cloneThroughIntermediate(request, run, entering: nil)
    }
  }

  /// Enters the joined pid namespace for children only, clones, and returns. If the way back is closed, every later child
  /// would be born in the container's namespace: then this process must not live on.
  private func cloneThroughPidNamespace(
    _ request: CloneRequest, _ run: InitRun
  ) throws(SystemCallError) -> ChildProcess {
    let own = try Descriptor.open(HostPath(constant: "/proc/self/ns/pid"), .readOnly)
    // Root of a user namespace (Podman without privileges calls so) need not own the pid namespace that it is in, and
    // would not come back from another one: then a process goes that need not come back.
    do throws(SystemCallError) { try own.enterNamespace(.pid) } catch {
      guard error.errno == .notPermitted else { throw error }
      return try cloneThroughIntermediate(request, run, entering: .pid)
    }
    try enter(run, only: .pid)
    let result: Result<ChildProcess, SystemCallError>
    do { result = .success(try clone(request) { run.run() }) } catch { result = .failure(error) }
    do throws(OperationError) {
      try RuntimeStep.pidNamespaceLeft.begin()
      try fromKernel(own.enterNamespace(.pid))
      try RuntimeStep.pidNamespaceLeft.end()
    } catch {
      if Defence.wayBack.isOn { abandon() }
    }
    return try result.get()
  }

  /// Ends this process without undoing anything: the hooks that belong to that would be born in the container. The
  /// container's process sees the end of the channel.
  private func abandon() -> Never {
    let text = "apus: cannot return to its own pid namespace; delete --force removes what was made\n"
    do throws(SystemCallError) {
      try Descriptor.borrowing(2) { stream throws(SystemCallError) in try stream.write(Array(text.utf8)) }
    } catch {
      // The exit status tells as much.
    }
    exitNow(1)
  }

  /// The intermediate enters the joined namespaces, so that what the second clone makes belongs to the joined user
  /// namespace, and makes the container's process as its own sibling.
  /// - Parameter wanted: the one that it enters; all of them when nil.
  private func cloneThroughIntermediate(
    _ request: CloneRequest, _ run: InitRun, entering wanted: NamespaceKind?
  ) throws(SystemCallError) -> ChildProcess {
    let channel = try Descriptor.socketPair(.sequencedPacket)
    var (outer, inner) = (CloneRequest(), request)
    inner.asSibling = true
    let entersContainer = wanted == nil && run.sequence.entersContainer
    // From inside a container's cgroup namespace its cgroups cannot be entered any more, so this process does it first.
    if entersContainer { swap(&outer.cgroup, &inner.cgroup) }
    let intermediate = try clone(outer) {
      do throws(SystemCallError) {
        try CurrentProcess.control(.parentDeathSignal, 9)
        if entersContainer { try run.cgroups.enter() }
        try IntermediateStep.entered.begin()
        try enter(run, only: wanted)
        try IntermediateStep.entered.end()
        try IntermediateStep.cloned.begin()
        let child = try clone(inner) { run.run() }
        try IntermediateStep.cloned.end()
        try IntermediateStep.told.begin()
        try channel.second.send(Launcher.bytes(child.pid), descriptors: [child.pidfd.number])
        try IntermediateStep.told.end()
      } catch {
        exitNow(Launcher.status(of: error))
      }
      exitNow(0)
    }
    let status = try intermediate.pidfd.waitForExit(wait: true)
    guard status == .exited(0) else { throw Launcher.error(from: status) }
    let message = try channel.first.receive(most: 16, descriptors: 1)
    guard message.bytes.count == 4, message.descriptors.count == 1 else {
      throw SystemCallError("clone", "through an intermediate process", .protocolError)
    }
    let pid = Launcher.number(message.bytes)
    let pidfd = try message.descriptors.withDescriptor(0) { pidfd throws(SystemCallError) in try pidfd.duplicate() }
    guard try pidfd.processOfPidfd() == pid else {
      throw SystemCallError("clone", "through an intermediate process", .noSuchProcess)
    }
    return ChildProcess(pid: pid, pidfd: pidfd)
  }

  /// Enters the namespaces that the sequence names as sources. What the caller may enter by itself comes before the user
  /// namespace, which need not own it; the rest after it.
  private func enter(_ run: InitRun, only wanted: NamespaceKind?) throws(SystemCallError) {
    var later: [(Int, NamespaceKind)] = []
    for (index, source) in run.sequence.sources.enumerated() {
      switch source {
      case .namespace(let kind, _):
        guard wanted == nil || wanted == kind else { continue }
        if kind == .user {
          later.insert((index, kind), at: 0)
          continue
        }
        do throws(SystemCallError) { try run.enter(kind, index) } catch {
          if wanted != nil || error.errno != .notPermitted { throw error }
          later.append((index, kind))
        }
      case .container(let facts):
        try run.enter(facts.namespaces.filter { wanted == nil || wanted == $0 }, index)
      case .root, .rootOfContainer, .tree, .mapping: continue
      }
    }
    for (index, kind) in later { try run.enter(kind, index) }
  }

  private static func bytes(_ pid: Int32) -> [UInt8] {
    let raw = UInt32(bitPattern: pid)
    return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: raw >> $0) }
  }

  private static func number(_ bytes: [UInt8]) -> Int32 {
    Int32(truncatingIfNeeded: bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }

  /// An exit status holds an error number: the intermediate has no other way to speak.
  private static func status(of error: SystemCallError) -> Int32 { min(max(error.errno.rawValue, 1), 254) }

  private static func error(from status: ExitStatus?) -> SystemCallError {
    if case .exited(let errno) = status {
      return SystemCallError("enter the joined namespaces", "", Errno(rawValue: errno))
    }
    return SystemCallError("enter the joined namespaces", "", .noChild)
  }
}
