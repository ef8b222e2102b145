internal import Kernel

/// The container's process while it is being made, with the channel to it: killed and reaped when its owner goes away
/// without releasing it.
final class InitProcess {
  let pid: Int32
  let pidfd: Descriptor
  /// The runtime's end; its closing is the init's end.
  let channel: Descriptor
  /// The number of the step that the init is in, plus one, as it says.
  let progress: SharedWord
  private var isReleased = false

  init(_ child: consuming ChildProcess, channel: consuming Descriptor, progress: consuming SharedWord) {
    pid = child.pid
    pidfd = child.pidfd
    self.channel = channel
    self.progress = progress
  }

  deinit {
    if isReleased { return }
    do {
      try pidfd.sendSignal(9)
      _ = try pidfd.waitForExit(wait: true)
    } catch {
      // It is gone already, or another process reaps it.
    }
  }

  /// Lets the process live.
  func release() { isReleased = true }

  /// Waits until the program runs in the init's place: after the init's last word, the end of the channel.
  /// - Returns: what the init said instead; nil when the program runs.
  func awaitProgram() throws(SystemCallError) -> [UInt8]? {
    let word = try receive()
    if word != InitMessage.executing.bytes { return word }
    let last = try receive()
    return last.isEmpty ? nil : last
  }

  /// The next message of the init; nothing when its side is closed.
  func receive() throws(SystemCallError) -> [UInt8] {
    do {
      return try channel.receive(most: InitMessage.most).bytes
    } catch {
      if error.errno == .connectionReset { return [] }
      throw error
    }
  }
}
