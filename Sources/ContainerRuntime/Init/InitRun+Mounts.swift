internal import Kernel

extension InitRun {
  /// Mounts of the container must not travel to the host; those of the host may still come in.
  func isolateMounts(_ kind: MountPropagation) throws(SystemCallError) {
    guard Defence.isolatedMounts.isOn else { return }
    try OldMount.setPropagation(kind, of: HostPath(constant: "/"), recursive: true)
  }

  /// Mounts are copied here where the caller had no privilege to: this process has it in its own mount namespace.
  func openTrees() throws(SystemCallError) {
    var opened = DescriptorList()
    for (index, source) in sequence.sources.enumerated() {
      switch source {
      case .root, .tree:
        opened.append(try SourceOpener.openTree(source, chroot: false))
      case .namespace, .container, .rootOfContainer, .mapping:
        opened.append(
          try sources.withDescriptor(index) { old throws(SystemCallError) in try old.duplicate() })
      }
    }
    sources = opened
  }

  /// Puts the detached copy of the root file system onto its own path, and keeps its descriptor as the way in.
  func attachRoot(_ path: HostPath, _ index: Int) throws(SystemCallError) {
    let attaches = !sequence.steps.contains { if case .changeRoot = $0 { true } else { false } }
    root = RootDirectory(
      try sources.withDescriptor(index) { tree throws(SystemCallError) in
        // Without a mount namespace this is the folder itself, which chroot enters.
        if attaches {
          try tree.setPropagation(.slave, recursive: true)
          try tree.attach(onto: path)
        }
        return try tree.duplicate()
      })
  }

  func mount(_ plan: MountPlan, _ index: Int?) throws(SystemCallError) {
    switch plan.source {
    case .bind:
      guard let index else { throw SystemCallError("bind", plan.target.description, .badDescriptor) }
      try sources.withDescriptor(index) { tree throws(SystemCallError) in try bind(plan, tree) }
    case .bindInside(let path, let recursive):
      let tree = try attachedRoot().open(path, .path).mountTree(recursive: recursive)
      if let index, let idMap = plan.idMap { try setIDMap(idMap, index, of: tree) }
      try bind(plan, tree)
    case .fileSystem(let type, let source):
      try mountFileSystem(plan, type: type, source: source)
    case .cgroup:
      throw SystemCallError("mount", "cgroup", .invalid)
    }
  }

  /// Only who has privileges over the file system may: in a user namespace of its own, this process asks the runtime
  /// (mount_setattr(2)).
  private func setIDMap(_ idMap: MountPlan.IDMap, _ index: Int, of tree: borrowing Descriptor) throws(SystemCallError) {
    if sequence.steps.contains(.becomeNamespaceRoot) {
      try runtime.send(InitMessage.idMapDue(source: index).bytes, descriptors: [tree.number])
      return try waitForRuntime(.idMapSet)
    }
    try sources.withDescriptor(index) { namespace throws(SystemCallError) in
      try tree.setMountAttributes(set: .idMapped, recursive: idMap.recursive, userNamespace: namespace.number)
    }
  }

  private func bind(_ plan: MountPlan, _ tree: borrowing Descriptor) throws(SystemCallError) {
    let isFolder = try tree.status().kind == .directory
    let target = try mountTarget(plan.target, isFolder: isFolder)
    let before: MountAttributes? = plan.keepsRestrictions ? try tree.mountAttributes() : nil
    try applyAttributes(plan, tree)
    if let before { try requireKept(before, by: try tree.mountAttributes()) }
    try tree.attach(onto: target)
    if Defence.procfsOnProc.isOn, plan.target.components == ["proc"],
      try tree.fileSystemMagic() != FileSystemMagic.proc
    {
      throw SystemCallError("bind a folder that is no procfs", "/proc", .invalid)
    }
    try applyPropagation(plan, tree)
  }

  private func mountFileSystem(_ plan: MountPlan, type: String, source: String) throws(SystemCallError) {
    var options = plan.data
    if type == "tmpfs", !options.contains(where: { $0.key == "mode" }),
      let covered = try attachedRoot().status(plan.target)
    {
      // As the folder that it covers, which may be no one else's to read (runc).
      options.append(.init(key: "mode", value: String(covered.permissions, radix: 8)))
    }
    let target = try mountTarget(plan.target, isFolder: true)
    let attributes = plan.becomesReadOnlyLast ? plan.set.subtracting(.readOnly) : plan.set
    let mount = try FileSystemMaker(type: type, source: source, options: options, attributes: attributes).make()
    if plan.copyUp { try CopyUp.run(from: target, to: mount) }
    try mount.attach(onto: target)
    if !plan.recursiveSet.isEmpty || !plan.recursiveClear.isEmpty {
      try mount.setMountAttributes(set: plan.recursiveSet, clear: plan.recursiveClear, recursive: true)
    }
    try applyPropagation(plan, mount)
  }

  /// /proc and /sys are trusted by name, by this runtime too: no symlink of the image may stand for them.
  private func mountTarget(_ path: ContainerPath, isFolder: Bool) throws(SystemCallError) -> Descriptor {
    guard Defence.plainProc.isOn, path.components == ["proc"] || path.components == ["sys"] else {
      return try attachedRoot().target(path, isFolder ? .folder : .file)
    }
    do throws(SystemCallError) { return try attachedRoot().target(path, .folderWithoutSymlinks) } catch {
      guard error.errno == .notDirectory || error.errno == .tooManyLinks else { throw error }
      throw SystemCallError.refused("must be mounted on ordinary directory: \(path) is a symlink or no folder")
    }
  }

  private func applyAttributes(_ plan: MountPlan, _ tree: borrowing Descriptor) throws(SystemCallError) {
    // A copy of a host's mount keeps its attributes; only what is asked for changes.
    if !plan.set.isEmpty || !plan.clear.isEmpty {
      try tree.setMountAttributes(set: plan.set, clear: plan.clear)
    }
    if !plan.recursiveSet.isEmpty || !plan.recursiveClear.isEmpty {
      try tree.setMountAttributes(set: plan.recursiveSet, clear: plan.recursiveClear, recursive: true)
    }
  }

  /// The copy was made with the host's privileges, so the kernel has not locked what the host's mount forbids; the
  /// config of a container with users of its own may not take it back all the same (runc).
  private func requireKept(_ before: MountAttributes, by after: MountAttributes) throws(SystemCallError) {
    let times: MountAttributes = [.accessTimeMask, .noDirectoryAccessTime]
    let gone = before.subtracting(after).intersection([.readOnly, .noSUID, .noDevices, .noExecution])
    guard gone.isEmpty, before.intersection(times) == after.intersection(times) else {
      throw SystemCallError("mount_setattr", "", .notPermitted)
    }
  }

  private func applyPropagation(_ plan: MountPlan, _ mount: borrowing Descriptor) throws(SystemCallError) {
    for propagation in plan.propagation { try mount.setPropagation(propagation.kind, recursive: propagation.recursive) }
  }

  /// A tmpfs that other mounts and devices were put into before.
  func makeMountReadOnly(_ path: ContainerPath) throws(SystemCallError) {
    try attachedRoot().open(path, [.path, .directory]).setMountAttributes(set: .readOnly)
  }

  func makeRootReadOnly() throws(SystemCallError) {
    try attachedRoot().descriptor.setMountAttributes(set: .readOnly)
  }

  /// A path that the image does not have needs no protection.
  func makeReadOnly(_ path: ContainerPath) throws(SystemCallError) {
    let root = try attachedRoot()
    guard let target = try root.openIfPresent(path) else { return }
    let copy = try target.mountTree(recursive: true)
    try copy.setMountAttributes(set: .readOnly, recursive: true)
    try copy.attach(onto: target)
  }

  /// Files are covered by the null device of the host, checked to be it (CVE-2025-31133); folders by one empty read-only
  /// file system.
  func mask(_ paths: [ContainerPath]) throws(SystemCallError) {
    let root = try attachedRoot()
    var covers = DescriptorList()
    for path in paths {
      guard let target = try root.openIfPresent(path) else { continue }
      if try target.status().kind == .directory {
        let mount = try covers.count == 0 ? emptyFolder() : covers.withDescriptor(0, copy)
        try mount.attach(onto: target)
        // Only an attached mount can be copied on older kernels.
        covers.append(mount)
      } else {
        try HostDevice.tree(DeviceNumber(major: 1, minor: 3), HostPath(constant: "/dev/null")).attach(onto: target)
      }
    }
  }

  private func emptyFolder() throws(SystemCallError) -> Descriptor {
    try FileSystemMaker(
      type: "tmpfs", source: "tmpfs", options: [.init(key: "nr_inodes", value: "2")], attributes: .readOnly
    ).make()
  }

  private func copy(_ mount: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    try mount.mountTree(recursive: false)
  }

  func makeWorkingDirectory(_ path: ContainerPath) throws(SystemCallError) {
    guard Defence.workingFolder.isOn else { return }
    _ = try attachedRoot().makeFolder(path, mode: 0o755)
  }

  func pivotRoot() throws(SystemCallError) {
    let root = try attachedRoot()
    try root.descriptor.makeCurrentFolder()
    try pivotRootToCurrentFolder()
    // The old root now lies over the new one; it goes as soon as nobody uses it.
    try detachMount(HostPath(constant: "."))
    try changeFolder("/")
  }

  /// Host file systems that are trusted by name stay below the new root, so they are taken away first.
  func moveRoot() throws(SystemCallError) {
    let root = try attachedRoot()
    for path in [HostPath(constant: "/proc"), HostPath(constant: "/sys")] {
      do throws(SystemCallError) { try detachMount(path) } catch {
        if error.errno != .invalid && error.errno != .noSuchFile { throw error }
      }
    }
    try root.descriptor.makeCurrentFolder()
    if Defence.movedRoot.isOn { try moveCurrentFolderToRoot() }
    try Kernel.changeRoot(HostPath(constant: "."))
    try changeFolder("/")
  }

  func enterRootByChroot() throws(SystemCallError) {
    let root = try attachedRoot()
    try root.descriptor.makeCurrentFolder()
    try Kernel.changeRoot(HostPath(constant: "."))
    try changeFolder("/")
  }

  func setRootPropagation(_ change: MountPlan.Propagation) throws(SystemCallError) {
    try OldMount.setPropagation(change.kind, of: HostPath(constant: "/"), recursive: change.recursive)
  }

  /// The root file system; a step that comes before it is attached is a mistake in the plan.
  func attachedRoot() throws(SystemCallError) -> RootDirectory {
    guard let root else { throw SystemCallError("open", "root file system", .badDescriptor) }
    return root
  }
}

extension RootDirectory {
  /// An O_PATH descriptor of what is at a path; nil when nothing is.
  func openIfPresent(_ path: ContainerPath) throws(SystemCallError) -> Descriptor? {
    do {
      return try open(path, .path)
    } catch {
      if error.errno == .noSuchFile || error.errno == .notDirectory { return nil }
      throw error
    }
  }
}
