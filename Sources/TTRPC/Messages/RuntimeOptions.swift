/// containerd.runc.v1.Options: what a configuration of containerd or Docker says about the runtime. Those that name the
/// runtime's program (6) and CRIU's (8) mean nothing here.
public struct RuntimeOptions: Equatable, Sendable {
  public static let typeURL = "containerd.runc.v1.Options"

  public var noPivotRoot = false
  public var noNewKeyring = false
  /// A cgroup for the shim itself.
  public var shimCgroup = ""
  /// Who owns the pipes of the standard streams.
  public var ioUser: UInt32 = 0
  public var ioGroup: UInt32 = 0
  /// The folder of the containers' states; the namespace is a folder in it.
  public var root = ""
  public var systemdCgroup = false
  public var criuImagePath = ""
  public var criuWorkPath = ""

  public init() {}

  /// Options of another type are no options: then the defaults hold.
  public init(_ any: AnyMessage?) throws(ProtobufError) {
    self.init()
    guard let any, any.typeURL.hasSuffix(RuntimeOptions.typeURL) else { return }
    try self.init(protobuf: any.value)
  }
}

extension RuntimeOptions: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: noPivotRoot = try field.bool
    case 2: noNewKeyring = try field.bool
    case 3: shimCgroup = try field.string
    case 4: ioUser = try field.unsigned32
    case 5: ioGroup = try field.unsigned32
    case 7: root = try field.string
    case 9: systemdCgroup = try field.bool
    case 10: criuImagePath = try field.string
    case 11: criuWorkPath = try field.string
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.bool(1, noPivotRoot)
    writer.bool(2, noNewKeyring)
    writer.string(3, shimCgroup)
    writer.unsigned(4, ioUser)
    writer.unsigned(5, ioGroup)
    writer.string(7, root)
    writer.bool(9, systemdCgroup)
    writer.string(10, criuImagePath)
    writer.string(11, criuWorkPath)
  }
}
