internal import ContainerRuntime
internal import Kernel
internal import OCI
internal import Protobuf
internal import TTRPC

/// `delete`: removes what is left of a container whose shim does not answer any more, and tells how it ended.
struct DeleteAction {
  /// 128 and SIGKILL: what becomes of a container whose shim is gone.
  private static let killed: UInt32 = 137

  let arguments: ShimArguments

  init(_ arguments: ShimArguments) { self.arguments = arguments }

  func run() throws(OperationError) {
    let bundle = try self.bundle()
    let store = try ShimBundle.store(bundle.options(), namespace: arguments.namespace)
    let id = try ContainerID(arguments.id)
    // There is none when all is as it should be.
    let record = record(id, store)
    delete(id, bundle.path, store)
    if record.map({ leads($0, bundle) }) == true {
      for orphan in orphans(store) { delete(orphan.id, orphan.bundle, store) }
    }
    removeSocket(bundle)
    let end = ProcessEnd(status: DeleteAction.killed, moment: Moment(nanoseconds: realtimeNanoseconds()))
    StandardOutput.write(DeleteResponse(pid: UInt32(record?.initProcess?.pid ?? 0), end: end).protobuf)
  }

  private func record(_ id: ContainerID, _ store: ContainerStore) -> Record? {
    do throws(OperationError) { return try Container(id, in: store).record } catch { return nil }
  }

  private func delete(_ id: ContainerID, _ bundle: HostPath, _ store: ContainerStore) {
    do throws(OperationError) {
      try Container.delete(id, force: true, in: store) { StandardOutput.writeError("\($0)\n") }
    } catch {
      StandardOutput.writeError("\(error.oneLine)\n")
    }
    RootFileSystem(bundle: bundle).unmount()
  }

  /// Whether it is a sandbox whose shim is gone. While a shim serves, the containers of its group are its own.
  private func leads(_ record: Record, _ bundle: ShimBundle) -> Bool {
    guard isInGroup(record) else { return false }
    do throws(SystemCallError) { return try bundle.address()?.isServed() == false } catch {
      StandardOutput.writeError("\(error)\n")
      return false
    }
  }

  private func isInGroup(_ record: Record) -> Bool {
    StartAction.groupAnnotations.contains { record.annotations[$0] == arguments.id }
  }

  /// From containerd 2.3 on containers join a sandbox's shim without a call of this program, and none is made for them
  /// when that shim has died either. containerd may have removed their bundles meanwhile; their records name the group.
  private func orphans(_ store: ContainerStore) -> [(id: ContainerID, bundle: HostPath)] {
    var orphans: [(id: ContainerID, bundle: HostPath)] = []
    do throws(SystemCallError) {
      for name in try store.names() {
        do {
          let id = try ContainerID(name)
          guard let record = record(id, store), isInGroup(record) else { continue }
          orphans.append((id, try HostPath(record.bundle)))
        } catch {
          StandardOutput.writeError("\(name): \(error)\n")
        }
      }
    } catch {
      StandardOutput.writeError("containers that shared the shim of \(arguments.id): \(error)\n")
    }
    return orphans
  }

  private func bundle() throws(OperationError) -> ShimBundle {
    if arguments.bundle.isEmpty {
      let folder = currentFolderPath() ?? "."
      return ShimBundle(path: HostPath(unchecked: folder))
    }
    do { return ShimBundle(path: try HostPath(arguments.bundle)) } catch {
      throw OperationError("", "", .message("-bundle: \(error)"))
    }
  }

  /// A socket that nobody listens on any more is in the way of the next shim.
  private func removeSocket(_ bundle: ShimBundle) {
    do throws(SystemCallError) {
      if let socket = bundle.address(), try !socket.isServed() { socket.removeFile() }
    } catch {
      // The next start sees to it.
    }
  }
}
