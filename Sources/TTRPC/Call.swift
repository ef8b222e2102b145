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

extension CallStatus: ProtobufReadable, ProtobufWritable {
  public init() { self.init(.ok, "") }

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: code = Code(rawValue: Int32(truncatingIfNeeded: try field.unsigned)) ?? .unknown
    case 2: message = try field.string
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.unsigned(1, UInt64(code.rawValue))
    writer.string(2, message)
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

extension CallRequest: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: service = try field.string
    case 2: method = try field.string
    case 3: payload = Array(try field.bytes)
    case 4: timeout = try field.signed
    case 5: metadata.append(try field.message())
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, service)
    writer.string(2, method)
    writer.data(3, payload)
    writer.signed(4, timeout)
    writer.messages(5, metadata)
  }
}

extension CallRequest.Entry: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: key = try field.string
    case 2: value = try field.string
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, key)
    writer.string(2, value)
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

extension CallResponse: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1:
      let said: CallStatus = try field.message()
      status = said.code == .ok ? nil : said
    case 2: payload = Array(try field.bytes)
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.message(1, status)
    writer.data(2, payload)
  }
}
