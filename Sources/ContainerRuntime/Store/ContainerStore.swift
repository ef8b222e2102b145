public import Kernel

/// The folder that holds a folder for each container (`--root`).
public struct ContainerStore: Sendable {
  public let path: HostPath

  public init(path: HostPath) { self.path = path }

  /// Makes the folder of a new container. Of several callers with one id exactly one gets it.
  package func reserve(_ id: ContainerID) throws(OperationError) -> ContainerFolder {
    do throws(SystemCallError) {
      let root = try makeRoot()
      do { try root.makeDirectory(id.string, mode: Defence.privateState.isOn ? 0o700 : 0o755) } catch {
        if error.errno == .exists && Defence.exclusiveID.isOn {
          throw SystemCallError.refused("container with given ID already exists: \(id)")
        }
        if error.errno != .exists { throw error }
      }
      let folder = ContainerFolder(id: id, descriptor: try openFolder(root, id), parent: root)
      if try !folder.lock() {
        throw SystemCallError.refused("the container's folder was removed by another caller: \(id)")
      }
      return folder
    } catch {
      if error.isRefusal { throw OperationError(error) }
      throw OperationError("", "", .systemCall(SystemCallError(error.call, "\(path)/\(id)", error.errno)))
    }
  }

  private func makeRoot() throws(SystemCallError) -> Descriptor {
    do { return try open() } catch {
      guard error.errno == .noSuchFile else { throw error }
      try path.makeDirectories(mode: 0o700)
      return try open()
    }
  }

  /// The folder of a container; nil when there is none.
  package func folder(_ id: ContainerID) throws(SystemCallError) -> ContainerFolder? {
    do {
      let root = try open()
      return ContainerFolder(id: id, descriptor: try openFolder(root, id), parent: root)
    } catch {
      if error.errno == .noSuchFile { return nil }
      if error.isRefusal { throw error }
      throw SystemCallError(error.call, "\(path)/\(id)", error.errno)
    }
  }

  /// The names in the store that may be containers, sorted.
  package func names() throws(SystemCallError) -> [String] {
    do {
      return try Descriptor.open(path, [.readOnly, .directory]).entries().sorted()
    } catch {
      if error.errno == .noSuchFile { return [] }
      throw error
    }
  }

  /// In a folder where everybody may rename what others made, nothing that is read can be believed (security case S16).
  private func open() throws(SystemCallError) -> Descriptor {
    let root = try Descriptor.open(path, [.path, .directory])
    guard Defence.storeOwner.isOn else { return root }
    let status = try root.status()
    if status.permissions & 0o1002 == 0o002 {
      throw SystemCallError.refused("the folder with the state of containers is writable for everybody: \(path)")
    }
    if status.uid != 0 && status.uid != CurrentProcess.effectiveUser { try checkStranger(root, status.uid) }
    return root
  }

  /// Root may look after a user's containers. But where everybody may make a folder, a stranger's is no user's store but a
  /// trap: the hooks and the cgroups that its records name would be handled with the rights of whoever reads them.
  private func checkStranger(_ root: borrowing Descriptor, _ owner: UInt32) throws(SystemCallError) {
    if CurrentProcess.effectiveUser == 0, try root.open("..", [.path, .directory]).status().permissions & 0o002 == 0 {
      return
    }
    throw SystemCallError.refused(
      "the folder with the state of containers belongs to another user, uid \(owner): \(path)")
  }

  /// A symlink or a mount in the place of a container's folder is never followed (crun empties its target).
  private func openFolder(_ root: borrowing Descriptor, _ id: ContainerID) throws(SystemCallError) -> Descriptor {
    guard Defence.stateLinks.isOn else { return try root.open(id.string, [.readOnly, .directory]) }
    let folder = try root.open(
      id.string, [.readOnly, .directory, .noFollow], resolve: [.beneath, .noSymlinks, .noCrossDevice])
    // Somebody else's, put there before a container of this name was made. A store that is all of one user is that
    // user's, also for root, who has named it.
    let owner = try folder.status().uid
    if Defence.storeOwner.isOn, owner != 0, owner != CurrentProcess.effectiveUser, try owner != root.status().uid {
      throw SystemCallError.refused("the state folder belongs to another user, uid \(owner): \(path)/\(id)")
    }
    return folder
  }
}
