public import Protobuf

/// containerd.runtime.bootstrap.v1.BootstrapParams: what containerd 2.3 and later write to the standard input of `start`.
public struct BootstrapParameters: Equatable, Sendable, ProtobufMessage {
  public var instance = ""
  public var namespace = ""
  /// As in Go's log/slog: -4 is for finding faults, 0 for information.
  public var logLevel: Int64 = 0
  public var eventsAddress = ""
  public var address = ""
  public var extensions: [Extension] = []
  public var socketFolder = ""
  public init() {}

  public var wantsDebug: Bool { logLevel <= -4 }

  /// A message in a message of its own.
  public struct Extension: Equatable, Sendable, ProtobufMessage {
    public var value: AnyMessage?
    public init() {}

    public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
      try visitor.message(1, &value)
    }
  }

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &instance)
    try visitor.string(2, &namespace)
    try visitor.signed(3, &logLevel)
    try visitor.string(5, &eventsAddress)
    try visitor.string(6, &address)
    try visitor.messages(8, &extensions)
    try visitor.string(9, &socketFolder)
  }
}

/// Its answer, BootstrapResult.
public struct BootstrapResult: Equatable, Sendable, ProtobufWritable {
  /// Of the Task service: 2, or 3, of which containerd also uses the shim's socket for other containers of a sandbox.
  public var version: UInt32
  public var address: String

  public init(version: UInt32, address: String) {
    self.version = version
    self.address = address
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.unsigned(1, version)
    writer.string(2, address)
    writer.string(3, "ttrpc")
  }
}

/// containerd.types.RuntimeInfo: the answer to `-info`.
public struct RuntimeInformation: Equatable, Sendable, ProtobufWritable {
  public var name = ""
  public var version = ""
  public var options: AnyMessage?
  public var features: AnyMessage?
  public init() {}

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, name)
    writer.message(2) { $0.string(1, version) }
    writer.message(3, options)
    writer.message(4, features)
  }
}
