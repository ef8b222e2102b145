import Foundation
import Glibc
import Protobuf
import TTRPC

/// A client of a shim's socket that can also say what no client of containerd's would.
final class ShimClient {
  private let socket: Int32
  private var reader = FrameReader()
  private var stream: UInt32 = 1

  /// - Parameter path: as the test process sees it.
  init(_ path: String) throws {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_un()
    let bytes = Array(path.utf8)
    guard bytes.count < 108 else { throw TestSetupProblem("too long for a socket: \(path)") }
    address.sun_family = sa_family_t(AF_UNIX)
    let connected = unsafe withUnsafeMutableBytes(of: &address) { raw -> Int32 in
      for (index, byte) in bytes.enumerated() { unsafe raw[2 + index] = byte }
      let pointer = unsafe raw.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return unsafe connect(socket, pointer, socklen_t(raw.count))
    }
    if connected != 0 { throw TestSetupProblem("connect \(path): errno \(errno)") }
    var patience = timeval(tv_sec: 15, tv_usec: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  /// Sends bytes as they are; what a closed connection does not take is dropped.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent <= 0 { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// No more will be sent.
  func finish() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next frame; nil at the end of the connection, or after 15 s.
  func receive() -> Frame? {
    while true {
      switch reader.next() {
      case .frame(let frame): return frame
      case .oversized: return nil
      case nil: break
      }
      var bytes = [UInt8](repeating: 0, count: 65536)
      let count = unsafe recv(socket, &bytes, bytes.count, 0)
      if count <= 0 { return nil }
      reader.append(Array(bytes.prefix(count)))
    }
  }

  /// A call on a container, or on one of its processes, and its answer.
  func call(
    _ method: String, _ id: String, _ exec: String = "", _ body: (inout ProtobufWriter) -> Void = { _ in }
  ) throws -> CallResponse {
    try call(method) { request in
      request.string(1, id)
      request.string(2, exec)
      body(&request)
    }
  }

  /// A call, and its answer.
  func call(
    _ method: String, service: String = "containerd.task.v2.Task", _ body: (inout ProtobufWriter) -> Void = { _ in }
  ) throws -> CallResponse {
    var writer = ProtobufWriter()
    body(&writer)
    let request = CallRequest(service, method, payload: writer.bytes)
    send(Frame(stream: stream, kind: .request, payload: request.protobuf).bytes)
    defer { stream += 2 }
    guard let frame = receive(), frame.stream == stream, frame.kind == .response else {
      throw TestSetupProblem("no answer to \(method)")
    }
    return try CallResponse(protobuf: frame.payload)
  }
}
