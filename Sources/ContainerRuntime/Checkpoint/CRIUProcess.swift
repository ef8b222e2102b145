internal import Kernel
internal import Protobuf

/// A CRIU that serves one request over a socket (`criu swrk`). When this goes away before it has ended, the socket is
/// closed, by which CRIU undoes what it began; only one that hangs then is killed.
final class CRIUProcess {
  let pid: Int32
  private let pidfd: Descriptor
  private var channel: DescriptorList
  private var isReady = false
  private var wasAsked = false
  private var hasEnded = false

  /// Comes before CRIU runs, in place of an error's text.
  static let readyByte: UInt8 = 1
  /// Bytes of one answer.
  private static let most = 40960
  /// Milliseconds for an end after the socket was closed.
  private static let patience: Int32 = 10_000

  init(_ child: consuming ChildProcess, channel: consuming Descriptor) {
    pid = child.pid
    pidfd = child.pidfd
    var list = DescriptorList()
    list.append(channel)
    self.channel = list
  }

  deinit {
    if hasEnded { return }
    do throws(SystemCallError) {
      // Without a request it has begun nothing, and would only complain on the caller's stderr once the socket closes.
      if !wasAsked { try pidfd.sendSignal(9) }
      channel = DescriptorList()
      if try poll([(pidfd.number, .readable)], timeout: CRIUProcess.patience)[0].isEmpty { try pidfd.sendSignal(9) }
      _ = try pidfd.waitForExit(wait: true)
    } catch {
      // It is gone.
    }
  }

  /// Waits until its process is prepared: after that it is CRIU.
  func awaitReady() throws(OperationError) {
    if isReady { return }
    let word = try receive()
    if word.bytes == [CRIUProcess.readyByte] && word.descriptors.count == 1 {
      var served = DescriptorList()
      try OperationError.wrapping { () throws(SystemCallError) in
        served.append(try word.descriptors.withDescriptor(0) { end throws(SystemCallError) in try end.duplicate() })
      }
      channel = served
      isReady = true
      return
    }
    let text = word.bytes.isEmpty ? "its process died" : singleLine(String(decoding: word.bytes, as: UTF8.self))
    throw OperationError("", "", .message("cannot start criu: \(text)"))
  }

  /// Sends a request and waits for its one answer.
  func ask(_ request: CRIURequest) throws(OperationError) -> CRIUResponse {
    try perform(request) { _, _ throws(OperationError) in }
  }

  /// Sends a request, does what CRIU waits for at each of its notifications, and waits for the last answer and for
  /// CRIU's end.
  /// - Parameter notified: gets the descriptors that came beside the notification. What it throws ends CRIU's work.
  @discardableResult
  func perform(
    _ request: CRIURequest, _ notified: (CRIUNotification, borrowing DescriptorList) throws(OperationError) -> Void
  ) throws(OperationError) -> CRIUResponse {
    try awaitReady()
    wasAsked = true
    try send(request)
    while true {
      let message = try receive()
      if message.bytes.isEmpty { throw try failureAtEnd() }
      let answer: CRIUResponse
      do throws(ProtobufError) { answer = try CRIUResponse(protobuf: message.bytes) } catch {
        throw OperationError("", "", .message("criu's answer cannot be understood: \(error)"))
      }
      guard answer.isSuccess else {
        let kind = answer.kind?.name ?? request.kind.name
        throw OperationError("", "", .message("criu failed: type \(kind) errno \(answer.errno)"))
      }
      if answer.kind == request.kind {
        try end(request.kind)
        return answer
      }
      guard answer.kind == .notify, let notification = answer.notification else {
        throw OperationError("", "", .message("criu's answer is of a type that was not asked for"))
      }
      try notified(notification, message.descriptors)
      try send(CRIURequest(kind: .notify, notifySuccess: true))
    }
  }

  private func send(_ request: CRIURequest) throws(OperationError) {
    do throws(SystemCallError) {
      try channel.withDescriptor(0) { socket throws(SystemCallError) in try socket.send(request.protobuf) }
    } catch {
      if error.errno == .brokenPipe || error.errno == .connectionReset { throw try failureAtEnd() }
      throw OperationError(error)
    }
  }

  private func receive() throws(OperationError) -> Message {
    do throws(SystemCallError) {
      return try channel.withDescriptor(0) { socket throws(SystemCallError) in
        let message = try socket.receive(most: CRIUProcess.most, descriptors: 1)
        if message.bytes.count == CRIUProcess.most { throw SystemCallError.refused("criu's answer is too long") }
        return message
      }
    } catch {
      if error.errno == .connectionReset { throw try failureAtEnd() }
      throw OperationError(error)
    }
  }

  /// After one pre-dump CRIU waits for the next; the end of the socket tells it that there is none, and it counts that a
  /// failure (as runc knows too).
  private func end(_ kind: CRIURequestKind) throws(OperationError) {
    channel = DescriptorList()
    let status = try waitForEnd()
    if status != .exited(0) && kind != .preDump { throw failure(status) }
  }

  private func failureAtEnd() throws(OperationError) -> OperationError { failure(try waitForEnd()) }

  private func waitForEnd() throws(OperationError) -> ExitStatus? {
    let status = try OperationError.wrapping { () throws(SystemCallError) in try pidfd.waitForExit(wait: true) }
    hasEnded = true
    return status
  }

  private func failure(_ status: ExitStatus?) -> OperationError {
    let text =
      switch status {
      case .exited(let code): "exit status \(code)"
      case .signalled(let signal): "signal: \(Signals.text(signal))"
      case nil: "no end"
      }
    return OperationError("", "", .message("criu failed: \(text)"))
  }
}
