internal import Kernel
internal import OCI

/// What `update` changes of a container's class of service in the resctrl file system.
package struct ResourceControlUpdate: Equatable, Sendable {
  package var l3CacheSchema: String?
  package var memBwSchema: String?

  package init(l3CacheSchema: String?, memBwSchema: String?) {
    self.l3CacheSchema = l3CacheSchema.flatMap { $0.isEmpty ? nil : $0 }
    self.memBwSchema = memBwSchema.flatMap { $0.isEmpty ? nil : $0 }
  }

  package var isEmpty: Bool { l3CacheSchema == nil && memBwSchema == nil }

  var lines: [String] { ResourceControlPlan.lines(cache: l3CacheSchema, bandwidth: memBwSchema) }

  /// Why this machine cannot do it, in the words of runc; nil when it can.
  func refusal(_ mount: HostPath?) -> String? {
    if l3CacheSchema != nil, !["L3", "L3CODE"].contains(where: { Self.exists($0, in: mount) }) {
      return "Intel RDT/CAT: l3 cache schema is not enabled"
    }
    if memBwSchema != nil, !Self.exists("MB", in: mount) {
      return "Intel RDT/MBA: memory bandwidth schema is not enabled"
    }
    return nil
  }

  /// The kernel has a folder below `info` for each resource that it can divide.
  private static func exists(_ resource: String, in mount: HostPath?) -> Bool {
    guard let mount else { return false }
    do { return try mount.appending("info").appending(resource).status().kind == .directory } catch { return false }
  }

  /// The configuration with it.
  func applied(to rdt: Spec.IntelRdt?) -> Spec.IntelRdt {
    var result = rdt ?? Spec.IntelRdt()
    result.l3CacheSchema = l3CacheSchema ?? result.l3CacheSchema
    result.memBwSchema = memBwSchema ?? result.memBwSchema
    return result
  }
}

extension ResourceControl {
  /// A change of schemata that was made, and how to take it back.
  struct Change {
    var control: ResourceControl
    /// What the file said before; nil for a class that was made for this.
    let before: String?

    func takeBack() throws(SystemCallError) {
      guard let before else { return try control.remove() }
      try ResourceControl.write(before, "schemata", in: HostPath(unchecked: control.group))
    }
  }

  /// Writes lines into the schemata of a container's class. One that has none gets one of its own, as runc's update does,
  /// and its processes go there.
  static func change(
    _ current: ResourceControl?, to lines: [String], id: String, in mount: HostPath, processes: [Int32]
  ) throws(SystemCallError) -> Change {
    let text = lines.joined(separator: "\n") + "\n"
    if let current {
      let group = HostPath(unchecked: current.group)
      let before = try group.appending("schemata").readText()
      try write(text, "schemata", in: group)
      return Change(control: current, before: before)
    }
    let group = mount.appending(id)
    var control = ResourceControl(group: group.string, monitor: nil, ownsGroup: true)
    control.ownsGroup = try makeFolder(group)
    do throws(SystemCallError) {
      try write(text, "schemata", in: group)
      for process in processes { try control.add(process) }
    } catch {
      try control.remove()
      throw error
    }
    return Change(control: control, before: nil)
  }

  /// Removes what a container without a record left: the group that counts, and the class if nobody prepared that one.
  /// - Parameter rdt: of its configuration; nil when that cannot be read, so that only the id says what is its own.
  static func removeRemains(of id: String, _ rdt: Spec.IntelRdt?, in mount: HostPath) throws(SystemCallError) {
    let name = rdt?.closID ?? ""
    if name.utf8.contains(UInt8(ascii: "/")) && name != "/" || name == "." || name == ".." { return }
    let group = name == "/" ? mount : mount.appending(name.isEmpty ? id : name)
    try ResourceControl(
      group: group.string, monitor: group.appending("mon_groups/\(id)").string, ownsGroup: name.isEmpty
    )
    .remove()
  }
}
