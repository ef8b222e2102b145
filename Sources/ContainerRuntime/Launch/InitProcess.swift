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
  /// What came with the last message.
  private var received = DescriptorList()

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

  /// The next message of the init; nothing when its side is closed. A descriptor beside it waits to be taken.
  func receive() throws(SystemCallError) -> [UInt8] {
    received = DescriptorList()
    let message = try receiveMessage()
    if message.descriptors.count == 1 {
      received.append(
        try message.descriptors.withDescriptor(0) { sent throws(SystemCallError) in try sent.duplicate() })
    }
    return message.bytes
  }

  /// An init that went with a word to it unread resets the connection. That is told once; what it said waits behind
  /// (unix(7): the error of a socket comes before what is queued).
  private func receiveMessage() throws(SystemCallError) -> Message {
    do { return try channel.receive(most: InitMessage.most, descriptors: 1) } catch {
      if error.errno != .connectionReset { throw error }
    }
    return try channel.receive(most: InitMessage.most, descriptors: 1)
  }

  /// The descriptor that came with the last message.
  func takeDescriptor() throws(SystemCallError) -> Descriptor {
    guard received.count == 1 else { throw SystemCallError.refused("a descriptor was to come and did not") }
    let taken = try received.withDescriptor(0) { sent throws(SystemCallError) in try sent.duplicate() }
    received = DescriptorList()
    return taken
  }
}
