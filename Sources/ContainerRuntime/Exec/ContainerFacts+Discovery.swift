internal import Kernel

extension ContainerFacts {
  /// Looks at a container's first process.
  /// - Parameter process: whoever enters it finds out afterwards that it lives still: then all that was seen was its.
  /// - Throws: ENOENT when it is gone, or is going and has no namespaces any more.
  static func discover(_ process: ProcessIdentity) throws(SystemCallError) -> ContainerFacts {
    let folder = HostPath(constant: "/proc").appending("\(process.pid)")
    let order: [NamespaceKind] = [.user, .mount, .uts, .ipc, .pid, .cgroup, .network, .time]
    var namespaces: [NamespaceKind] = []
    for kind in order {
      guard let own = try status(HostPath(constant: "/proc/self/ns"), kind),
        let other = try status(folder.appending("ns"), kind)
      else { continue }
      if own.inode != other.inode || own.device != other.device { namespaces.append(kind) }
    }
    var allowsGroups = CurrentProcess.effectiveUser == 0
    if namespaces.contains(.user) { allowsGroups = try folder.appending("setgroups").readText() == "allow" }
    return ContainerFacts(process: process, namespaces: namespaces, allowsSettingGroups: allowsGroups)
  }

  /// nil when this kernel has no such namespaces.
  private static func status(_ folder: HostPath, _ kind: NamespaceKind) throws(SystemCallError) -> FileStatus? {
    do {
      return try folder.appending(kind.fileName).status()
    } catch {
      if kind == .time && error.errno == .noSuchFile { return nil }
      throw error
    }
  }
}
