public import Kernel

/// The open door of a cgroup: the way in for a child that goes through it by itself.
///
/// Writing another process's number to `cgroup.procs` makes the kernel lock all forks of the machine, which waits for
/// an RCU grace period: 5 to 10 ms. A thread that writes 0 to the `tasks` file of a v1 hierarchy moves itself without
/// that lock, in a few microseconds (kernel commit 9a3284fad42f, older than every kernel that apus takes). In the
/// cgroup v2 tree CLONE_INTO_CGROUP does the same. So the parent opens these files before the clone, and the child,
/// which has one thread, enters.
public final class CgroupEntrance {
  private var files: DescriptorList
  private let paths: [String]

  init(_ paths: [HostPath]) throws(SystemCallError) {
    self.paths = paths.map { $0.string }
    var files = DescriptorList()
    for path in paths { files.append(try Descriptor.open(path, .writeOnly)) }
    self.files = files
  }

  /// Of cgroups that are not made yet: the files come later.
  init(expecting paths: [HostPath]) {
    self.paths = paths.map { $0.string }
    files = DescriptorList()
  }

  /// How many files are still to come.
  package var expected: Int { paths.count - files.count }

  /// Takes the files of an entrance to the same cgroups.
  package func accept(_ files: consuming DescriptorList) throws(SystemCallError) {
    if files.count != paths.count { throw SystemCallError.refused("the ways into the cgroups are not complete") }
    self.files = files
  }

  /// The numbers of the files: a child that closes all others keeps these until it has entered.
  package var descriptors: [Int32] { files.numbers }

  /// Moves the calling thread, which must be the only one of its process. Allocates only to tell of a failure.
  public func enter() throws(SystemCallError) {
    for index in 0..<files.count where index == 0 || Defence.everyHierarchy.isOn {
      try files.withDescriptor(index) { (file) throws(SystemCallError) in
        do throws(SystemCallError) {
          try file.writeOnce("0")
        } catch {
          throw SystemCallError("enter", paths[index], error.errno)
        }
      }
    }
  }
}

extension CgroupEntrance {
  /// Closes the door: nobody goes in by it any more.
  public func close() { files = DescriptorList() }
}

extension Cgroup {
  /// Opens the way in.
  /// - Parameter unified: whether the child must enter the cgroup v2 tree too, because it was not cloned into it. That
  ///   costs the grace period.
  public func openEntrance(unified: Bool = false) throws(CgroupError) -> CgroupEntrance {
    try wrapping { () throws(SystemCallError) in try CgroupEntrance(waysIn(unified: unified)) }
  }

  /// The way in to cgroups that are still to be made, for a process that begins before.
  public func expectedEntrance() -> CgroupEntrance { CgroupEntrance(expecting: waysIn(unified: false)) }

  private func waysIn(unified: Bool) -> [HostPath] {
    folders.compactMap { folder in
      folder.isUnified ? (unified ? folder.file("cgroup.procs").path : nil) : folder.file("tasks").path
    }
  }

  /// Moves a process into the scope, where systemd may and the caller may not. Nothing happens without systemd.
  public func attachBySystemd(_ pid: Int32) throws(CgroupError) {
    guard let scope = record.systemd else { return }
    try SystemdManager(scope.manager).attach(pid, to: scope.unit)
  }

  /// Moves a process, with all its threads, into the cgroup. Waits for an RCU grace period (5 to 10 ms) in the first
  /// hierarchy; the others follow at once.
  public func attach(_ pid: Int32) throws(CgroupError) {
    for folder in folders {
      let file = folder.file("cgroup.procs")
      for attempt in 1... {
        do {
          try file.write(String(pid))
          break
        } catch {
          // A task that its fork has not finished yet cannot be moved (EINVAL, kernel/cgroup).
          if error.errno == .invalid && attempt < 6 {
            pause(milliseconds: 2)
            continue
          }
          throw .system(SystemCallError("attach process \(pid) to", folder.path.string, error.errno), property: nil)
        }
      }
    }
  }
}
