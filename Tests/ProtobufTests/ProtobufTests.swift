import Protobuf
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

  @Test func everyKindOfFieldInBothDirections() throws {
    var sample = Sample()
    sample.place.name = "n"
    sample.count = 7
    sample.large = 300
    sample.signed = -1
    sample.flag = true
    sample.words = ["a", ""]
    sample.data = [0xff]
    sample.inner = Place()
    sample.list = [Place(), Place(name: "p")]
    let bytes: [UInt8] =
      [0x0a, 1, 0x6e, 0x10, 7, 0x18, 0xac, 0x02, 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
      + [0x28, 1, 0x32, 1, 0x61, 0x32, 0, 0x3a, 1, 0xff, 0x42, 0, 0x4a, 0, 0x4a, 3, 0x0a, 1, 0x70]
    #expect(sample.protobuf == bytes)
    #expect(try Sample(protobuf: bytes) == sample)
  }

  @Test func unknownFieldsArePassedOver() throws {
    let bytes: [UInt8] = [0x78, 1, 0x0a, 1, 0x61, 0x7d, 0, 0, 0, 0, 0x79, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(try Place(protobuf: bytes) == Place(name: "a"))
  }

  @Test func theLastOfTwoValuesHolds() throws {
    #expect(try Place(protobuf: [0x0a, 1, 0x61, 0x0a, 1, 0x62]) == Place(name: "b"))
  }

  @Test(arguments: [
    ([UInt8]([0x08, 1]), 1), ([0x12, 0], 2), ([0x1a, 0], 3), ([0x22, 0], 4), ([0x2a, 0], 5), ([0x30, 1], 6),
    ([0x38, 1], 7), ([0x40, 1], 8), ([0x48, 1], 9),
  ])
  func aFieldOfAnotherTypeIsAnError(bytes: [UInt8], field: Int) {
    #expect(throws: ProtobufError.wrongType(field: field)) { try Sample(protobuf: bytes) }
  }

  @Test func proto3LeavesDefaultsOut() {
    #expect(Sample().protobuf.isEmpty)
  }
}

private struct Place: Equatable, ProtobufMessage {
  var name = ""

  mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &name)
  }
}

private struct Sample: Equatable, ProtobufMessage {
  /// Its field lies in this message.
  var place = Place()
  var count: UInt32 = 0
  var large: UInt64 = 0
  var signed: Int64 = 0
  var flag = false
  var words: [String] = []
  var data: [UInt8] = []
  var inner: Place?
  var list: [Place] = []

  mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try place.fields(&visitor)
    try visitor.unsigned(2, &count)
    try visitor.unsigned(3, &large)
    try visitor.signed(4, &signed)
    try visitor.bool(5, &flag)
    try visitor.string(6, &words)
    try visitor.data(7, &data)
    try visitor.message(8, &inner)
    try visitor.messages(9, &list)
  }
}
