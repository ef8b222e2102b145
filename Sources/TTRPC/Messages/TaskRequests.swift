/// The requests of containerd.task.v2.Task and v3, which differ in the package's name only.

/// State, Start, Delete, Wait, Pids, Pause, Resume, Stats and Connect: a container, or with an exec id one of its other
/// processes.
public struct ProcessReference: Hashable, Sendable, ProtobufReadable {
  public var container = ""
  public var exec = ""

  public init() {}
  public init(container: String, exec: String = "") {
    self.container = container
    self.exec = exec
  }

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: container = try field.string
    case 2: exec = try field.string
    default: break
    }
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

extension MountMessage: ProtobufReadable, ProtobufWritable {
  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: type = try field.string
    case 2: source = try field.string
    case 3: target = try field.string
    case 4: options.append(try field.string)
    default: break
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, type)
    writer.string(2, source)
    writer.string(3, target)
    writer.string(4, options)
  }
}

public struct CreateTaskRequest: Equatable, Sendable, ProtobufReadable {
  public var id = ""
  public var bundle = ""
  public var rootfs: [MountMessage] = []
  public var streams = StandardStreams()
  public var checkpoint = ""
  public var parentCheckpoint = ""
  public var options: AnyMessage?
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: id = try field.string
    case 2: bundle = try field.string
    case 3: rootfs.append(try field.message())
    case 4: streams.terminal = try field.bool
    case 5: streams.input = try field.string
    case 6: streams.output = try field.string
    case 7: streams.error = try field.string
    case 8: checkpoint = try field.string
    case 9: parentCheckpoint = try field.string
    case 10: options = try field.message()
    default: break
    }
  }
}

public struct ExecTaskRequest: Equatable, Sendable, ProtobufReadable {
  public var process = ProcessReference()
  public var streams = StandardStreams()
  /// The process of the runtime-spec, as JSON.
  public var specification: AnyMessage?
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1, 2: try process.read(field)
    case 3: streams.terminal = try field.bool
    case 4: streams.input = try field.string
    case 5: streams.output = try field.string
    case 6: streams.error = try field.string
    case 7: specification = try field.message()
    default: break
    }
  }
}

public struct KillTaskRequest: Equatable, Sendable, ProtobufReadable {
  public var process = ProcessReference()
  public var signal: UInt32 = 0
  public var all = false
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1, 2: try process.read(field)
    case 3: signal = try field.unsigned32
    case 4: all = try field.bool
    default: break
    }
  }
}

public struct ResizeTerminalRequest: Equatable, Sendable, ProtobufReadable {
  public var process = ProcessReference()
  public var width: UInt32 = 0
  public var height: UInt32 = 0
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1, 2: try process.read(field)
    case 3: width = try field.unsigned32
    case 4: height = try field.unsigned32
    default: break
    }
  }
}

public struct CloseInputRequest: Equatable, Sendable, ProtobufReadable {
  public var process = ProcessReference()
  public var input = false
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1, 2: try process.read(field)
    case 3: input = try field.bool
    default: break
    }
  }
}

public struct UpdateTaskRequest: Equatable, Sendable, ProtobufReadable {
  public var id = ""
  /// The resources of the runtime-spec, as JSON.
  public var resources: AnyMessage?
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: id = try field.string
    case 2: resources = try field.message()
    default: break
    }
  }
}

public struct CheckpointTaskRequest: Equatable, Sendable, ProtobufReadable {
  public var id = ""
  public var path = ""
  public var options: AnyMessage?
  public init() {}

  public mutating func read(_ field: ProtobufField) throws(ProtobufError) {
    switch field.number {
    case 1: id = try field.string
    case 2: path = try field.string
    case 3: options = try field.message()
    default: break
    }
  }
}
