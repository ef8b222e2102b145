public import Protobuf

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

extension AnyMessage: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &typeURL)
    try visitor.data(2, &value)
  }
}

/// google.protobuf.Timestamp.
public struct Moment: Equatable, Sendable {
  public var nanoseconds: Int64

  /// - Parameter nanoseconds: since 1970, UTC.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

extension Moment: ProtobufMessage {
  public init() { nanoseconds = 0 }

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    try visitor.signed(1, &seconds)
    try visitor.signed(2, &rest)
    nanoseconds = seconds &* 1_000_000_000 &+ rest
  }
}

/// google.protobuf.Empty.
public struct EmptyMessage: ProtobufWritable, Sendable {
  public init() {}
  public func write(to writer: inout ProtobufWriter) {}
}
