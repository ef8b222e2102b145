internal import ContainerRuntime
internal import Kernel
internal import Protobuf
internal import TTRPC

/// `delete`: removes what is left of a container whose shim does not answer any more, and tells how it ended.
struct DeleteAction {
  /// 128 and SIGKILL: what becomes of a container whose shim is gone.
  private static let killed: UInt32 = 137

  let arguments: ShimArguments

  init(_ arguments: ShimArguments) { self.arguments = arguments }

  func run() throws(OperationError) {
    let id = try ContainerID(arguments.id)
    let bundle = try self.bundle()
    let store = try ShimBundle.store(bundle.options(), namespace: arguments.namespace)
    var pid: UInt32 = 0
    do throws(OperationError) {
      pid = UInt32(try Container(id, in: store).record.initProcess?.pid ?? 0)
    } catch {
      // There is none, which is how it should be.
    }
    do throws(OperationError) {
      try Container.delete(id, force: true, in: store) { StandardOutput.writeError("\($0)\n") }
    } catch {
      StandardOutput.writeError("\(error.oneLine)\n")
    }
    RootFileSystem(bundle: bundle.path).unmount()
    removeSocket(bundle)
    let end = ProcessEnd(status: DeleteAction.killed, moment: Moment(nanoseconds: realtimeNanoseconds()))
    StandardOutput.write(DeleteResponse(pid: pid, end: end).protobuf)
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
