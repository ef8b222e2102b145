internal import Kernel
internal import Protobuf
internal import TTRPC

/// Tells containerd what happens, one event after the other: the next one goes out when the one before was taken, so
/// that their order is kept. While containerd is away they wait.
final class EventPublisher {
  /// More are not kept: a containerd that is away for longer asks for the state when it is back.
  private static let most = 4096
  /// Milliseconds for containerd to answer, and between two attempts.
  private static let patience: Int64 = 5000
  private static let pauses: [Int64] = [20, 100, 500, 1000, 2000, 5000]

  private let loop: EventLoop
  private let log: ShimLog
  private let namespace: String
  private let address: String
  private var queue: [ForwardRequest] = []
  private var isUnderWay = false
  private var failures = 0
  private var link: EventLink?
  private var onIdle: (() -> Void)?

  init(_ loop: EventLoop, _ log: ShimLog, namespace: String, address: String) {
    self.loop = loop
    self.log = log
    self.namespace = namespace
    self.address = address
  }

  func publish(_ event: TaskEvent) {
    if address.isEmpty { return }
    if queue.count >= EventPublisher.most {
      log.warn("containerd does not take events: one on \(queue[isUnderWay ? 1 : 0].event.topic) is dropped")
      queue.remove(at: isUnderWay ? 1 : 0)
    }
    queue.append(
      ForwardRequest(moment: Moment(nanoseconds: realtimeNanoseconds()), namespace: namespace, event: event))
    sendNext()
  }

  /// Does something once every event is taken.
  func whenIdle(_ action: @escaping () -> Void) {
    if queue.isEmpty { action() } else { onIdle = action }
  }

  private func sendNext() {
    guard !isUnderWay, let next = queue.first else { return }
    isUnderWay = true
    var request = CallRequest(ForwardRequest.service, ForwardRequest.method, payload: next.protobuf)
    request.timeout = EventPublisher.patience * 1_000_000
    request.metadata = [CallRequest.Entry("containerd-namespace-ttrpc", namespace)]
    do throws(SystemCallError) {
      let link: EventLink
      if let open = self.link { link = open } else { link = try EventLink(loop, address) }
      self.link = link
      try link.call(request, patience: EventPublisher.patience) { [unowned self] status in finish(status) }
    } catch {
      finish(CallStatus(.unavailable, error.description))
    }
  }

  /// - Parameter status: nil when containerd has taken the event.
  private func finish(_ status: CallStatus?) {
    isUnderWay = false
    switch status?.code {
    case nil: break
    case .unavailable, .deadlineExceeded:
      link = nil
      let pause = EventPublisher.pauses[min(failures, EventPublisher.pauses.count - 1)]
      failures += 1
      isUnderWay = true
      loop.after(milliseconds: pause) { [unowned self] in
        isUnderWay = false
        sendNext()
      }
      return
    default: log.warn("containerd refuses an event on \(queue[0].event.topic): \(status?.message ?? "")")
    }
    failures = 0
    queue.removeFirst()
    if queue.isEmpty {
      queue = []
      onIdle?()
    } else {
      sendNext()
    }
  }
}

/// A connection to containerd, which carries one call at a time.
final class EventLink {
  private let socket: Descriptor
  private let loop: EventLoop
  private var watch: Watch?
  private var reader = FrameReader()
  private var stream: UInt32 = 1
  private var timer: UInt64?
  private var done: ((CallStatus?) -> Void)?

  /// - Throws: when nobody listens there.
  init(_ loop: EventLoop, _ address: String) throws(SystemCallError) {
    self.loop = loop
    let plain = address.hasPrefix("unix://") ? String(address.dropFirst(7)) : address
    let path: HostPath
    do { path = try HostPath(plain) } catch { throw SystemCallError.refused("TTRPC_ADDRESS: \(error)") }
    socket = try Descriptor.connected(to: path, kind: .stream, timeout: 1000)
    watch = try loop.watch(socket.number, .readable) { [unowned self] _ in receive() }
  }

  deinit { watch?.cancel() }

  func call(
    _ request: CallRequest, patience: Int64, _ done: @escaping (CallStatus?) -> Void
  ) throws(SystemCallError) {
    try socket.send(Frame(stream: stream, kind: .request, payload: request.protobuf).bytes)
    self.done = done
    timer = loop.after(milliseconds: patience) { [unowned self] in
      finish(CallStatus(.deadlineExceeded, "containerd does not answer"))
    }
  }

  private func receive() {
    do throws(SystemCallError) {
      let bytes = try socket.receive(most: 65536).bytes
      if bytes.isEmpty { return fail("containerd has closed the connection") }
      reader.append(bytes)
    } catch {
      if error.errno == .again { return }
      return fail(error.description)
    }
    while let part = reader.next() {
      guard case .frame(let frame) = part, frame.kind == .response, frame.stream == stream else { continue }
      stream += 2
      do throws(ProtobufError) { finish(try CallResponse(protobuf: frame.payload).status) } catch {
        finish(CallStatus(.unavailable, "the answer cannot be read: \(error)"))
      }
    }
  }

  private func fail(_ text: String) {
    watch?.cancel()
    watch = nil
    // An idle connection that ends is found out by the next call.
    finish(CallStatus(.unavailable, text))
  }

  private func finish(_ status: CallStatus?) {
    if let timer { loop.cancelTimer(timer) }
    timer = nil
    let done = self.done
    self.done = nil
    done?(status)
  }
}
