/// The requests of containerd.task.v2.Task and v3, which differ in the package's name only.

public import Protobuf

/// State, Start, Delete, Wait, Pids, Pause, Resume, Stats and Connect: a container, or with an exec id one of its other
/// processes.
public struct ProcessReference: Hashable, Sendable, ProtobufMessage {
  public var container = ""
  public var exec = ""

  public init() {}
  public init(container: String, exec: String = "") {
    self.container = container
    self.exec = exec
  }

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &container)
    try visitor.string(2, &exec)
  }
}

/// Where the standard streams of a process go: paths of FIFOs, or URIs; empty is nowhere.
public struct StandardStreams: Equatable, Sendable {
  public var input = ""
  public var output = ""
  public var error = ""
  public var terminal = false
  public init() {}
}

extension StandardStreams: ProtobufWritable {
  /// containerd.events.TaskIO.
  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, input)
    writer.string(2, output)
    writer.string(3, error)
    writer.bool(4, terminal)
  }
}

/// containerd.types.Mount.
public struct MountMessage: Equatable, Sendable {
  public var type = ""
  public var source = ""
  public var target = ""
  public var options: [String] = []
  public init() {}
}

extension MountMessage: ProtobufMessage {
  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &type)
    try visitor.string(2, &source)
    try visitor.string(3, &target)
    try visitor.string(4, &options)
  }
}

public struct CreateTaskRequest: Equatable, Sendable, ProtobufMessage {
  public var id = ""
  public var bundle = ""
  public var rootfs: [MountMessage] = []
  public var streams = StandardStreams()
  public var checkpoint = ""
  public var parentCheckpoint = ""
  public var options: AnyMessage?
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &id)
    try visitor.string(2, &bundle)
    try visitor.messages(3, &rootfs)
    try visitor.bool(4, &streams.terminal)
    try visitor.string(5, &streams.input)
    try visitor.string(6, &streams.output)
    try visitor.string(7, &streams.error)
    try visitor.string(8, &checkpoint)
    try visitor.string(9, &parentCheckpoint)
    try visitor.message(10, &options)
  }
}

public struct ExecTaskRequest: Equatable, Sendable, ProtobufMessage {
  public var process = ProcessReference()
  public var streams = StandardStreams()
  /// The process of the runtime-spec, as JSON.
  public var specification: AnyMessage?
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try process.fields(&visitor)
    try visitor.bool(3, &streams.terminal)
    try visitor.string(4, &streams.input)
    try visitor.string(5, &streams.output)
    try visitor.string(6, &streams.error)
    try visitor.message(7, &specification)
  }
}

public struct KillTaskRequest: Equatable, Sendable, ProtobufMessage {
  public var process = ProcessReference()
  public var signal: UInt32 = 0
  public var all = false
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try process.fields(&visitor)
    try visitor.unsigned(3, &signal)
    try visitor.bool(4, &all)
  }
}

public struct ResizeTerminalRequest: Equatable, Sendable, ProtobufMessage {
  public var process = ProcessReference()
  public var width: UInt32 = 0
  public var height: UInt32 = 0
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try process.fields(&visitor)
    try visitor.unsigned(3, &width)
    try visitor.unsigned(4, &height)
  }
}

public struct CloseInputRequest: Equatable, Sendable, ProtobufMessage {
  public var process = ProcessReference()
  public var input = false
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try process.fields(&visitor)
    try visitor.bool(3, &input)
  }
}

public struct UpdateTaskRequest: Equatable, Sendable, ProtobufMessage {
  public var id = ""
  /// The resources of the runtime-spec, as JSON.
  public var resources: AnyMessage?
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &id)
    try visitor.message(2, &resources)
  }
}

public struct CheckpointTaskRequest: Equatable, Sendable, ProtobufMessage {
  public var id = ""
  public var path = ""
  public var options: AnyMessage?
  public init() {}

  public mutating func fields<Visitor: ProtobufVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.string(1, &id)
    try visitor.string(2, &path)
    try visitor.message(3, &options)
  }
}
