import Protobuf
import TTRPC
import Testing

/// Frames against bytes that were seen between containerd 1.6 and its own shim.
@Suite struct FrameTests {
  /// State of container w1, as containerd asked it.
  private static let request: [UInt8] =
    [0, 0, 0, 0x28, 0, 0, 0, 0x0b, 1, 0, 0x0a, 0x17] + Array("containerd.task.v2.Task".utf8) + [0x12, 5]
    + Array("State".utf8) + [0x1a, 4, 0x0a, 2] + Array("w1".utf8) + [0x20, 5]

  @Test func aRequestAsContainerdSendsIt() throws {
    var reader = FrameReader()
    reader.append(Self.request)
    guard case .frame(let frame) = reader.next() else {
      Issue.record("no frame")
      return
    }
    #expect(frame.stream == 11)
    #expect(frame.kind == .request)
    let call = try CallRequest(protobuf: frame.payload)
    #expect(call.service == "containerd.task.v2.Task")
    #expect(call.method == "State")
    #expect(call.timeout == 5)
    #expect(try ProcessReference(protobuf: call.payload) == ProcessReference(container: "w1"))
    #expect(reader.next() == nil)
    #expect(frame.bytes == Self.request)
    #expect(call.protobuf == frame.payload)
  }

  @Test func bytesInAnyPortions() {
    var reader = FrameReader()
    var frames = 0
    for byte in Self.request + Self.request {
      reader.append([byte])
      while case .frame(let frame) = reader.next() {
        frames += 1
        #expect(frame.bytes == Self.request)
      }
    }
    #expect(frames == 2)
  }

  @Test func anOversizedFrameIsPassedOver() {
    var reader = FrameReader()
    let count = Frame.payloadLimit + 1
    reader.append([0, 0x40, 0, 1, 0, 0, 0, 3, 1, 0] + [UInt8](repeating: 7, count: 1000))
    #expect(reader.next() == .oversized(stream: 3, count: count))
    #expect(reader.next() == nil)
    reader.append([UInt8](repeating: 7, count: count - 1000) + Self.request)
    guard case .frame(let frame) = reader.next() else {
      Issue.record("no frame after the one that was passed over")
      return
    }
    #expect(frame.bytes == Self.request)
  }

  @Test func anAnswerWithAStatus() throws {
    let status = CallStatus(.notFound, "container not created")
    let response = CallResponse(.failure(status))
    #expect(response.protobuf == [0x0a, 25, 0x08, 5, 0x12, 21] + Array(status.message.utf8))
    #expect(try CallResponse(protobuf: response.protobuf) == response)
    #expect(CallResponse(.success([])).protobuf.isEmpty)
  }
}
