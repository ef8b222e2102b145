package import Kernel

/// A mount of a cgroup hierarchy (proc_pid_mountinfo(5)).
package struct CgroupMount: Equatable, Sendable {
  package let isUnified: Bool
  /// The cgroup at its root, as the reader of mountinfo sees it.
  package let root: [String]
  package let mountPoint: HostPath
  /// Options of the super block; on v1 the controllers are among them, and `name=…`.
  package let options: [String]

  /// Mounts of other file systems, and lines that cannot be understood, are passed over.
  package static func parse(_ mountinfo: [UInt8]) -> [CgroupMount] {
    mountinfo.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count > 6, let dash = fields[6...].firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
        dash + 3 < fields.count
      else { return nil }
      let isUnified = fields[dash + 1].elementsEqual("cgroup2".utf8)
      guard isUnified || fields[dash + 1].elementsEqual("cgroup".utf8) else { return nil }
      let mountPoint: HostPath
      do throws(PathProblem) { mountPoint = try HostPath(unescaped(fields[4])) } catch { return nil }
      guard mountPoint.string.utf8.first == UInt8(ascii: "/") else { return nil }
      return CgroupMount(
        isUnified: isUnified, root: CgroupPath.components(unescaped(fields[3])), mountPoint: mountPoint,
        options: fields[dash + 3].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// The hierarchies in which the process is and which are mounted. Of several mounts of one hierarchy the last that
  /// can be used is taken, and one that shows the process's own cgroup before one that does not.
  /// - Parameter isMounted: asks the kernel, since a later mount may cover one of the table.
  package static func hierarchies(
    of memberships: [CgroupLayout.Membership], mounts: [CgroupMount],
    isMounted: (CgroupLayout.Hierarchy) -> Bool
  ) -> [CgroupLayout.Hierarchy] {
    memberships.compactMap { membership in
      let names =
        membership.name.isEmpty
        ? [] : membership.name.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
      var outside: CgroupLayout.Hierarchy?
      for mount in mounts.reversed() {
        guard mount.isUnified == names.isEmpty, names.allSatisfy({ mount.options.contains($0) }) else { continue }
        let isInside = membership.components.starts(with: mount.root)
        let own = isInside ? Array(membership.components.dropFirst(mount.root.count)) : []
        let hierarchy = CgroupLayout.Hierarchy(
          name: membership.name, mountPoint: mount.mountPoint, ownComponents: own)
        guard isMounted(hierarchy) else { continue }
        if isInside { return hierarchy }
        outside = outside ?? hierarchy
      }
      return outside
    }
  }

  /// mountinfo writes blank, tab, newline and backslash as three octal digits after a backslash.
  private static func unescaped(_ field: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
        bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 48) }))
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
