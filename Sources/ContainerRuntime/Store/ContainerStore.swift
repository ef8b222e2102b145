public import Kernel

/// The folder that holds a folder for each container (`--root`).
public struct ContainerStore: Sendable {
  public let path: HostPath

  public init(path: HostPath) { self.path = path }

  /// Makes the folder of a new container. Of several callers with one id exactly one gets it.
  package func reserve(_ id: ContainerID) throws(OperationError) -> ContainerFolder {
    do {
      let root: Descriptor
      do { root = try open() } catch {
        guard error.errno == .noSuchFile else { throw error }
        try path.makeDirectories(mode: 0o700)
        root = try open()
      }
      do { try root.makeDirectory(id.string, mode: 0o700) } catch {
        if error.errno == .exists {
          throw OperationError("", "", .message("container with given ID already exists: \(id)"))
        }
        throw error
      }
      let folder = ContainerFolder(id: id, descriptor: try openFolder(root, id), parent: root)
      if try !folder.lock() {
        throw OperationError("", "", .message("the container's folder was removed by another caller: \(id)"))
      }
      return folder
    } catch let error as OperationError {
      throw error
    } catch let error as SystemCallError {
      throw OperationError("", "", .systemCall(SystemCallError(error.call, "\(path)/\(id)", error.errno)))
    } catch {
      throw OperationError("", "", .message("unknown"))
    }
  }

  /// The folder of a container; nil when there is none.
  package func folder(_ id: ContainerID) throws(SystemCallError) -> ContainerFolder? {
    do {
      let root = try open()
      return ContainerFolder(id: id, descriptor: try openFolder(root, id), parent: root)
    } catch {
      if error.errno == .noSuchFile { return nil }
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

  private func open() throws(SystemCallError) -> Descriptor { try Descriptor.open(path, [.path, .directory]) }

  /// A symlink or a mount in the place of a container's folder is never followed (crun empties its target).
  private func openFolder(_ root: borrowing Descriptor, _ id: ContainerID) throws(SystemCallError) -> Descriptor {
    try root.open(id.string, [.readOnly, .directory, .noFollow], resolve: [.beneath, .noSymlinks, .noCrossDevice])
  }
}
