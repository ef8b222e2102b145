internal import Cgroups
internal import Kernel

extension InitRun {
  /// What a process inherits from the caller of the runtime and must not reach the container: ignored signals, a mask.
  func resetInheritedState() throws(SystemCallError) {
    try closeForeignDescriptors()
    guard Defence.inheritedState.isOn else { return }
    Signals.resetDispositions()
    try Signals.block(.none)
    // SECBIT_NOROOT and its kin would change what the steps on users and capabilities do (capabilities(7)).
    let bits = UInt(bitPattern: Int(try CurrentProcess.control(.getSecurebits)))
    // Those that are locked stay: no process can undo them. Every second bit locks the one before.
    let kept = bits & 0xaa | bits & (bits & 0xaa) >> 1
    if kept != bits { try CurrentProcess.control(.securebits, kept) }
  }

  /// Whatever else the runtime or its caller had open: the lock on the state folder is one of it, and must not be held
  /// here.
  private func closeForeignDescriptors() throws(SystemCallError) {
    guard Defence.foreignDescriptors.isOn else { return }
    var kept = sources.numbers + cgroups.descriptors + [runtime.number]
    if let startFIFO { kept += [startFIFO.start.number, startFIFO.report.number] }
    try Descriptor.closeAll(from: Int32(3 + preservedDescriptors), except: kept)
  }

  /// The way in is closed behind: a container that waits for its start holds nothing of the host's cgroups open.
  func enterCgroups() throws(SystemCallError) {
    if cgroups.expected > 0 { try awaitCgroups() }
    try cgroups.enter()
    cgroups.close()
  }

  /// The runtime has made them meanwhile.
  private func awaitCgroups() throws(SystemCallError) {
    let message = try runtime.receive(most: 16, descriptors: cgroups.expected)
    if message.bytes.isEmpty { exitNow(1) }
    guard message.bytes == [Word.cgroupsMade.rawValue] else {
      throw SystemCallError.refused("the runtime said something unexpected")
    }
    try cgroups.accept(message.takeDescriptors())
  }

  func enter(_ kind: NamespaceKind, _ index: Int) throws(SystemCallError) {
    try sources.withDescriptor(index) { namespace throws(SystemCallError) in try namespace.enterNamespace(kind) }
  }

  func enter(_ kinds: [NamespaceKind], _ index: Int) throws(SystemCallError) {
    try sources.withDescriptor(index) { process throws(SystemCallError) in try process.enterNamespaces(kinds) }
  }

  /// Ids are mapped by the runtime from outside; then root of the namespace is taken.
  func becomeNamespaceRoot() throws(SystemCallError) {
    if sequence.makesUserNamespace { try waitForRuntime(.idsMapped) }
    // The maps of an unprivileged caller's process can be written only while it is dumpable.
    try CurrentProcess.control(.dumpable, 0)
    try Credentials.setGroup(0)
    try Credentials.setUser(0)
  }

  /// time_namespaces(7): the offsets can be written until a process is in the namespace, so it is unshared for children
  /// first and entered afterwards.
  func newTimeNamespace(_ offsets: [Plan.TimeOffset]) throws(SystemCallError) {
    try NamespaceKind.time.unshare()
    if !offsets.isEmpty {
      let text = offsets.map { "\($0.clock) \($0.seconds) \($0.nanoseconds)\n" }.joined()
      do throws(SystemCallError) { try writeTimeOffsets(text) } catch {
        // In a user namespace, the file is its user's only while the process is dumpable.
        if error.errno != .accessDenied { throw error }
        try CurrentProcess.control(.dumpable, 1)
        try writeTimeOffsets(text)
        try CurrentProcess.control(.dumpable, 0)
      }
    }
    try Descriptor.open(HostPath(constant: "/proc/self/ns/time_for_children"), .readOnly).enterNamespace(.time)
  }

  private func writeTimeOffsets(_ text: String) throws(SystemCallError) {
    try Descriptor.open(HostPath(constant: "/proc/self/timens_offsets"), .writeOnly).writeOnce(text)
  }

  func joinKeyring(_ name: String) throws(SystemCallError) { try SessionKeyring.join(name) }

  /// Through a procfs of our own, which nothing of the container's can cover (CVE-2025-52881).
  func set(_ sysctl: Plan.Sysctl) throws(SystemCallError) {
    let procfs = try ownProcfs()
    let file = try procfs.open(
      "sys/" + sysctl.key, .writeOnly, resolve: [.beneath, .noSymlinks, .noCrossDevice, .noMagicLinks])
    try file.writeOnce(sysctl.value)
  }

  /// A procfs that is mounted nowhere; the host's where none can be made (a nested container).
  func ownProcfs() throws(SystemCallError) -> Descriptor {
    do {
      return try Descriptor.fileSystem("proc").makeFileSystem(attributes: [.noSUID, .noDevices, .noExecution])
    } catch {
      let procfs = try Descriptor.open(HostPath(constant: "/proc"), [.path, .directory, .noFollow])
      if try procfs.fileSystemMagic() != FileSystemMagic.proc { throw error }
      return procfs
    }
  }
}
