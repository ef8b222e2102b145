public import Kernel

extension Cgroup {
  /// The folder in the cgroup v2 tree in which a process of the container really is, for a child that joins it
  /// (CLONE_INTO_CGROUP): a container that has made cgroups below its own and given controllers to them has a folder
  /// which takes no processes itself any more (EBUSY; runc#2356).
  /// - Returns: nil without a cgroup v2 tree, and when the process is not in the container's cgroup.
  public func openUnified(ofProcess pid: Int32) throws(CgroupError) -> Descriptor? {
    guard let unified else { return nil }
    let file = HostPath(constant: "/proc").appending("\(pid)/cgroup")
    let bytes = try wrapping { () throws(SystemCallError) in try file.read(expected: 4096, inOnePiece: true) }
    guard let membership = CgroupLayout.Membership.parse(bytes).first(where: { $0.name.isEmpty }),
      let below = Self.below(CgroupPath.components(unified.path.string), membership.components)
    else { return nil }
    return try wrapping { () throws(SystemCallError) in
      try Descriptor.open(CgroupPath.join(unified.path, below), [.readOnly, .directory])
    }
  }

  /// What a member's path has below the container's folder. Where the tree is mounted is not written down, so the path
  /// of the folder ends with what the member's path begins with.
  package static func below(_ folder: [String], _ member: [String]) -> [String]? {
    for start in folder.indices where member.starts(with: folder[start...]) {
      return Array(member.dropFirst(folder.count - start))
    }
    return nil
  }
}
