package import Kernel

/// A Unix socket of the caller's that takes one descriptor: `--console-socket`, `--pidfd-socket`. Connected before
/// anything is made, so that a wrong path costs nothing.
package final class CallerSocket: Sendable {
  private let socket: Descriptor
  private let path: HostPath

  /// How long connecting and sending may take, in milliseconds: a caller that does not serve its socket holds nobody up
  /// for longer (security case E41).
  private static let patience: Int32 = 10_000

  /// nil for no path.
  init?(_ path: HostPath?) throws(SystemCallError) {
    guard let path else { return nil }
    self.path = path
    let patience = Defence.callerPatience.isOn ? CallerSocket.patience : 0
    socket = try Descriptor.connected(to: path, kind: .stream, timeout: patience)
  }

  /// A socket that the caller has connected.
  package init(connected socket: consuming Descriptor) {
    self.socket = socket
    path = HostPath(constant: "the caller's socket")
  }

  /// Sends the descriptor in one message with its name beside it, as runc does.
  func send(_ descriptor: borrowing Descriptor, name: String) throws(SystemCallError) {
    do throws(SystemCallError) {
      try socket.send(Array(name.utf8), descriptors: [descriptor.number])
    } catch {
      throw SystemCallError("send a descriptor to", path.string, error.errno)
    }
  }
}
