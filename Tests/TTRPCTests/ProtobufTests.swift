import TTRPC
import Testing

@Suite struct ProtobufTests {
  /// The examples of protobuf.dev, “Encoding”, and the borders of the varints.
  @Test(arguments: [
    (UInt64(150), [UInt8]([0x08, 0x96, 0x01])), (UInt64(1), [0x08, 0x01]), (UInt64(127), [0x08, 0x7f]),
    (UInt64(128), [0x08, 0x80, 0x01]),
    (UInt64.max, [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  ])
  func varints(value: UInt64, bytes: [UInt8]) throws {
    var writer = ProtobufWriter()
    writer.unsigned(1, value)
    #expect(writer.bytes == bytes)
    var reader = ProtobufReader(bytes[...])
    #expect(try reader.next()?.unsigned == value)
    #expect(try reader.next() == nil)
  }

  @Test(arguments: [
    ([UInt8]([0x08]), ProtobufError.endsEarly), ([0x08, 0x80], .endsEarly), ([0x0a, 5, 1], .endsEarly),
    ([0x09, 1, 2], .endsEarly), ([0x0b], .unknownWireType(3)),
    ([0x08] + [UInt8](repeating: 0xff, count: 11), .tooLongVarint),
    ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], .endsEarly),
  ])
  func whatIsNoMessage(bytes: [UInt8], error: ProtobufError) {
    #expect(throws: error) {
      var reader = ProtobufReader(bytes[...])
      while try reader.next() != nil {}
    }
  }

  @Test func unknownFieldsArePassedOver() throws {
    let bytes: [UInt8] = [0x78, 1, 0x0a, 1, 0x61, 0x7d, 0, 0, 0, 0, 0x79, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(try ProcessReference(protobuf: bytes) == ProcessReference(container: "a"))
  }

  @Test func aFieldOfAnotherTypeIsAnError() {
    #expect(throws: ProtobufError.wrongType(field: 1)) { try ProcessReference(protobuf: [0x08, 1]) }
  }

  @Test func proto3LeavesDefaultsOut() {
    #expect(StateResponse().protobuf.isEmpty)
    #expect(ProcessResponse(pid: 0).protobuf.isEmpty)
    // A message is there even when it is empty.
    #expect(WaitResponse(end: ProcessEnd(status: 0, moment: Moment(nanoseconds: 0))).protobuf == [0x12, 0])
  }
}
