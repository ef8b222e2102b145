internal import Kernel
internal import Protobuf
internal import TTRPC

/// A client of the shim. Its calls are answered in whatever order they end.
final class Connection {
  private static let portion = 65536

  private let socket: Descriptor
  private let service: TaskService
  private let server: Server
  private let onClose: () -> Void
  private var watch: Watch?
  private var reader = FrameReader()
  private var unsent: [UInt8] = []

  init(_ socket: consuming Descriptor, _ server: Server, onClose: @escaping () -> Void) throws(SystemCallError) {
    self.socket = socket
    self.server = server
    self.onClose = onClose
    service = TaskService(server)
    watch = try server.loop.watch(self.socket.number, .readable) { [unowned self] events in serve(events) }
  }

  private func serve(_ events: PollEvents) {
    if events.contains(.writable) { send() }
    if events.contains(.readable) || events.contains(.hangUp) || events.contains(.error) { receive() }
  }

  private func receive() {
    do throws(SystemCallError) {
      guard let bytes = try socket.readSome(most: Connection.portion) else { return }
      if bytes.isEmpty { return close() }
      reader.append(bytes)
    } catch {
      return close()
    }
    while let part = reader.next() {
      switch part {
      case .frame(let frame): take(frame)
      case .oversized(let stream, let count):
        let text = "message length \(count) exceeds the limit of \(Frame.payloadLimit) bytes"
        Reply(self, stream).fail(CallStatus(.resourceExhausted, text))
      }
      if watch == nil { return }
    }
  }

  private func take(_ frame: Frame) {
    let reply = Reply(self, frame.stream)
    switch frame.kind {
    case .request: break
    // Data of a stream: its request was refused, and the client may have sent on before it knew.
    case .data, .response, .other: return
    }
    if frame.stream % 2 == 0 {
      return reply.fail(CallStatus(.invalidArgument, "the stream id must be odd for a client's stream"))
    }
    do throws(ProtobufError) {
      let request = try CallRequest(protobuf: frame.payload)
      if frame.flags & (Frame.remoteOpen | Frame.remoteClosed) != 0 {
        return reply.fail(CallStatus(.unimplemented, "\(request.service)/\(request.method) is no stream here"))
      }
      service.serve(request, reply)
    } catch {
      reply.fail(CallStatus(.invalidArgument, "the request cannot be read: \(error)"))
    }
  }

  fileprivate func send(_ frame: Frame) {
    if watch == nil { return }
    unsent += frame.bytes
    send()
  }

  private func send() {
    do throws(SystemCallError) {
      while !unsent.isEmpty {
        let sent = try socket.writeSome(unsent[...])
        if sent == 0 {
          watch?.change([.readable, .writable])
          return
        }
        unsent.removeFirst(sent)
      }
      unsent = []
      watch?.change(.readable)
    } catch {
      close()
    }
  }

  private func close() {
    watch?.cancel()
    watch = nil
    onClose()
  }
}

/// The place for the answer to one call.
final class Reply {
  private weak var connection: Connection?
  private let stream: UInt32

  init(_ connection: Connection, _ stream: UInt32) {
    self.connection = connection
    self.stream = stream
  }

  func succeed(_ message: some ProtobufWritable = EmptyMessage()) { answer(.success(message.protobuf)) }
  func fail(_ status: CallStatus) { answer(.failure(status)) }

  func answer(_ result: Result<[UInt8], CallStatus>) {
    var response = CallResponse(result)
    if response.protobuf.count > Frame.payloadLimit {
      response = CallResponse(.failure(CallStatus(.resourceExhausted, "the answer is too long for one message")))
    }
    connection?.send(Frame(stream: stream, kind: .response, payload: response.protobuf))
  }
}
