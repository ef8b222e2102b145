public import Kernel

/// What becomes of one kind of namespace.
public enum NamespaceChoice: Equatable, Sendable {
  case host
  case new
  case join(HostPath)
}

/// The choice for every kind: a kind twice cannot be said.
public struct NamespacePlan: Equatable, Sendable {
  public var mount = NamespaceChoice.host
  public var pid = NamespaceChoice.host
  public var network = NamespaceChoice.host
  public var ipc = NamespaceChoice.host
  public var uts = NamespaceChoice.host
  public var user = NamespaceChoice.host
  public var cgroup = NamespaceChoice.host
  public var time = NamespaceChoice.host

  public init() {}

  public subscript(kind: NamespaceKind) -> NamespaceChoice {
    get {
      switch kind {
      case .mount: mount
      case .pid: pid
      case .network: network
      case .ipc: ipc
      case .uts: uts
      case .user: user
      case .cgroup: cgroup
      case .time: time
      }
    }
    set {
      switch kind {
      case .mount: mount = newValue
      case .pid: pid = newValue
      case .network: network = newValue
      case .ipc: ipc = newValue
      case .uts: uts = newValue
      case .user: user = newValue
      case .cgroup: cgroup = newValue
      case .time: time = newValue
      }
    }
  }

  /// The kinds that one clone3 call makes. Time is entered in the child (a clone flag would freeze its offsets), and a
  /// cgroup namespace is unshared after the last attach, or its root would be the caller's cgroup.
  public var madeByClone: [NamespaceKind] {
    let order: [NamespaceKind] = [.user, .mount, .pid, .network, .ipc, .uts]
    return order.filter { self[$0] == .new }
  }

  /// Those of them that a process can make as well once it is born.
  public var madeAfterClone: [NamespaceKind] { madeByClone.filter { $0 != .user && $0 != .pid } }

  /// The kinds that are joined by path, in the order in which they are entered: user first, since it decides over the
  /// privileges for the rest; mount last, since paths change their meaning with it.
  public var joined: [(kind: NamespaceKind, path: HostPath)] {
    let order: [NamespaceKind] = [.user, .pid, .network, .ipc, .uts, .time, .cgroup, .mount]
    return order.compactMap { kind in
      guard case .join(let path) = self[kind] else { return nil }
      return (kind, path)
    }
  }

  /// Which way the container's process is made.
  public var shape: CloneShape {
    let entersBeforeNewUser = user == .new && joined.contains { $0.kind != .user }
    if case .join = user { return .intermediate }
    if entersBeforeNewUser { return .intermediate }
    if case .join = pid { return .throughPidNamespace }
    return .direct
  }

  static func kind(named name: String) -> NamespaceKind? {
    switch name {
    case "pid": .pid
    case "network": .network
    case "mount": .mount
    case "ipc": .ipc
    case "uts": .uts
    case "user": .user
    case "cgroup": .cgroup
    case "time": .time
    default: nil
    }
  }

  static func name(of kind: NamespaceKind) -> String {
    switch kind {
    case .network: "network"
    case .mount: "mount"
    case .pid, .ipc, .uts, .user, .cgroup, .time: kind.fileName
    }
  }
}

/// The three ways to make the container's process; each has its test.
public enum CloneShape: String, Equatable, Sendable {
  /// One clone3 with every new namespace; the child enters the joined ones.
  case direct
  /// The parent enters the joined pid namespace for its children, clones, and returns.
  case throughPidNamespace
  /// An intermediate child enters the joined namespaces and makes the container's process as its own sibling, so that
  /// new namespaces belong to the joined user namespace.
  case intermediate
}
