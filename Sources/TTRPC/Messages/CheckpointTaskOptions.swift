public import Protobuf

/// containerd.runc.v1.CheckpointOptions: how a container is to be saved.
public struct CheckpointTaskOptions: Equatable, Sendable {
  public static let typeURL = "containerd.runc.v1.CheckpointOptions"

  /// The container ends with its checkpoint.
  public var exits = false
  public var openTCP = false
  public var externalUnixSockets = false
  public var terminal = false
  public var fileLocks = false
  public var emptyNamespaces: [String] = []
  public var cgroupsMode = ""
  public var imagePath = ""
  public var workPath = ""

  public init() {}

  /// Options of another type are no options: then the defaults hold.
  public init(_ any: AnyMessage?) throws(ProtobufError) {
    self.init()
    guard let any, any.typeURL.hasSuffix(CheckpointTaskOptions.typeURL) else { return }
    try self.init(protobuf: any.value)
  }
}

extension CheckpointTaskOptions: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.bool(1, &exits)
    try visitor.bool(2, &openTCP)
    try visitor.bool(3, &externalUnixSockets)
    try visitor.bool(4, &terminal)
    try visitor.bool(5, &fileLocks)
    try visitor.string(6, &emptyNamespaces)
    try visitor.string(7, &cgroupsMode)
    try visitor.string(8, &imagePath)
    try visitor.string(9, &workPath)
  }
}
