public import Kernel

/// The folder that holds a folder for each container (`--root`).
public struct ContainerStore: Sendable {
  public let path: HostPath

  public init(path: HostPath) { self.path = path }

  /// Makes the folder of a new container. Of several callers with one id exactly one gets it.
  package func reserve(_ id: ContainerID) throws(OperationError) -> ContainerFolder {
    do throws(SystemCallError) {
      let root = try makeRoot()
      do { try root.descriptor.makeDirectory(id.string, mode: Defence.privateState.isOn ? 0o700 : 0o755) } catch {
        if error.errno == .exists && Defence.exclusiveID.isOn {
          throw SystemCallError.refused("container with given ID already exists: \(id)")
        }
        if error.errno != .exists { throw error }
      }
      let folder = try root.folder(id)
      if try !folder.lock() {
        throw SystemCallError.refused("the container's folder was removed by another caller: \(id)")
      }
      return folder
    } catch {
      if error.isRefusal { throw OperationError(error) }
      throw OperationError("", "", .systemCall(SystemCallError(error.call, "\(path)/\(id)", error.errno)))
    }
  }

  private func makeRoot() throws(SystemCallError) -> StoreFolder {
    do { return try StoreFolder(path) } catch {
      guard error.errno == .noSuchFile else { throw error }
      try path.makeDirectories(mode: 0o700)
      return try StoreFolder(path)
    }
  }

  /// The store's own folder; nil when there is none.
  package func opened() throws(SystemCallError) -> StoreFolder? {
    do { return try StoreFolder(path) } catch {
      if error.errno == .noSuchFile { return nil }
      throw error
    }
  }

  /// The folder of a container; nil when there is none.
  package func folder(_ id: ContainerID) throws(SystemCallError) -> ContainerFolder? {
    do { return try StoreFolder(path).folder(id) } catch {
      if error.errno == .noSuchFile { return nil }
      if error.isRefusal { throw error }
      throw SystemCallError(error.call, "\(path)/\(id)", error.errno)
    }
  }

  /// The names in the store that may be containers, sorted.
  package func names() throws(SystemCallError) -> [String] { try opened()?.names() ?? [] }
}
