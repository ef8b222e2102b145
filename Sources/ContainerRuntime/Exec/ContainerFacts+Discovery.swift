internal import Kernel
internal import OCI

extension ContainerFacts {
  static func hasLeft(_ kind: NamespaceKind) -> SystemCallError {
    .refused(
      "cannot exec: the container's first process has left the \(NamespacePlan.name(of: kind)) namespace in which it"
        + " was made")
  }

  /// Looks at a container's first process.
  /// - Parameters:
  ///   - process: whoever enters it finds out afterwards that it lives still: then all that was seen was its.
  ///   - recorded: the namespaces that it was in when the container was made. One that it chose itself since then, such
  ///     as a user namespace with ids of its own, is not entered (security case S8).
  /// - Throws: ENOENT when it is gone, or is going and has no namespaces any more.
  static func discover(
    _ process: ProcessIdentity, recorded: StringMap<String>
  ) throws(SystemCallError) -> ContainerFacts {
    let folder = HostPath(constant: "/proc").appending("\(process.pid)")
    var namespaces: [NamespaceKind] = []
    for kind in NamespaceNumbers.order {
      guard let own = try NamespaceNumbers.status(HostPath(constant: "/proc/self/ns"), kind),
        let other = try NamespaceNumbers.status(folder.appending("ns"), kind)
      else { continue }
      if let wanted = recorded[kind.fileName], Defence.namespaceIdentity.isOn, wanted != String(other.inode) {
        throw hasLeft(kind)
      }
      if own.inode != other.inode || own.device != other.device { namespaces.append(kind) }
    }
    var allowsGroups = CurrentProcess.effectiveUser == 0
    if namespaces.contains(.user) { allowsGroups = try folder.appending("setgroups").readText() == "allow" }
    return ContainerFacts(process: process, namespaces: namespaces, allowsSettingGroups: allowsGroups)
  }
}
