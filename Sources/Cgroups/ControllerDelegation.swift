import Kernel

/// Gives controllers to a new cgroup v2 folder, down the path to it (cgroups(7), `cgroup.subtree_control`), and only
/// where they are not given yet.
struct ControllerDelegation {
  private let folder: CgroupPlan.Folder
  /// Controllers without which a property cannot be honoured, with that property.
  private let needed: [(controller: String, property: String)]

  private let isRootless: Bool

  init(_ folder: CgroupPlan.Folder, for writes: [CgroupWrite], isRootless: Bool) {
    self.folder = folder
    self.isRootless = isRootless
    var needed: [(controller: String, property: String)] = []
    for write in writes {
      let controller = String(Substring(write.file.utf8.prefix { $0 != UInt8(ascii: ".") }))
      if controller != "cgroup" && !needed.contains(where: { $0.controller == controller }) {
        needed.append((controller, write.property))
      }
    }
    self.needed = needed
  }

  /// - Parameter wanted: what else shall be given where the host lets it: without it there are no statistics.
  func give(_ wanted: [String]) throws(CgroupError) {
    let all = wanted + needed.map { $0.controller }.filter { !wanted.contains($0) }
    let depth = folder.base.count + folder.below.count - 1
    if all.isEmpty { return }
    // In most cases somebody was here before.
    if try missing(all, depth: depth).isEmpty { return }
    var refusals: [String: SystemCallError] = [:]
    for level in 0...depth {
      let missing = try missing(all, depth: level)
      if missing.isEmpty { continue }
      for (controller, refusal) in try give(missing, at: path(level)) where refusals[controller] == nil {
        refusals[controller] = refusal
      }
    }
    let missing = try missing(all, depth: depth)
    guard let lost = needed.first(where: { missing.contains($0.controller) }) else { return }
    throw .property(lost.property, problem: problem(lost.controller, refusals[lost.controller]))
  }

  /// What cannot be given at one level.
  private func give(_ controllers: [String], at folder: HostPath) throws(CgroupError) -> [String: SystemCallError] {
    let control = ControlFile(folder, "cgroup.subtree_control")
    do {
      try control.write(controllers.map { "+" + $0 }.joined(separator: " "))
      return [:]
    } catch {
      // A folder that holds processes takes the controllers that work on threads one by one, and turns into a threaded
      // domain by that, in which no container can be.
      let all = Dictionary(uniqueKeysWithValues: controllers.map { ($0, error) })
      let holdsProcesses = try ControlFile(folder, "cgroup.procs").readWords().isEmpty == false
      if error.errno == .busy || holdsProcesses { return all }
    }
    // One that cannot be given shall not keep the others.
    var refusals: [String: SystemCallError] = [:]
    for controller in controllers {
      do { try control.write("+" + controller) } catch { refusals[controller] = error }
    }
    return refusals
  }

  private func problem(_ controller: String, _ refusal: SystemCallError?) -> String {
    let start = "cannot be honoured: the controller \"\(controller)\" cannot be given to \(folder.path)"
    if isRootless && CgroupDelegation.controllers.contains(controller) {
      return start + (refusal.map { ": \($0)" } ?? ": it is not delegated") + "; " + CgroupDelegation.mend
    }
    guard let refusal else { return start + ": it is not available there" }
    if refusal.errno == .busy { return start + ": there are processes in a cgroup above it (\(refusal))" }
    return start + ": \(refusal)"
  }

  private func path(_ level: Int) -> HostPath {
    CgroupPath.join(folder.mountPoint, Array((folder.base + folder.below).prefix(level)))
  }

  private func missing(_ controllers: [String], depth: Int) throws(CgroupError) -> [String] {
    let given = try ControlFile(path(depth), "cgroup.subtree_control").readWords()
    return controllers.filter { !given.contains($0) }
  }

  /// A folder in a threaded subtree takes threads only, and one whose parents hold processes beside controllers takes
  /// nothing at all (Documentation/admin-guide/cgroup-v2.rst, "Threads").
  func refuseInvalidDomain() throws(CgroupError) {
    let type = try wrapping { () throws(SystemCallError) in try ControlFile(folder.path, "cgroup.type").read() }
    if type == "domain" || type == "domain threaded" { return }
    throw .property(
      "linux.cgroupsPath",
      problem: "\(folder.path) cannot hold a container: its type is \"\(type)\", as a cgroup above it is threaded")
  }
}
