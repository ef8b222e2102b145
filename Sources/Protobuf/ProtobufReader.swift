/// Why bytes are no protobuf message.
public enum ProtobufError: Error, Equatable, Sendable, CustomStringConvertible {
  case endsEarly
  case tooLongVarint
  /// Groups and numbers that the format does not have.
  case unknownWireType(Int)
  case wrongType(field: Int)

  public var description: String {
    switch self {
    case .endsEarly: "the message ends early"
    case .tooLongVarint: "a number has more than ten bytes"
    case .unknownWireType(let type): "wire type \(type) is not known"
    case .wrongType(let field): "field \(field) has another type"
    }
  }
}

/// One value as the wire has it (protobuf.dev, “Encoding”): what it means is for the message to say.
public enum ProtobufValue: Equatable, Sendable {
  case varint(UInt64)
  case fixed64(UInt64)
  case fixed32(UInt32)
  case bytes(ArraySlice<UInt8>)
}

/// A field of a message: its number and its value.
public struct ProtobufField: Equatable, Sendable {
  public let number: Int
  public let value: ProtobufValue

  public var unsigned: UInt64 {
    get throws(ProtobufError) {
      guard case .varint(let number) = value else { throw .wrongType(field: self.number) }
      return number
    }
  }

  /// What does not fit into 32 bits is cut, as protobuf readers do.
  public var unsigned32: UInt32 { get throws(ProtobufError) { UInt32(truncatingIfNeeded: try unsigned) } }
  public var signed: Int64 { get throws(ProtobufError) { Int64(bitPattern: try unsigned) } }
  public var bool: Bool { get throws(ProtobufError) { try unsigned != 0 } }

  public var bytes: ArraySlice<UInt8> {
    get throws(ProtobufError) {
      guard case .bytes(let bytes) = value else { throw .wrongType(field: number) }
      return bytes
    }
  }

  /// Bytes that are no UTF-8 come with replacement characters.
  public var string: String { get throws(ProtobufError) { String(decoding: try bytes, as: UTF8.self) } }

  public func message<Message: ProtobufReadable>(_ type: Message.Type = Message.self) throws(ProtobufError) -> Message {
    try Message(protobuf: try bytes)
  }
}

/// A message that can be read, field by field. Fields that it does not know are passed over.
public protocol ProtobufReadable {
  init()
  mutating func read(_ field: ProtobufField) throws(ProtobufError)
}

extension ProtobufReadable {
  public init(protobuf bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    self.init()
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() { try read(field) }
  }

  public init(protobuf bytes: [UInt8]) throws(ProtobufError) { try self.init(protobuf: bytes[...]) }
}

/// Goes through the fields of a message.
public struct ProtobufReader {
  private var rest: ArraySlice<UInt8>

  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end.
  public mutating func next() throws(ProtobufError) -> ProtobufField? {
    if rest.isEmpty { return nil }
    let tag = try varint()
    let number = Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: tag >> 3))
    switch tag & 7 {
    case 0: return ProtobufField(number: number, value: .varint(try varint()))
    case 1: return ProtobufField(number: number, value: .fixed64(try fixed(8)))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw .endsEarly }
      let bytes = rest.prefix(Int(count))
      rest.removeFirst(Int(count))
      return ProtobufField(number: number, value: .bytes(bytes))
    case 5: return ProtobufField(number: number, value: .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw .unknownWireType(Int(tag & 7))
    }
  }

  private mutating func varint() throws(ProtobufError) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70 {
      guard let byte = rest.popFirst() else { throw .endsEarly }
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw .tooLongVarint
  }

  private mutating func fixed(_ count: Int) throws(ProtobufError) -> UInt64 {
    guard rest.count >= count else { throw .endsEarly }
    let result = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest.removeFirst(count)
    return result
  }
}
