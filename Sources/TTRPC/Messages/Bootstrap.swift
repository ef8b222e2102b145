/// containerd.runtime.bootstrap.v1.BootstrapParams: what containerd 2.3 and later write to the standard input of `start`.
public struct BootstrapParameters: Equatable, Sendable, ProtobufReadable {
  public var instance = ""
  public var namespace = ""
  public var eventsAddress = ""
  public var address = ""
  public var extensions: [AnyMessage] = []
  public var socketFolder = ""
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: instance = try field.string
    case 2: namespace = try field.string
    case 5: eventsAddress = try field.string
    case 6: address = try field.string
    case 8: extensions.append(try field.message(Extension.self).value)
    case 9: socketFolder = try field.string
    default: break
    }
  }

  private struct Extension: ProtobufReadable {
    var value = AnyMessage()
    mutating func read(_ field: ProtobufField) throws(ProtobufError) {
      if field.number == 1 { value = try field.message() }
    }
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
