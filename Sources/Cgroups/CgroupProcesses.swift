import Kernel

extension Cgroup {
  /// The processes in the cgroup and in those below it, in the caller's pid namespace, sorted. One hierarchy is asked:
  /// the first of cgroup v2, `devices` and any that is there, as all hold the same. Empty when there is none.
  public func processes() throws(CgroupError) -> [Int32] {
    let order = [unified, folder(of: "devices"), folder(of: "freezer")].compactMap { $0 } + folders
    for folder in order {
      if let processes = try folder.processes() { return processes }
    }
    return []
  }

  /// The same from every hierarchy: a process that the container moved in one of them is found in another.
  public func processesEverywhere() throws(CgroupError) -> [Int32] {
    var all: Set<Int32> = []
    for folder in folders { all.formUnion(try folder.processes() ?? []) }
    return all.sorted()
  }
}

extension Cgroup.Folder {
  /// Nil when the folder is not there.
  func processes() throws(CgroupError) -> [Int32]? {
    try wrapping { () throws(SystemCallError) in
      guard let folder = try opened(path) else { return nil }
      var found: Set<Int32> = []
      try folder.walkCgroups(entering: { (cgroup) throws(SystemCallError) in
        for line in try Self.members(cgroup).split(separator: UInt8(ascii: "\n")) {
          // 0 is a process of another pid namespace.
          if let pid = Int32(String(decoding: line, as: UTF8.self)), pid > 0 { found.insert(pid) }
        }
      })
      return found.sorted()
    }
  }

  private static func members(_ folder: borrowing Descriptor) throws(SystemCallError) -> [UInt8] {
    do {
      return try folder.open("cgroup.procs", .readOnly).readAll(limit: 64 << 20)
    } catch {
      if isGone(error.errno) { return [] }
      // A threaded cgroup (v2) does not name its processes.
      if error.errno != .notSupported { throw error }
      return try folder.open("cgroup.threads", .readOnly).readAll(limit: 64 << 20)
    }
  }

  /// Nil when the folder is not there.
  func opened(_ path: HostPath) throws(SystemCallError) -> Descriptor? {
    do {
      return try Descriptor.open(path, [.readOnly, .directory])
    } catch {
      if isGone(error.errno) { return nil }
      throw error
    }
  }
}

extension Descriptor {
  /// The cgroups in this one.
  borrowing func subfolders() throws(SystemCallError) -> [String] {
    do throws(SystemCallError) {
      // Without children there are two links: `.` and the name.
      if try status().links == 2 { return [] }
      var folders: [String] = []
      for name in try entries() {
        do {
          if try status(of: name).kind == .directory { folders.append(name) }
        } catch {
          if !isGone(error.errno) { throw error }
        }
      }
      return folders
    } catch {
      if isGone(error.errno) { return [] }
      throw error
    }
  }

  /// Goes through this cgroup and all below it. How many there are and how deep is the container's choice where it may
  /// write there: so one is open at a time, nothing is called in itself, and no path grows.
  /// - Parameters:
  ///   - entering: on the way down, with the cgroup.
  ///   - leaving: on the way up, with the cgroup above and the name of the one that was left.
  borrowing func walkCgroups(
    entering: (borrowing Descriptor) throws(SystemCallError) -> Void = { _ in },
    leaving: (borrowing Descriptor, String) throws(SystemCallError) -> Void = { _, _ in }
  ) throws(SystemCallError) {
    guard var current = try openFolder(".") else { return }
    try entering(current)
    var names: [String] = []
    var pending = [try current.subfolders()]
    while true {
      if let name = pending[pending.count - 1].popLast() {
        guard let child = try current.openFolder(name) else { continue }
        try entering(child)
        pending.append(try child.subfolders())
        names.append(name)
        current = child
      } else {
        pending.removeLast()
        guard let name = names.popLast() else { return }
        // Also of one that is removed by now: it keeps its place in the tree as long as it is open.
        current = try current.open("..", [.readOnly, .directory])
        try leaving(current, name)
      }
    }
  }

  /// Nil when it is gone by now.
  borrowing func openFolder(_ name: String) throws(SystemCallError) -> Descriptor? {
    do {
      return try open(name, [.readOnly, .directory, .noFollow])
    } catch {
      if isGone(error.errno) { return nil }
      throw error
    }
  }
}

/// What the kernel says of a cgroup that was removed, by path or by an open file.
func isGone(_ errno: Errno) -> Bool { errno == .noSuchFile || errno == .noDevice }
