import Kernel

extension CgroupPlan {
  /// Looks at the places of the plan and tells what will be made there, so that it can be written down before it is.
  ///
  /// An empty cgroup that is there already is taken over, as runc does.
  /// - Throws: `notEmpty` or `frozen` (runc#3131). Every hierarchy is asked, where runc asks one.
  public func survey() throws(CgroupError) -> CgroupRecord {
    var parents: [String] = []
    if let systemd { try refuseLoaded(systemd) }
    for folder in folders {
      if try refuseOccupied(folder) || folder.below.count == 1 { continue }
      let missing = try wrapping("linux.cgroupsPath") { () throws(SystemCallError) in try missingParents(folder) }
      try refuseFrozen(folder, above: missing.count)
      // The folders of slices are systemd's, wherever it has any.
      if systemd == nil || !SystemdUnit.manages(folder.hierarchy) { parents += missing }
    }
    return record(parents: parents)
  }

  /// Where everything will be.
  func record(parents: [String]) -> CgroupRecord {
    CgroupRecord(
      folders: folders.map { CgroupRecord.Folder(hierarchy: $0.hierarchy, path: $0.path.string) }, parents: parents,
      systemd: systemd.map { CgroupRecord.Scope(unit: $0.name, manager: $0.manager) })
  }

  /// A unit of the name that lives is somebody's; one that has failed is forgotten, and replaced.
  private func refuseLoaded(_ unit: SystemdUnit) throws(CgroupError) {
    let manager = try SystemdManager(unit.manager)
    guard let state = try manager.state(of: unit.name) else { return }
    if state == "failed" || state == "inactive" { return try manager.resetFailed(unit.name) }
    throw .systemd(
      "start the unit \(unit.name)", problem: "a unit of that name is there already, and \(state)",
      mend: "stop it by systemctl stop, or take another name in linux.cgroupsPath")
  }

  /// Whether the folder is there; throws when it is in use.
  func refuseOccupied(_ folder: Folder) throws(CgroupError) -> Bool {
    do {
      _ = try folder.path.status(followingSymlinks: false)
    } catch {
      if isGone(error.errno) { return false }
      throw .system(error, property: "linux.cgroupsPath")
    }
    guard Defence.foreignCgroups.isOn else { return true }
    let existing = Cgroup.Folder(hierarchy: folder.hierarchy, path: folder.path)
    if let processes = try existing.processes(), !processes.isEmpty {
      throw .notEmpty(path: folder.path.string, processes: processes)
    }
    if try existing.isMarkedFrozen() { throw .frozen(path: folder.path.string) }
    return true
  }

  /// Outermost first.
  private func missingParents(_ folder: Folder) throws(SystemCallError) -> [String] {
    var missing: [String] = []
    for count in (1..<folder.below.count).reversed() {
      let parent = CgroupPath.join(folder.mountPoint, folder.base + folder.below.prefix(count))
      do {
        _ = try parent.status(followingSymlinks: false)
        break
      } catch {
        if !isGone(error.errno) { throw error }
        missing.append(parent.string)
      }
    }
    return missing.reversed()
  }

  /// A folder of somebody else above the container's may be frozen. The caller's own cgroup cannot be: it runs.
  private func refuseFrozen(_ folder: Folder, above missing: Int) throws(CgroupError) {
    let path = CgroupPath.join(folder.mountPoint, folder.base + folder.below.dropLast(missing + 1))
    let parent = Cgroup.Folder(hierarchy: folder.hierarchy, path: path)
    if try parent.isFrozenByAnyone() { throw .frozen(path: parent.path.string) }
  }
}
