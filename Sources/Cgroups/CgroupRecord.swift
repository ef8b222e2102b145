/// Where a container's cgroup is: what is needed to find it again, in plain values that can be written down.
public struct CgroupRecord: Equatable, Sendable {
  public struct Folder: Equatable, Sendable {
    /// As in /proc/self/cgroup: `cpu,cpuacct`, `name=systemd`; empty for the cgroup v2 tree.
    public var hierarchy: String
    /// Absolute.
    public var path: String

    public init(hierarchy: String, path: String) {
      self.hierarchy = hierarchy
      self.path = path
    }
  }

  public var folders: [Folder]
  /// Folders above them that were made with them and go with them when nothing else is in them; outermost first.
  public var parents: [String]
  /// The scope that systemd made for it; nil for a cgroup that was made directly.
  public var systemd: Scope?

  /// A unit of systemd's.
  public struct Scope: Equatable, Sendable {
    public var unit: String
    public var manager: SystemdFacts.Manager

    public init(unit: String, manager: SystemdFacts.Manager) {
      self.unit = unit
      self.manager = manager
    }
  }

  public init(folders: [Folder], parents: [String] = [], systemd: Scope? = nil) {
    self.folders = folders
    self.parents = parents
    self.systemd = systemd
  }
}
