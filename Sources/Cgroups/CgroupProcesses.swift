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
      try Self.collect(folder, depth: 0, &found)
      return found.sorted()
    }
  }

  private static func collect(
    _ folder: borrowing Descriptor, depth: Int, _ found: inout Set<Int32>
  ) throws(SystemCallError) {
    for line in try members(folder).split(separator: UInt8(ascii: "\n")) {
      // 0 is a process of another pid namespace.
      if let pid = Int32(String(decoding: line, as: UTF8.self)), pid > 0 { found.insert(pid) }
    }
    if depth > 256 { return }
    for name in try folder.subfolders() {
      guard let child = try folder.openFolder(name) else { continue }
      try collect(child, depth: depth + 1, &found)
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
