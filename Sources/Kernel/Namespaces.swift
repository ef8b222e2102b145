internal import CLinux

/// The kinds of namespaces (namespaces(7)), by their clone flags.
public enum NamespaceKind: UInt64, CaseIterable, Sendable {
  case time = 0x0000_0080
  case mount = 0x0002_0000
  case cgroup = 0x0200_0000
  case uts = 0x0400_0000
  case ipc = 0x0800_0000
  case user = 0x1000_0000
  case pid = 0x2000_0000
  case network = 0x4000_0000

  /// The name of its file in /proc/PID/ns.
  public var fileName: String {
    switch self {
    case .time: "time"
    case .mount: "mnt"
    case .cgroup: "cgroup"
    case .uts: "uts"
    case .ipc: "ipc"
    case .user: "user"
    case .pid: "pid"
    case .network: "net"
    }
  }

  /// Moves this process into a new namespace of the kind (unshare(2)); pid and time take effect for its children.
  public func unshare() throws(SystemCallError) {
    try NamespaceKind.unshare([self])
  }

  /// Moves this process into new namespaces of all these kinds.
  public static func unshare(_ kinds: [NamespaceKind]) throws(SystemCallError) {
    let flags = kinds.reduce(0) { $0 | $1.rawValue }
    let result = cl_unshare(Int32(truncatingIfNeeded: flags))
    if result < 0 {
      try result.check("unshare", "\(kinds.map { $0.fileName }.joined(separator: ", ")) namespace")
    }
  }
}

extension Descriptor {
  /// The kind of namespace that an open nsfs file stands for (ioctl_ns(2)); nil when it is no namespace.
  public borrowing func namespaceKind() -> NamespaceKind? {
    let kind = cl_namespace_type(number)
    return kind < 0 ? nil : NamespaceKind(rawValue: UInt64(UInt32(bitPattern: kind)))
  }

  /// Moves this process into the namespace (setns(2)); for pid and time, its children.
  public borrowing func enterNamespace(_ kind: NamespaceKind) throws(SystemCallError) {
    try cl_setns(number, Int32(truncatingIfNeeded: kind.rawValue)).check(
      "setns", "\(kind.fileName) namespace")
  }

  /// With a pidfd: moves this process into several namespaces of another at once (Linux 5.8).
  public borrowing func enterNamespaces(_ kinds: [NamespaceKind]) throws(SystemCallError) {
    let flags = kinds.reduce(UInt64(0)) { $0 | $1.rawValue }
    try cl_setns(number, Int32(truncatingIfNeeded: flags)).check("setns", "namespaces of a process")
  }
}

/// Sets the host name of this UTS namespace.
public func setHostName(_ name: String) throws(SystemCallError) {
  try unsafe cl_sethostname(name, name.utf8.count).check("sethostname", name)
}

/// Sets the NIS domain name of this UTS namespace.
public func setDomainName(_ name: String) throws(SystemCallError) {
  try unsafe cl_setdomainname(name, name.utf8.count).check("setdomainname", name)
}
