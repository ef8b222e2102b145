public import Kernel

/// What the cgroups of this host look like to the calling process: a plain value that tests can make.
public struct CgroupLayout: Equatable, Sendable {
  /// Which of the two generations of cgroups the host uses.
  public enum Kind: String, Sendable {
    /// Controllers on hierarchies of their own, no cgroup v2 tree.
    case v1
    /// Controllers on v1 hierarchies, with a cgroup v2 tree beside them.
    case hybrid
    /// One cgroup v2 tree.
    case v2
  }

  /// One tree of cgroups.
  public struct Hierarchy: Equatable, Sendable {
    /// The name in /proc/self/cgroup: `cpu,cpuacct`, `name=systemd`, or empty for the cgroup v2 tree.
    public let name: String
    /// Where it is mounted.
    public let mountPoint: HostPath
    /// The cgroup of the calling process, relative to the root of the mount; empty for the root.
    public let ownComponents: [String]

    public init(name: String, mountPoint: HostPath, ownComponents: [String] = []) {
      self.name = name
      self.mountPoint = mountPoint
      self.ownComponents = ownComponents
    }

    public var isUnified: Bool { name.isEmpty }
    /// The controllers of a v1 hierarchy; none for a named one and for the cgroup v2 tree.
    public var controllers: [String] { Hierarchy.controllers(ofName: name) }

    static func controllers(ofName name: String) -> [String] {
      name.isEmpty || name.hasPrefix("name=")
        ? [] : name.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    }

    /// Whether a controller is one of them.
    static func name(_ name: String, holds controller: String) -> Bool {
      if name == controller { return true }
      return name.utf8.contains(UInt8(ascii: ",")) && controllers(ofName: name).contains(controller)
    }
  }

  public let kind: Kind
  public let hierarchies: [Hierarchy]
  /// Controllers that the root of the cgroup v2 tree has (`cgroup.controllers`).
  public let unifiedControllers: [String]

  /// For a caller that makes no cgroup: nothing was asked.
  package static var unknown: CgroupLayout { CgroupLayout() }

  private init() {
    kind = .v1
    hierarchies = []
    unifiedControllers = []
  }

  /// - Throws: when there is no hierarchy at all.
  public init(hierarchies: [Hierarchy], unifiedControllers: [String] = []) throws(CgroupError) {
    guard !hierarchies.isEmpty else { throw .noHierarchies("no hierarchy is mounted") }
    let unified = hierarchies.contains { $0.isUnified }
    kind = !unified ? .v1 : hierarchies.count == 1 ? .v2 : .hybrid
    self.hierarchies = hierarchies
    self.unifiedControllers = unifiedControllers
  }
}
