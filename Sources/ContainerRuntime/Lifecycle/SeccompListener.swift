internal import JSON
internal import Kernel
internal import OCI

/// Hands a filter's notification descriptor to whoever answers (config-linux.md, “Container Process State”).
enum SeccompListener {
  /// Milliseconds for an agent to accept and read.
  private static let timeout: Int32 = 10_000

  static func handOver(
    _ number: UInt32, of process: InitProcess, to listener: SeccompPlan.Listener, state: State
  ) throws(SystemCallError) {
    guard let exact = Int32(exactly: number), exact > 2 else {
      throw SystemCallError("pidfd_getfd", "descriptor \(number)", .badDescriptor)
    }
    let descriptor = try process.pidfd.copyDescriptor(exact)
    let message = ContainerProcessState(
      ociVersion: state.ociVersion, fds: ["seccompFd"], pid: process.pid, metadata: listener.metadata, state: state)
    let socket: Descriptor
    do throws(SystemCallError) {
      socket = try Descriptor.connected(to: listener.path, kind: .stream, timeout: timeout)
    } catch {
      throw SystemCallError("failed to connect with seccomp agent", listener.path.string, error.errno)
    }
    try socket.send(message.json(), descriptors: [descriptor.number])
  }
}
