internal import ContainerRuntime
internal import Kernel

/// Where a shim listens: one socket for each containerd, namespace and group of containers.
struct ShimSocket {
  static let defaultFolder = HostPath(constant: "/run/containerd/s")
  private static let scheme = "unix://"

  let path: HostPath

  init(folder: HostPath, address: String, namespace: String, group: String) {
    path = folder.appending(SHA256.hexadecimal("\(address)/\(namespace)/\(group)"))
  }

  /// As the file `address` and the answer of `start` have it.
  init?(url: String) {
    guard url.hasPrefix(ShimSocket.scheme) else { return nil }
    do { path = try HostPath(String(url.dropFirst(ShimSocket.scheme.count))) } catch { return nil }
  }

  var url: String { ShimSocket.scheme + path.string }

  enum Listening: ~Copyable {
    case here(Descriptor)
    /// A shim of the same group serves there already.
    case elsewhere
  }

  /// Listens, unless another does. What a dead one has left is removed.
  func listen() throws(SystemCallError) -> Listening {
    try path.parentFolder.makeDirectories(mode: 0o700)
    for _ in 0..<8 {
      do { return .here(try Descriptor.listening(at: path)) } catch {
        if error.errno != .addressInUse { throw error }
      }
      if try isServed() { return .elsewhere }
      removeFile()
    }
    throw SystemCallError("bind", path.string, .addressInUse)
  }

  /// Whether a shim listens there.
  /// - Throws: when somebody else does: containerd would hand over its containers to whoever that is.
  func isServed() throws(SystemCallError) -> Bool {
    do throws(SystemCallError) {
      let peer = try Descriptor.connected(to: path, kind: .stream, timeout: 2000)
      let user = try peer.peerUser()
      if user == CurrentProcess.effectiveUser { return true }
      throw SystemCallError.refused("\(path): another user, \(user), listens there")
    } catch {
      if error.errno == .connectionRefused || error.errno == .noSuchFile { return false }
      throw error
    }
  }

  func removeFile() {
    do throws(SystemCallError) { try path.removeFile() } catch {
      // Another has removed it.
    }
  }
}
