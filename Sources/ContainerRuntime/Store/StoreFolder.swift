internal import Kernel

/// The folder of a store, open and found to be one that can be believed.
package final class StoreFolder {
  let descriptor: Descriptor
  private let path: HostPath
  private let owner: UInt32

  /// In a folder where everybody may rename what others made, nothing that is read can be believed (security case S16).
  init(_ path: HostPath) throws(SystemCallError) {
    self.path = path
    descriptor = try Descriptor.open(path, [.path, .directory])
    let status = try descriptor.status()
    owner = status.uid
    guard Defence.storeOwner.isOn else { return }
    if status.permissions & 0o1002 == 0o002 {
      throw SystemCallError.refused("the folder with the state of containers is writable for everybody: \(path)")
    }
    if owner != 0 && owner != CurrentProcess.effectiveUser { try checkStranger() }
  }

  /// Root may look after a user's containers. But where everybody may make a folder, a stranger's is no user's store but a
  /// trap: the hooks and the cgroups that its records name would be handled with the rights of whoever reads them.
  private func checkStranger() throws(SystemCallError) {
    if CurrentProcess.effectiveUser == 0,
      try descriptor.open("..", [.path, .directory]).status().permissions & 0o002 == 0
    {
      return
    }
    throw SystemCallError.refused(
      "the folder with the state of containers belongs to another user, uid \(owner): \(path)")
  }

  /// The names in the store that may be containers, sorted.
  func names() throws(SystemCallError) -> [String] {
    try descriptor.open(".", [.readOnly, .directory]).entries().sorted()
  }

  /// The folder of a container. A symlink or a mount in its place is never followed (crun empties its target).
  func folder(_ id: ContainerID) throws(SystemCallError) -> ContainerFolder {
    let flags: OpenFlags = [.readOnly, .directory, .noFollow]
    let folder =
      Defence.stateLinks.isOn
      ? try descriptor.open(id.string, flags, resolve: [.beneath, .noSymlinks, .noCrossDevice])
      : try descriptor.open(id.string, [.readOnly, .directory])
    // Somebody else's, put there before a container of this name was made. A store that is all of one user is that
    // user's, also for root, who has named it.
    let stranger = try folder.status().uid
    if Defence.storeOwner.isOn, stranger != 0, stranger != CurrentProcess.effectiveUser, stranger != owner {
      throw SystemCallError.refused("the state folder belongs to another user, uid \(stranger): \(path)/\(id)")
    }
    return ContainerFolder(id: id, descriptor: folder, owner: stranger, store: self)
  }
}
