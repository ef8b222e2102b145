internal import ContainerRuntime
internal import JSON
internal import Kernel

/// What containerd copies into its own log: a FIFO in the bundle. Nobody waits for its reader.
struct ShimLog {
  let isDebug: Bool

  /// Open for both directions: the FIFO outlives the containerd that reads it, and the next one reads on.
  func open() {
    do throws(SystemCallError) {
      let log = try Descriptor.open(HostPath(constant: "log"), [.readWrite, .nonBlocking, .noControllingTerminal])
      try log.duplicate(onto: 2)
    } catch {
      // There is no log then; errors still go to callers.
    }
  }

  func debug(_ text: @autoclosure () -> String) { if isDebug { write("debug", text()) } }
  func warn(_ text: String) { write("warning", text) }
  func error(_ text: String) { write("error", text) }

  private func write(_ level: String, _ text: String) {
    var writer = JSONWriter()
    writer.string(text)
    let time = Timestamp.seconds(nanoseconds: realtimeNanoseconds())
    StandardOutput.writeError("time=\"\(time)\" level=\(level) msg=\(writer.text) runtime=apus\n")
  }
}
