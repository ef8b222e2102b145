internal import Kernel

/// Opens, before the clone, what the container's process needs from the caller's world: namespaces, the root file system
/// and bind sources as detached copies of their mounts. Afterwards no path of the host is resolved in the container.
enum SourceOpener {
  static func open(_ sequence: InitSequence) throws(OperationError) -> DescriptorList {
    var opened = DescriptorList()
    for source in sequence.sources {
      do throws(SystemCallError) {
        opened.append(
          sequence.opensTreesInside
            ? try find(source) : try open(source, chroot: sequence.steps.contains(.changeRoot)))
      } catch {
        throw OperationError("", "", cause(error, source))
      }
    }
    return opened
  }

  private static func open(_ source: InitSequence.Source, chroot: Bool) throws(SystemCallError) -> Descriptor {
    switch source {
    case .namespace(let kind, let path):
      return try openNamespace(kind, path)
    case .container(let facts):
      return try openProcess(facts.process)
    case .rootOfContainer(let facts):
      let root = try Descriptor.open(
        HostPath(constant: "/proc").appending("\(facts.process.pid)/root"), [.path, .directory])
      _ = try openProcess(facts.process)
      return root
    case .mapping(let idMap, _):
      return try mapping(of: idMap)
    case .root, .tree:
      return try openTree(source, chroot: chroot)
    }
  }

  /// Looks whether a source that the container's process will open is there.
  private static func find(_ source: InitSequence.Source) throws(SystemCallError) -> Descriptor {
    switch source {
    case .root(let path): try openRoot(path)
    case .tree(let path, _, _, _): try Descriptor.open(path, .path)
    case .namespace, .container, .rootOfContainer, .mapping: try open(source, chroot: false)
    }
  }

  /// The root file system or a bind source, as a detached copy of its mount.
  static func openTree(_ source: InitSequence.Source, chroot: Bool) throws(SystemCallError) -> Descriptor {
    switch source {
    case .namespace, .container, .rootOfContainer, .mapping:
      throw SystemCallError("open_tree", "", .badDescriptor)
    case .root(let path):
      let folder = try openRoot(path)
      return chroot ? folder : try folder.mountTree(recursive: true)
    case .tree(let path, let recursive, let idMap, _):
      let tree = try Descriptor.mountTree(path, recursive: recursive)
      if let idMap { try set(idMap, of: tree) }
      return tree
    }
  }

  /// Gives a mount that nobody uses yet its own mapping of ids.
  static func set(_ idMap: MountPlan.IDMap, of tree: borrowing Descriptor) throws(SystemCallError) {
    let namespace = try mapping(of: idMap)
    try tree.setMountAttributes(set: .idMapped, recursive: idMap.recursive, userNamespace: namespace.number)
  }

  private static func mapping(of idMap: MountPlan.IDMap) throws(SystemCallError) -> Descriptor {
    if let joined = idMap.namespace { return try openNamespace(.user, joined) }
    return try MappingNamespace.make(uids: idMap.uids, gids: idMap.gids)
  }

  private static func openNamespace(_ kind: NamespaceKind, _ path: HostPath) throws(SystemCallError) -> Descriptor {
    // A FIFO or a device in its place must neither block nor act.
    let flags: OpenFlags = Defence.blockingFiles.isOn ? [.readOnly, .nonBlocking, .noControllingTerminal] : .readOnly
    let file = try Descriptor.open(path, flags)
    guard try file.fileSystemMagic() == FileSystemMagic.nsfs, file.namespaceKind() == kind else {
      throw SystemCallError("no \(NamespacePlan.name(of: kind)) namespace:", path.string, .invalid)
    }
    return file
  }

  /// A pidfd of the very process that is meant, not of a later one with its number.
  private static func openProcess(_ process: ProcessIdentity) throws(SystemCallError) -> Descriptor {
    let pidfd = try Descriptor.ofProcess(process.pid)
    guard let found = try ProcessIdentity.of(pid: process.pid), found.identity == process, !found.hasEnded else {
      throw SystemCallError("pidfd_open", "process \(process.pid)", .noSuchProcess)
    }
    return pidfd
  }

  /// The root file system by a path without any symlink: what stands at its end when it is opened is what is used.
  private static func openRoot(_ path: HostPath) throws(SystemCallError) -> Descriptor {
    let top = try Descriptor.open(HostPath(constant: "/"), [.path, .directory])
    do {
      guard Defence.rootWithoutLinks.isOn else { return try top.open(path.string, [.path, .directory]) }
      return try top.open(String(path.string.dropFirst()), [.path, .directory, .noFollow], resolve: .noSymlinks)
    } catch {
      throw SystemCallError(error.call, path.string, error.errno)
    }
  }

  private static func cause(_ error: SystemCallError, _ source: InitSequence.Source) -> OperationError.Cause {
    switch source {
    case .root(let path):
      let problem =
        switch error.errno {
        case .tooManyLinks: "invalid rootfs: not an absolute path, or a symlink: \(path)"
        default: "invalid rootfs: \(path): \(error.errno.message) (\(error.errno.name))"
        }
      return .properties([PropertyError("config.json.root.path", problem)])
    case .container, .rootOfContainer:
      return error.errno == .noSuchProcess || error.errno == .noSuchFile
        ? .message("cannot exec in a stopped container") : .systemCall(error)
    case .tree(let path, _, _, let property):
      let problem = "bind source \(path): \(error.errno.message) (\(error.errno.name))"
      return .properties([PropertyError("config.json.\(property ?? "mounts")", problem)])
    case .mapping(_, let property):
      return .properties([PropertyError("config.json.\(property ?? "mounts")", "its mapping of ids: \(error)")])
    case .namespace(let kind, let path):
      let name = NamespacePlan.name(of: kind)
      let problem =
        error.errno == .invalid
        ? "\(path) is no \(name) namespace" : "\(name) namespace \(path): \(error.errno.message) (\(error.errno.name))"
      return .properties([PropertyError("config.json.linux.namespaces", problem)])
    }
  }
}
