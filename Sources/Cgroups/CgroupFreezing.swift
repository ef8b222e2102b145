import Kernel

extension Cgroup.Folder {
  private var hasFreezer: Bool { CgroupLayout.Hierarchy.controllers(ofName: hierarchy).contains("freezer") }

  /// Whether the cgroup itself was told to freeze, whatever those above it are. False where nothing can freeze.
  func isMarkedFrozen() throws(CgroupError) -> Bool {
    if isUnified { return try line(of: "cgroup.freeze") == "1" }
    return hasFreezer ? try line(of: "freezer.self_freezing") == "1" : false
  }

  /// Whether tasks in the cgroup stand still, or are about to, because of it or one above it.
  func isFrozenByAnyone() throws(CgroupError) -> Bool {
    if isUnified { return try line(of: "cgroup.events")?.utf8.hasSuffix("frozen 1") ?? false }
    return hasFreezer ? try line(of: "freezer.state").map { $0 != "THAWED" } ?? false : false
  }

  /// Nil when the cgroup or the file is not there.
  private func line(of name: String) throws(CgroupError) -> String? {
    do {
      return try file(name).read()
    } catch {
      if isGone(error.errno) { return nil }
      throw .system(error, property: nil)
    }
  }
}

extension String.UTF8View {
  func hasSuffix(_ end: StaticString) -> Bool { suffix(end.utf8CodeUnitCount).elementsEqual(end.description.utf8) }
}
