public import Kernel
public import OCI

/// Where a container's cgroup is and what is written there: everything is decided, nothing is done.
public struct CgroupPlan: Equatable, Sendable {
  /// The cgroup in one hierarchy.
  public struct Folder: Equatable, Sendable {
    /// As in /proc/self/cgroup; empty for the cgroup v2 tree.
    public let hierarchy: String
    public let mountPoint: HostPath
    /// A cgroup that must be there, relative to the mount point.
    public let base: [String]
    /// Below it: what the configuration names. The last one is the container's.
    public let below: [String]

    public var isUnified: Bool { hierarchy.isEmpty }
    var controllers: [String] { CgroupLayout.Hierarchy.controllers(ofName: hierarchy) }
    public var path: HostPath { CgroupPath.join(mountPoint, base + below) }
  }

  public let kind: CgroupLayout.Kind
  public let folders: [Folder]
  /// The scope of systemd's that the folders belong to; nil when they are made directly.
  public let systemd: SystemdUnit?
  /// What systemd is told when the scope is made.
  let systemdProperties: [SystemdProperty]
  /// In order; all before the first process.
  public let writes: [CgroupWrite]
  /// Nil: devices are left alone (rootless).
  public let devices: DevicePolicy?
  /// For the user: properties without an effect.
  public let warnings: [String]
  /// Without privileges and without a path of the configuration's own, a hierarchy that may not be written is left out.
  public let mayLeaveOut: Bool
  /// Without privileges only what systemd or an administrator has delegated can be used.
  let isRootless: Bool
  /// Controllers that a cgroup v2 tree shall give to the container's folder: all in a pure tree, for the statistics.
  let unifiedControllers: [String]
  /// What the devices controller of v1 is told, if the host has one.
  let deviceWrites: [(file: String, value: String)]

  /// The container's process can begin before all of the folders are there, and go into them later, by their files.
  public var canBeJoinedLate: Bool { kind != .v2 && !isRootless }

  /// Decides.
  /// - Parameters:
  ///   - linux: the properties `cgroupsPath`, `resources` and `devices` are used.
  ///   - id: of the container; the cgroup's name when the configuration does not name one.
  ///   - isRootless: devices cannot be limited then.
  ///   - systemd: makes the cgroup; nil makes it directly.
  /// - Throws: for each property that is wrong or that this host cannot honour.
  public init(
    linux: Spec.Linux?, id: String, layout: CgroupLayout, isRootless: Bool = false, systemd: SystemdRequest? = nil
  ) throws(CgroupError) {
    kind = layout.kind
    let path = linux?.cgroupsPath.flatMap { $0.isEmpty ? nil : $0 }
    mayLeaveOut = isRootless && path == nil && systemd == nil
    self.isRootless = isRootless
    let unit = try systemd.map { (request) throws(CgroupError) in
      try SystemdUnit(path, id: id, request.facts)
    }
    self.systemd = unit
    var limits = linux?.resources
    if let systemd, let unit {
      if systemd.facts.manager == .user && layout.kind != .v2 {
        throw .noHierarchies("a user's systemd can make cgroups for containers in a pure cgroup v2 tree only")
      }
      folders = Self.folders(of: unit, systemd.facts, layout)
      limits = limits.map { SystemdProperties.rounded($0) }
    } else {
      folders = try Self.folders(path, id: id, layout)
    }
    var (writes, warnings): ([CgroupWrite], [String]) = ([], [])
    if let resources = limits, resources.hasLimits {
      let planner = try ResourcePlanner(
        resources, hierarchies: layout.hierarchies.map { $0.name }, unifiedControllers: layout.unifiedControllers,
        isUpdate: false, property: "linux.resources")
      (writes, warnings) = (planner.writes, planner.warnings)
    }
    (self.writes, self.warnings) = (writes, warnings)
    unifiedControllers = layout.kind == .v2 ? layout.unifiedControllers : []
    let policy = try DevicePolicy(
      linux?.resources?.devices ?? [], replacing: (linux?.devices ?? []).map { $0.path })
    devices = isRootless ? nil : policy
    let hasDevices = layout.hierarchies.contains { $0.controllers.contains("devices") }
    if !isRootless && !hasDevices && layout.kind != .v2 && !layout.hierarchies.contains(where: { $0.isUnified }) {
      throw .noHierarchies(
        "the controller \"devices\" is not mounted, without which a container could use every device")
    }
    deviceWrites = isRootless || !hasDevices ? [] : try policy.v1Writes()
    guard let systemd, let unit else {
      systemdProperties = []
      return
    }
    var properties = SystemdProperties(systemd.facts.version, layout.kind)
    properties.addBasics(unit, id: id)
    try properties.addAnnotations(systemd.properties)
    if let devices { properties.add(devices) }
    if let resources = linux?.resources {
      try properties.add(resources, property: "linux.resources", isStart: true)
    }
    systemdProperties = properties.list
  }

  /// Below systemd's own cgroup in every hierarchy. In a pure tree systemd makes all of them; on v1 it makes those of its
  /// controllers, and the others are made beside them.
  private static func folders(of unit: SystemdUnit, _ facts: SystemdFacts, _ layout: CgroupLayout) -> [Folder] {
    layout.hierarchies.map { hierarchy in
      Folder(
        hierarchy: hierarchy.name, mountPoint: hierarchy.mountPoint, base: facts.controlGroup, below: unit.components)
    }
  }

  public static func == (left: CgroupPlan, right: CgroupPlan) -> Bool {
    left.kind == right.kind && left.systemd == right.systemd && left.systemdProperties == right.systemdProperties
      && left.folders == right.folders && left.writes == right.writes
      && left.devices == right.devices && left.warnings == right.warnings && left.mayLeaveOut == right.mayLeaveOut
  }

  /// Nothing names a folder `<own cgroup>/<id>`, a relative path one below the own cgroup, an absolute one from the
  /// root of the hierarchy, as with runc's fs driver (config-linux.md, "Cgroups Path").
  ///
  /// In a pure cgroup v2 tree it is the parent of the own cgroup: in one that holds processes, no controller can be
  /// given to children (cgroups(7), "no internal processes").
  private static func folders(_ path: String?, id: String, _ layout: CgroupLayout) throws(CgroupError) -> [Folder] {
    let property = "linux.cgroupsPath"
    let text = path ?? id
    let below = CgroupPath.components(text)
    if below.isEmpty { throw .property(property, problem: "\"\(text)\" names no cgroup but one that exists already") }
    if text.utf8.contains(where: { $0 == 0 || $0 == 10 }) {
      throw .property(property, problem: "it contains a NUL character or a new line")
    }
    if let long = below.first(where: { $0.utf8.count > 255 }) ?? (text.utf8.count > 3072 ? text : nil) {
      throw .property(property, problem: "a name of \(long.utf8.count) bytes is too long")
    }
    let isAbsolute = text.utf8.first == UInt8(ascii: "/")
    return layout.hierarchies.map { hierarchy in
      let own = layout.kind == .v2 ? Array(hierarchy.ownComponents.dropLast()) : hierarchy.ownComponents
      return Folder(
        hierarchy: hierarchy.name, mountPoint: hierarchy.mountPoint, base: isAbsolute ? [] : own, below: below)
    }
  }
}
