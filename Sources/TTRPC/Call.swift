public import Protobuf

/// How a call ended, in the codes of gRPC that containerd tells its own errors from.
public struct CallStatus: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Int32, Sendable {
    case ok = 0
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case resourceExhausted = 8
    case failedPrecondition = 9
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
  }

  public var code: Code
  public var message: String
  public var description: String { message }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension CallStatus: ProtobufMessage {
  public init() { self.init(.ok, "") }

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    var number = UInt32(bitPattern: code.rawValue)
    try visitor.unsigned(1, &number)
    code = Code(rawValue: Int32(bitPattern: number)) ?? .unknown
    try visitor.string(2, &message)
  }
}

/// What a client asks for: the payload of a request frame.
public struct CallRequest: Equatable, Sendable {
  public var service = ""
  public var method = ""
  public var payload: [UInt8] = []
  /// Nanoseconds; 0 is no limit.
  public var timeout: Int64 = 0
  public var metadata: [Entry] = []

  public struct Entry: Equatable, Sendable {
    public var key = ""
    public var value = ""
    public init() {}
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  public init() {}
  public init(_ service: String, _ method: String, payload: [UInt8]) {
    self.service = service
    self.method = method
    self.payload = payload
  }
}

extension CallRequest: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &service)
    try visitor.string(2, &method)
    try visitor.data(3, &payload)
    try visitor.signed(4, &timeout)
    try visitor.messages(5, &metadata)
  }
}

extension CallRequest.Entry: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &key)
    try visitor.string(2, &value)
  }
}

/// The payload of a response frame. Without a status the call went well.
public struct CallResponse: Equatable, Sendable {
  public var status: CallStatus?
  public var payload: [UInt8] = []

  public init() {}
  public init(_ result: Result<[UInt8], CallStatus>) {
    switch result {
    case .success(let payload): self.payload = payload
    case .failure(let status): self.status = status
    }
  }
}

extension CallResponse: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.message(1, &status)
    if status?.code == .ok { status = nil }
    try visitor.data(2, &payload)
  }
}
