internal import Kernel

/// What CRIU finds when it restores a container: the root file system as a mount of its own, with a place for every mount
/// of the configuration. All of it is in a mount namespace that ends with CRIU, so that nothing of it is ever seen on the
/// host.
final class RestoreStage {
  private let plan: Plan
  private let sequence: InitSequence
  /// Opened before the clone, as for the init of a new container.
  private let sources: DescriptorList
  /// A second copy of the root file system, for CRIU.
  private let root: Descriptor

  init(_ plan: Plan, _ sequence: InitSequence) throws(OperationError) {
    self.plan = plan
    self.sequence = sequence
    sources = try SourceOpener.open(sequence)
    root = try OperationError.wrapping { () throws(SystemCallError) in
      try SourceOpener.openTree(.root(plan.root.path), chroot: false)
    }
  }

  /// In the process that becomes CRIU, in a new mount namespace.
  func make() throws(SystemCallError) {
    try OldMount.setPropagation(.slave, of: HostPath(constant: "/"), recursive: true)
    try makePlaces()
    try attach(root)
  }

  /// An image may lack the folders that its mounts go to; at create the runtime makes them, and CRIU does not. Some of
  /// them are inside of other mounts.
  private func makePlaces() throws(SystemCallError) {
    for (index, source) in sequence.sources.enumerated() {
      guard case .root = source else { continue }
      let image = RootDirectory(
        try sources.withDescriptor(index) { tree throws(SystemCallError) in
          try attach(tree)
          return try tree.duplicate()
        })
      for case .mount(let mount, let descriptor) in sequence.steps where !isOnTmpfs(mount.target) {
        try makePlace(mount, descriptor, image)
      }
      // With everything that was mounted on it.
      try detachMount(plan.root.path)
    }
  }

  private func attach(_ tree: borrowing Descriptor) throws(SystemCallError) {
    try tree.setPropagation(.slave, recursive: true)
    try tree.attach(onto: plan.root.path)
  }

  private func makePlace(_ mount: MountPlan, _ descriptor: Int?, _ image: RootDirectory) throws(SystemCallError) {
    switch mount.source {
    case .bind:
      guard let descriptor else { return }
      try sources.withDescriptor(descriptor) { tree throws(SystemCallError) in try bind(tree, mount, image) }
    case .bindInside(let path, let recursive):
      try bind(try image.open(path, .path).mountTree(recursive: recursive), mount, image)
    case .fileSystem: _ = try image.target(mount.target, .folder)
    case .cgroup: break
    }
  }

  private func bind(_ tree: borrowing Descriptor, _ mount: MountPlan, _ image: RootDirectory) throws(SystemCallError) {
    let isFolder = try tree.status().kind == .directory
    try tree.attach(onto: try image.target(mount.target, isFolder ? .folder : .file))
  }

  /// CRIU brings the whole content of a tmpfs back.
  private func isOnTmpfs(_ path: ContainerPath) -> Bool {
    plan.mounts.contains { mount in
      guard case .fileSystem("tmpfs", _) = mount.source else { return false }
      return path != mount.target && path.isInside(mount.target)
    }
  }
}
