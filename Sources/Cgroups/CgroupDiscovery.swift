internal import Kernel
public import OCI

extension CgroupLayout {
  /// Looks at the host.
  ///
  /// The good case is one read of /proc/self/cgroup and one statfs(2) for each hierarchy at its customary place;
  /// mountinfo, which is long on hosts with many containers, is read only when that does not fit: controllers mounted
  /// elsewhere, or a mount whose root is not the root of the hierarchy (a container without a cgroup namespace).
  ///
  /// - Parameter resources: what is wanted; the controllers of a cgroup v2 tree beside v1 are read only when needed.
  public static func discover(for resources: Spec.Resources? = nil) throws(CgroupError) -> CgroupLayout {
    let memberships = try ownMemberships()
    let hierarchies: [Hierarchy]
    if let customary = customaryHierarchies(memberships) {
      hierarchies = customary
    } else {
      let table = try wrapping { () throws(SystemCallError) in
        try HostPath(constant: "/proc/self/mountinfo").read(limit: 64 << 20, expected: 65536)
      }
      hierarchies = CgroupMount.hierarchies(of: memberships, mounts: CgroupMount.parse(table)) { isMounted($0) }
    }
    let pure = hierarchies.count == 1
    guard let unified = hierarchies.first(where: { $0.isUnified }), pure || resources?.hasLimits == true else {
      return try CgroupLayout(hierarchies: hierarchies)
    }
    let controllers = try ControlFile(unified.mountPoint, "cgroup.controllers").readWords()
    return try CgroupLayout(hierarchies: hierarchies, unifiedControllers: controllers)
  }

  /// A line of /proc/PID/cgroup (cgroups(7)).
  package struct Membership: Equatable, Sendable {
    package let name: String
    package let components: [String]

    package init(name: String, components: [String]) {
      self.name = name
      self.components = components
    }

    /// Lines that cannot be understood are passed over. A path outside of the cgroup namespace (`/../x`) ends at its
    /// root: nothing is ever made above what the caller sees.
    package static func parse(_ bytes: [UInt8]) -> [Membership] {
      bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].first == UInt8(ascii: "/") else { return nil }
        let name = String(decoding: parts[1], as: UTF8.self)
        if name.isEmpty && !parts[0].elementsEqual([UInt8(ascii: "0")]) { return nil }
        return Membership(name: name, components: CgroupPath.components(String(decoding: parts[2], as: UTF8.self)))
      }
    }
  }

  private static func ownMemberships() throws(CgroupError) -> [Membership] {
    let path = HostPath(constant: "/proc/self/cgroup")
    let bytes = try wrapping { () throws(SystemCallError) in try path.read(expected: 4096, inOnePiece: true) }
    let memberships = Membership.parse(bytes)
    if memberships.isEmpty { throw .noHierarchies("\(path) names none; is the kernel built with cgroups?") }
    return memberships
  }

  /// The hierarchies at the places where everybody mounts them; nil when one of them is not as expected.
  ///
  /// What is asked is the process's own cgroup below the mount point: when the mount's root is not that of the
  /// hierarchy, the path of /proc/self/cgroup does not exist there. The v2 tree of a hybrid host may be missing (v1).
  private static func customaryHierarchies(_ memberships: [Membership]) -> [Hierarchy]? {
    let root = HostPath(constant: "/sys/fs/cgroup")
    if memberships.count == 1, memberships[0].name.isEmpty {
      let own = Hierarchy(name: "", mountPoint: root, ownComponents: memberships[0].components)
      return isMounted(own) ? [own] : nil
    }
    var hierarchies: [Hierarchy] = []
    hierarchies.reserveCapacity(memberships.count)
    for membership in memberships {
      let isUnified = membership.name.isEmpty
      let isNamed = membership.name.hasPrefix("name=")
      let folder = isUnified ? "unified" : isNamed ? String(membership.name.dropFirst(5)) : membership.name
      let own = Hierarchy(
        name: membership.name, mountPoint: root.appending(folder), ownComponents: membership.components)
      if isMounted(own) {
        hierarchies.append(own)
      } else if !isUnified {
        return nil
      }
    }
    return hierarchies
  }

  /// Whether the caller's own cgroup is where the hierarchy says, on a file system of the right kind.
  private static func isMounted(_ hierarchy: Hierarchy) -> Bool {
    let path = CgroupPath.join(hierarchy.mountPoint, hierarchy.ownComponents)
    do throws(SystemCallError) {
      return try path.fileSystemMagic() == (hierarchy.isUnified ? FileSystemMagic.cgroup2 : FileSystemMagic.cgroup)
    } catch {
      return false
    }
  }
}

extension Spec.Resources {
  /// Whether anything but device rules is asked for.
  var hasLimits: Bool {
    memory != nil || cpu != nil || pids != nil || blockIO != nil || hugepageLimits != nil || network != nil
      || rdma != nil || unified != nil
  }
}
