public import Protobuf

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
    guard let any else { return }
    if any.typeURL.hasSuffix(GenericOptions.typeURL) {
      try GenericOptions(protobuf: any.value).read(into: &self)
    } else if any.typeURL.hasSuffix(RuntimeOptions.typeURL) {
      try self.init(protobuf: any.value)
    }
  }
}

extension RuntimeOptions: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.bool(1, &noPivotRoot)
    try visitor.bool(2, &noNewKeyring)
    try visitor.string(3, &shimCgroup)
    try visitor.unsigned(4, &ioUser)
    try visitor.unsigned(5, &ioGroup)
    try visitor.string(7, &root)
    try visitor.bool(9, &systemdCgroup)
    try visitor.string(10, &criuImagePath)
    try visitor.string(11, &criuWorkPath)
  }
}
