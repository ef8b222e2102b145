import Kernel

extension Cgroup {
  /// The folder by which the cgroup is frozen: the freezer of v1 where it is mounted, else the cgroup v2 tree.
  private var freezingFolder: Folder? { folder(of: "freezer") ?? unified }

  /// Whether the cgroup was told to freeze, by `freeze` or by somebody else; not what those above it were told.
  public func isFrozen() throws(CgroupError) -> Bool { try record.isFrozen() }

  /// Stops every process in the cgroup, and returns when all stand still.
  /// - Throws: `timedOut` after 2 s; the cgroup is thawed again then, since half a pause is worse than none.
  public func freeze() throws(CgroupError) { try freeze(milliseconds: 2000) }

  func freeze(milliseconds: Int64) throws(CgroupError) {
    guard let folder = freezingFolder else {
      throw .noHierarchies("neither the v1 controller \"freezer\" nor a cgroup v2 tree is mounted")
    }
    let deadline = monotonicNanoseconds() + milliseconds * 1_000_000
    do {
      if try folder.isUnified ? folder.freezeUnified(until: deadline) : folder.freezeByController(until: deadline) {
        return
      }
    } catch {
      folder.thawQuietly()
      throw error
    }
    folder.thawQuietly()
    throw .timedOut(path: folder.path.string, state: "frozen", milliseconds: milliseconds)
  }

  /// Lets them go on. Nothing happens when the cgroup is not frozen or is gone.
  public func thaw() throws(CgroupError) {
    guard let folder = freezingFolder else { return }
    do {
      try folder.thaw()
    } catch {
      if !isGone(error.errno) { throw .system(error, property: nil) }
    }
  }

  /// The same for all that is below it as well: a container that may write its cgroups can freeze what it likes there, and
  /// on v1 what is frozen does not die, nor does the pid namespace that it is in.
  public func thawAll() throws(CgroupError) {
    guard Defence.thawAtKill.isOn else { return }
    guard let folder = freezingFolder, !folder.isUnified else { return try thaw() }
    try wrapping { () throws(SystemCallError) in
      guard let opened = try folder.opened(folder.path) else { return }
      try opened.walkCgroups(entering: { (cgroup) throws(SystemCallError) in
        do throws(SystemCallError) { try cgroup.open("freezer.state", .writeOnly).writeOnce("THAWED") } catch {
          if !isGone(error.errno) { throw error }
        }
      })
    }
  }
}

extension CgroupRecord {
  /// The same as `Cgroup.isFrozen`, for a caller that asks for nothing else: `list` does, of every container.
  public func isFrozen() throws(CgroupError) -> Bool {
    let folder =
      folders.first { CgroupLayout.Hierarchy.name($0.hierarchy, holds: "freezer") }
      ?? folders.first { $0.hierarchy.isEmpty }
    guard let folder else { return false }
    return try Cgroup.Folder(folder).isMarkedFrozen()
  }
}

extension Cgroup.Folder {
  private var hasFreezer: Bool { CgroupLayout.Hierarchy.name(hierarchy, holds: "freezer") }

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
      return try file(name).read(inOnePiece: true)
    } catch {
      if isGone(error.errno) { return nil }
      throw .system(error, property: nil)
    }
  }

  func thaw() throws(SystemCallError) {
    try isUnified ? file("cgroup.freeze").write("0") : file("freezer.state").write("THAWED")
  }

  fileprivate func thawQuietly() {
    do { try thaw() } catch {}
  }

  /// On v1 the state FREEZING may last while tasks appear by fork or attach; writing again makes the kernel look again,
  /// and letting go for a moment lets a fork end (kernel/cgroup/legacy_freezer.c; runc#2774).
  fileprivate func freezeByController(until deadline: Int64) throws(CgroupError) -> Bool {
    try wrapping { () throws(SystemCallError) in
      let state = file("freezer.state")
      var attempt = 0
      while monotonicNanoseconds() < deadline {
        try state.write("FROZEN")
        if try state.read() == "FROZEN" { return true }
        attempt += 1
        if attempt % 50 == 0 {
          try state.write("THAWED")
          pause(milliseconds: 10)
        } else if attempt % 10 == 0 {
          pause(milliseconds: 1)
        }
      }
      return false
    }
  }

  /// In a cgroup v2 tree the kernel tells when everything stands still.
  fileprivate func freezeUnified(until deadline: Int64) throws(CgroupError) -> Bool {
    try wrapping { () throws(SystemCallError) in
      try file("cgroup.freeze").write("1")
      let events = try Descriptor.open(file("cgroup.events").path, .readOnly)
      while true {
        let lines = try events.readAll(limit: 4096).split(separator: UInt8(ascii: "\n"))
        if lines.contains(where: { $0.elementsEqual("frozen 1".utf8) }) { return true }
        let left = (deadline - monotonicNanoseconds()) / 1_000_000
        if left <= 0 { return false }
        _ = try poll([(events.number, .priority)], timeout: Int32(clamping: left))
        try events.rewind()
      }
    }
  }
}

extension String.UTF8View {
  func hasSuffix(_ end: StaticString) -> Bool { suffix(end.utf8CodeUnitCount).elementsEqual(end.description.utf8) }
}
