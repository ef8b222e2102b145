internal import Cgroups
internal import Kernel

/// What a container does, in the words of the runtime-spec, with runc's `paused`.
public enum ContainerStatus: String, Sendable, Equatable {
  case creating, created, running, paused, stopped
}

/// A container of a store, found again by any process: its folder, open, and what is written down about it.
package final class Container {
  package let folder: ContainerFolder
  package private(set) var record: Record

  init(folder: consuming ContainerFolder, record: Record) {
    self.folder = folder
    self.record = record
  }

  /// - Throws: `container does not exist`, or a record that cannot be read.
  package init(_ id: ContainerID, in store: ContainerStore) throws(OperationError) {
    let found = try OperationError.wrapping { () throws(SystemCallError) in try store.folder(id) }
    guard let found else { throw OperationError("", "", .message("container does not exist")) }
    record = try Container.readRecord(found)
    folder = found
  }

  private static func readRecord(_ folder: borrowing ContainerFolder) throws(OperationError) -> Record {
    let record: Record?
    do throws(RecordProblem) { record = try folder.record() } catch { throw Container.unreadable(error) }
    guard let record else {
      throw OperationError("", "", .message("container does not exist: it has no record yet"))
    }
    return record
  }

  /// The same with the lock, for what changes a container.
  package static func locked(_ id: ContainerID, in store: ContainerStore) throws(OperationError) -> Container {
    let found = try OperationError.wrapping { () throws(SystemCallError) in try store.folder(id) }
    guard let folder = found else { throw OperationError("", "", .message("container does not exist")) }
    if try !folder.takeLock() { throw OperationError("", "", .message("container does not exist")) }
    // Read under the lock, which lasts as long as this very folder is open.
    let record = try readRecord(folder)
    return Container(folder: folder, record: record)
  }

  static func unreadable(_ problem: RecordProblem) -> OperationError {
    OperationError(
      "", "", .message(problem.text), hint: "apus delete --force ends what is left of the container and removes it")
  }

  package var id: ContainerID { folder.id }

  var cgroup: Cgroup? {
    get throws(OperationError) {
      guard let record = record.cgroups else { return nil }
      do { return try Cgroup(record) } catch { throw OperationError(error) }
    }
  }

  /// Asks the kernel; nothing that is written down is believed without a look.
  /// - Parameter boot: the id of this boot, for callers that ask about many containers.
  package func status(boot: String? = nil) throws(OperationError) -> ContainerStatus {
    if record.phase == .creating {
      if try fromKernel(isAlive(record.runtime, boot)) { return .creating }
      // It may have finished its work since the record was read; now it writes no more.
      record = try Container.readRecord(folder)
      if record.phase == .creating { return .stopped }
    }
    guard let process = record.initProcess else { return .stopped }
    // Asked first: an init that dies lets the FIFO go a moment before it is dead, and must not count as running then.
    let isAwaited = try fromKernel(StartFIFO.isAwaited(in: folder))
    guard try fromKernel(isAlive(process, boot)) else { return .stopped }
    // A created container can be paused too; then it must not be started.
    if let cgroups = record.cgroups, try fromCgroups(cgroups.isFrozen()) { return .paused }
    return isAwaited ? .created : .running
  }

  /// Whether the very process that is written down still lives: same boot, same start time, no zombie.
  func isAlive(_ process: ProcessIdentity, _ boot: String? = nil) throws(SystemCallError) -> Bool {
    guard Defence.liveness.isOn else { return true }
    let now: String
    if let boot { now = boot } else { now = try Host.bootID() }
    if Defence.bootIdentity.isOn && now != record.bootID { return false }
    guard let found = try ProcessIdentity.of(pid: process.pid) else { return false }
    return (found.identity == process || !Defence.processIdentity.isOn) && !found.hasEnded
  }

  /// A pidfd of the container's process; nil when it does not live any more. Once this is held, the number cannot mean
  /// another process.
  func openProcess() throws(SystemCallError) -> Descriptor? {
    guard let process = record.initProcess else { return nil }
    let pidfd: Descriptor
    do { pidfd = try Descriptor.ofProcess(process.pid) } catch {
      if error.errno == .noSuchProcess { return nil }
      throw error
    }
    if try isAlive(process) { return pidfd }
    return nil
  }

  var hookState: HookState {
    HookState(ociVersion: record.ociVersion, id: record.id, bundle: record.bundle, annotations: record.annotations)
  }

  /// The state as `apus state` and `apus list` tell it.
  package func description(boot: String? = nil) throws(OperationError) -> ContainerDescription {
    let status = try status(boot: boot)
    return ContainerDescription(
      ociVersion: record.ociVersion, id: record.id, pid: status == .stopped ? 0 : record.initProcess?.pid ?? 0,
      status: status, bundle: record.bundle, rootfs: record.rootfs, created: record.created,
      annotations: record.annotations, owner: record.owner)
  }
}
