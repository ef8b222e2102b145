internal import Kernel
internal import OCI

/// Which namespaces a process is in, by their inode numbers.
enum NamespaceNumbers {
  /// In the order of setns(2).
  static let order: [NamespaceKind] = [.user, .mount, .uts, .ipc, .pid, .cgroup, .network, .time]

  /// - Returns: the numbers by the names of the files in /proc/PID/ns; nothing when the caller may not look, as without
  ///   privileges at a process that is not dumpable.
  static func of(process pid: Int32) throws(SystemCallError) -> StringMap<String> {
    let folder = HostPath(constant: "/proc").appending("\(pid)/ns")
    var numbers = StringMap<String>()
    for kind in order {
      do throws(SystemCallError) {
        if let status = try status(folder, kind) { numbers[kind.fileName] = String(status.inode) }
      } catch {
        if error.errno == .accessDenied || error.errno == .notPermitted { return StringMap() }
        throw error
      }
    }
    return numbers
  }

  /// nil when this kernel has no such namespaces.
  static func status(_ folder: HostPath, _ kind: NamespaceKind) throws(SystemCallError) -> FileStatus? {
    do {
      return try folder.appending(kind.fileName).status()
    } catch {
      if kind == .time && error.errno == .noSuchFile { return nil }
      throw error
    }
  }
}
