/// google.protobuf.Any: a message with its name.
public struct AnyMessage: Equatable, Sendable {
  public var typeURL = ""
  public var value: [UInt8] = []

  public init() {}
  public init(_ typeURL: String, _ value: [UInt8]) {
    self.typeURL = typeURL
    self.value = value
  }
}

extension AnyMessage: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: typeURL = try field.string
    case 2: value = Array(try field.bytes)
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, typeURL)
    writer.data(2, value)
  }
}

/// google.protobuf.Timestamp.
public struct Moment: Equatable, Sendable {
  public var nanoseconds: Int64

  /// - Parameter nanoseconds: since 1970, UTC.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

extension Moment: ProtobufReadable, ProtobufWritable {
  public init() { nanoseconds = 0 }

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: nanoseconds &+= try field.signed &* 1_000_000_000
    case 2: nanoseconds &+= try field.signed
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.signed(1, nanoseconds / 1_000_000_000)
    writer.signed(2, nanoseconds % 1_000_000_000)
  }
}

/// google.protobuf.Empty.
public struct EmptyMessage: ProtobufWritable, Sendable {
  public init() {}
  public func write(to writer: inout ProtobufWriter) {}
}
