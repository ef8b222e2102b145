import Kernel

/// A cgroup that is being made: what was made goes away with it unless it is committed.
public struct CgroupReservation: ~Copyable {
  public private(set) var record: CgroupRecord
  /// Folders that were not there before, in order.
  private var made: [Cgroup.Folder] = []
  private var leftOut: Set<Int> = []
  private var isCommitted = false
  private let plan: CgroupPlan
  private var scope: SystemdScope?
  /// A child that is cloned while this lives gets a copy of it, and the compiler may end that copy's life there.
  private let owner = CurrentProcess.pid

  /// Makes the folders, then writes devices and limits: all before the first process.
  /// - Parameter surveyed: of the same plan.
  public static func make(_ plan: CgroupPlan, surveyed: CgroupRecord) throws(CgroupError) -> CgroupReservation {
    var reservation = try begin(plan, surveyed: surveyed)
    try reservation.finish()
    return reservation
  }

  /// Makes the folder in the cgroup v2 tree alone, if there is one: a process can be cloned into it while the rest is
  /// made by `finish`.
  public static func begin(_ plan: CgroupPlan, surveyed: CgroupRecord) throws(CgroupError) -> CgroupReservation {
    var reservation = CgroupReservation(plan: plan, record: surveyed)
    if let unit = plan.systemd { reservation.scope = try SystemdScope(unit, plan.systemdProperties) }
    try reservation.makeFolders(unified: true)
    return reservation
  }

  /// Makes the other folders, then writes devices and limits.
  public mutating func finish() throws(CgroupError) {
    try makeFolders(unified: false)
    leaveOut(leftOut)
    try limitDevices()
    try CgroupWriter(plan.folders.map { $0.path }).write(
      plan.systemd == nil ? plan.writes : plan.writes.map { $0.besidePlaceholder })
  }

  private mutating func makeFolders(unified: Bool) throws(CgroupError) {
    for index in plan.folders.indices where plan.folders[index].isUnified == unified {
      do {
        try makeFolder(index)
      } catch {
        guard plan.mayLeaveOut, case .system(let failure, _) = error, isRefusal(failure.errno) else { throw error }
        if let write = plan.writes.first(where: { $0.folder == index }) {
          if plan.kind == .v2 {
            throw .property(write.property, problem: "cannot be honoured: \(failure); \(CgroupDelegation.mend)")
          }
          throw .system(failure, property: write.property)
        }
        takeBack(plan.folders[index])
        leftOut.insert(index)
      }
    }
  }

  private init(plan: CgroupPlan, record: CgroupRecord) {
    self.plan = plan
    self.record = record
  }

  deinit {
    if isCommitted || CurrentProcess.pid != owner { return }
    let deadline = monotonicNanoseconds() + Cgroup.removalPatience
    if let scope {
      scope.end()
      // What a systemd that went away meanwhile has left.
      for folder in plan.folders where SystemdUnit.manages(folder.hierarchy) {
        do { try folder.path.removeDirectory() } catch {}
      }
    }
    for folder in made.reversed() {
      // An empty one goes without a descriptor, of which the caller may have none left.
      do {
        try folder.path.removeDirectory()
        continue
      } catch {}
      // A process that is in there came in by this reservation.
      do throws(CgroupError) {
        try folder.kill()
        try folder.remove(until: deadline)
      } catch {}
    }
    for parent in record.parents.reversed() {
      do {
        let folder = try HostPath(parent)
        do { try folder.removeDirectory() } catch {}
      } catch {}
    }
  }

  /// The cgroup, for the child's way in. It ends with this reservation unless that is committed.
  public func cgroup() throws(CgroupError) -> Cgroup { try Cgroup(record) }

  /// Keeps what was made.
  public consuming func commit() throws(CgroupError) -> Cgroup {
    try settle()
    isCommitted = true
    scope?.keep()
    return try Cgroup(record)
  }

  /// The container's process is in: what held the cgroup open for it goes.
  public func settle() throws(CgroupError) {
    guard let scope, scope.settle() else { return }
    try CgroupWriter(plan.folders.map { $0.path }).write(plan.writes.filter { $0 != $0.besidePlaceholder })
  }

  private mutating func takeBack(_ folder: CgroupPlan.Folder) {
    guard let last = made.last, last.path == folder.path else { return }
    do { try last.path.removeDirectory() } catch { return }
    made.removeLast()
  }

  private mutating func leaveOut(_ indices: Set<Int>) {
    if indices.isEmpty { return }
    record.folders = plan.folders.indices.filter { !indices.contains($0) }.map { record.folders[$0] }
    record.parents.removeAll { parent in
      indices.contains { parent.hasPrefix(plan.folders[$0].mountPoint.string + "/") }
    }
  }

  private mutating func makeFolder(_ index: Int) throws(CgroupError) {
    let folder = plan.folders[index]
    let path = folder.path
    var errno = try makeDirectory(path)
    if errno == .noSuchFile {
      for count in 1..<max(1, folder.below.count) {
        let parent = CgroupPath.join(folder.mountPoint, folder.base + folder.below.prefix(count))
        let isNew = try makeDirectory(parent) == nil
        try prepare(folder, count: count, isNew: isNew)
      }
      errno = try makeDirectory(path)
    }
    switch errno {
    case nil: made.append(Cgroup.Folder(hierarchy: folder.hierarchy, path: path))
    case .exists: if scope == nil { _ = try plan.refuseOccupied(folder) }
    case .some(let errno):
      throw .system(SystemCallError("mkdir", path.string, errno), property: "linux.cgroupsPath")
    }
    try prepare(folder, count: folder.below.count, isNew: errno == nil)
    if folder.isUnified {
      let delegation = ControllerDelegation(
        folder, for: plan.writes.filter { $0.folder == index }, isRootless: plan.isRootless)
      // First: a threaded cgroup does not even name its processes, which giving asks for.
      if plan.kind == .v2 { try delegation.refuseInvalidDomain() }
      try delegation.give(plan.unifiedControllers)
    }
  }

  /// Nil when it was made; the errors that the caller deals with.
  private func makeDirectory(_ path: HostPath) throws(CgroupError) -> Errno? {
    do {
      try path.makeDirectory(mode: 0o755)
      return nil
    } catch {
      if error.errno == .exists || error.errno == .noSuchFile { return error.errno }
      throw .system(error, property: "linux.cgroupsPath")
    }
  }

  /// What a folder needs before anything can be in it.
  private func prepare(_ folder: CgroupPlan.Folder, count: Int, isNew: Bool) throws(CgroupError) {
    if folder.controllers.contains("cpuset") {
      let isLeaf = count == folder.below.count
      let wanted = isLeaf ? plan.writes.map { $0.file } : []
      let inheritance = CpusetInheritance(folder.mountPoint, folder.base + folder.below.prefix(count))
      try inheritance.fill(except: wanted, isNew: isNew)
    }
  }

  private func limitDevices() throws(CgroupError) {
    guard let policy = plan.devices else { return }
    if let folder = plan.folders.first(where: { $0.controllers.contains("devices") }) {
      try wrapping("linux.resources.devices") { () throws(SystemCallError) in
        try DeviceList(folder.path).write(plan.deviceWrites)
      }
    } else if let unified = plan.folders.first(where: { $0.isUnified }) {
      // systemd puts a program of its own there, which knows less of the rules.
      let isNew = scope == nil && made.contains { $0.isUnified }
      do {
        try DeviceFilter(unified.path).install(policy, isNew: isNew)
      } catch {
        // Root of a user namespace may not, and needs not: it can make no device that works.
        guard case .system(let failure, _) = error, failure.errno == .notPermitted, CurrentProcess.isInUserNamespace
        else { throw error }
      }
    }
  }
}

/// What a rootless runtime hears from folders that are not its own.
private func isRefusal(_ errno: Errno) -> Bool {
  errno == .notPermitted || errno == .accessDenied || errno == .readOnly
}

extension CgroupWrite {
  /// As long as another process is in the cgroup than the container's, a limit of processes is one higher.
  fileprivate var besidePlaceholder: CgroupWrite {
    guard file == "pids.max", case .text(let text) = value, let limit = Int64(text) else { return self }
    return CgroupWrite(
      folder: folder, file: file, value: .text(String(limit + 1)), property: property, whenMissing: whenMissing,
      line: line, group: group)
  }
}
