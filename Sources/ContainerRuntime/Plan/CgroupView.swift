internal import Cgroups
public import Kernel

/// What a container sees of its cgroups under a mount of the type `cgroup`.
public enum CgroupView: Equatable, Sendable {
  /// One cgroup v2 tree.
  case unified(Hierarchy)
  /// A folder for each hierarchy in a tmpfs, and links for controllers that share one.
  case split([Hierarchy])

  public struct Hierarchy: Equatable, Sendable {
    /// The name of its folder on the host, which is its name inside too: `cpu,cpuacct`, `systemd`, `unified`.
    public var folder: String
    /// Its controllers or `name=…`, as mount options of cgroup v1; none for v2.
    public var options: [String]
    /// In a cgroup namespace the hierarchy is mounted anew and begins at the container's cgroup; without one that cgroup
    /// is bound from the host.
    public var bound: HostPath?
  }

  init(_ plan: Plan) {
    let hierarchies = plan.cgroup.folders.map { folder in
      Hierarchy(
        folder: folder.mountPoint.lastComponent,
        options: folder.isUnified ? [] : folder.hierarchy.split(separator: ",").map(String.init),
        bound: plan.namespaces.cgroup == .host ? folder.path : nil)
    }
    if plan.cgroup.kind == .v2, let only = hierarchies.first {
      self = .unified(only)
    } else {
      self = .split(hierarchies)
    }
  }
}
