public import Kernel
internal import OCI

/// The group of the resctrl file system that a container belongs to (config-linux.md, "IntelRdt").
public struct ResourceControlPlan: Equatable, Sendable {
  /// The class of service: a folder of the file system, or its root.
  public var group: HostPath
  /// Nobody has prepared it: its name is the container's id, and it goes with the container.
  public var isOwn: Bool
  /// Lines for its file `schemata`; without any the group must be there already.
  public var schemata: [String]
  /// A group of the container's own that only counts.
  public var monitor: HostPath?
}

extension ResourceControlPlan {
  /// The lines of the two properties that have one text each. A line about the bandwidth is passed over among those about
  /// the cache: memBwSchema is its place.
  static func lines(cache: String?, bandwidth: String?) -> [String] {
    let cache = (cache ?? "").split(separator: "\n").filter { !$0.hasPrefix("MB:") }
    return (cache + (bandwidth ?? "").split(separator: "\n")).map(String.init)
  }
}

extension PlanBuilder {
  mutating func decideResourceControl(_ id: String) -> ResourceControlPlan? {
    guard let rdt = linux?.intelRdt else { return nil }
    let place = "linux.intelRdt"
    let name = rdt.closID ?? ""
    let isRoot = name == "/"
    if name == "." || name == ".." || (!isRoot && name.utf8.contains(UInt8(ascii: "/"))) || name.utf8.count > 255 {
      problems.add("\(place).closID", "\(quoted(name)) is no name of a class of service", .resourceControl)
    }
    problems.requireNoNUL(name, "\(place).closID")
    let lines =
      (rdt.schemata ?? []) + ResourceControlPlan.lines(cache: rdt.l3CacheSchema, bandwidth: rdt.memBwSchema)
    for line in lines { problems.requireNoNUL(line, place) }
    guard let mount = host.resourceControl else {
      problems.add(place, "Intel RDT is not enabled on this host: no resctrl file system is mounted")
      return nil
    }
    let group = isRoot ? mount : mount.appending(name.isEmpty ? id : name)
    return ResourceControlPlan(
      group: group, isOwn: name.isEmpty, schemata: lines,
      monitor: rdt.enableMonitoring == true ? group.appending("mon_groups/\(id)") : nil)
  }
}
