internal import Kernel

/// A container's groups in the resctrl file system (Documentation/filesystems/resctrl.rst), as its record has them.
public struct ResourceControl: Equatable, Sendable {
  var group: String
  var monitor: String?
  /// Whether the group goes with the container.
  var ownsGroup: Bool

  init(group: String, monitor: String?, ownsGroup: Bool) {
    self.group = group
    self.monitor = monitor
    self.ownsGroup = ownsGroup
  }

  init(_ plan: ResourceControlPlan) {
    self.init(group: plan.group.string, monitor: plan.monitor?.string, ownsGroup: plan.isOwn)
  }

  /// Makes what is missing, and puts a process in. Its children are born where it is.
  mutating func apply(_ plan: ResourceControlPlan, to process: Int32) throws(SystemCallError) {
    // A class of service that somebody prepared is used as it is (config-linux.md, "IntelRdt").
    if plan.isOwn || !plan.schemata.isEmpty {
      if try !ResourceControl.makeFolder(plan.group) { ownsGroup = false }
    }
    if !plan.schemata.isEmpty {
      try ResourceControl.write(plan.schemata.joined(separator: "\n") + "\n", "schemata", in: plan.group)
    }
    if let monitor = plan.monitor { _ = try ResourceControl.makeFolder(monitor) }
    try add(process)
  }

  /// Another process of the container. The group that counts comes last: it is one of the class of service.
  func add(_ process: Int32) throws(SystemCallError) {
    for folder in [group] + [monitor].compactMap({ $0 }) {
      try ResourceControl.write(String(process), "tasks", in: HostPath(unchecked: folder))
    }
  }

  /// What the container made; its processes are gone.
  func remove() throws(SystemCallError) {
    if let monitor { try ResourceControl.removeFolder(HostPath(unchecked: monitor)) }
    if ownsGroup { try ResourceControl.removeFolder(HostPath(unchecked: group)) }
  }

  /// - Returns: whether it was not there before.
  static func makeFolder(_ path: HostPath) throws(SystemCallError) -> Bool {
    let parent = try Descriptor.open(path.parentFolder, [.path, .directory])
    do throws(SystemCallError) {
      try parent.makeDirectory(path.lastComponent, mode: 0o755)
      return true
    } catch {
      if error.errno == .exists { return false }
      throw SystemCallError("make", path.string, error.errno)
    }
  }

  private static func removeFolder(_ path: HostPath) throws(SystemCallError) {
    do throws(SystemCallError) {
      try Descriptor.open(path.parentFolder, [.path, .directory]).removeDirectory(path.lastComponent)
    } catch {
      if error.errno != .noSuchFile { throw SystemCallError("remove", path.string, error.errno) }
    }
  }

  static func write(_ text: String, _ name: String, in folder: HostPath) throws(SystemCallError) {
    let file = folder.appending(name)
    do throws(SystemCallError) {
      try Descriptor.open(file, [.writeOnly, .noFollow]).writeOnce(text)
    } catch {
      throw SystemCallError("write", file.string, error.errno)
    }
  }
}
