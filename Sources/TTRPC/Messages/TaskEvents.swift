public import Protobuf

/// What a shim tells containerd of its own accord (containerd.events), each on its topic.
public enum TaskEvent: Equatable, Sendable {
  case create(
    container: String, bundle: String, rootfs: [MountMessage], StandardStreams, checkpoint: String, pid: UInt32)
  case start(container: String, pid: UInt32)
  case execAdded(container: String, exec: String)
  case execStarted(container: String, exec: String, pid: UInt32)
  /// `id` is the exec's, or the container's again.
  case exit(container: String, id: String, pid: UInt32, ProcessEnd)
  case delete(container: String, pid: UInt32, ProcessEnd)
  case outOfMemory(container: String)
  case paused(container: String)
  case resumed(container: String)
  case checkpointed(container: String, checkpoint: String)

  public var topic: String { "/tasks/\(names.topic)" }
  public var typeURL: String { "containerd.events.\(names.type)" }

  private var names: (topic: String, type: String) {
    switch self {
    case .create: ("create", "TaskCreate")
    case .start: ("start", "TaskStart")
    case .execAdded: ("exec-added", "TaskExecAdded")
    case .execStarted: ("exec-started", "TaskExecStarted")
    case .exit: ("exit", "TaskExit")
    case .delete: ("delete", "TaskDelete")
    case .outOfMemory: ("oom", "TaskOOM")
    case .paused: ("paused", "TaskPaused")
    case .resumed: ("resumed", "TaskResumed")
    case .checkpointed: ("checkpointed", "TaskCheckpointed")
    }
  }
}

extension TaskEvent: ProtobufWritable {
  public func write(to writer: inout ProtobufWriter) {
    switch self {
    case .create(let container, let bundle, let rootfs, let streams, let checkpoint, let pid):
      writer.string(1, container)
      writer.string(2, bundle)
      writer.messages(3, rootfs)
      writer.message(4, streams)
      writer.string(5, checkpoint)
      writer.unsigned(6, pid)
    case .start(let container, let pid):
      writer.string(1, container)
      writer.unsigned(2, pid)
    case .execAdded(let container, let exec):
      writer.string(1, container)
      writer.string(2, exec)
    case .execStarted(let container, let exec, let pid):
      writer.string(1, container)
      writer.string(2, exec)
      writer.unsigned(3, pid)
    case .exit(let container, let id, let pid, let end):
      writer.string(1, container)
      writer.string(2, id)
      writer.unsigned(3, pid)
      writer.unsigned(4, end.status)
      writer.message(5, end.moment)
    case .delete(let container, let pid, let end):
      writer.string(1, container)
      writer.unsigned(2, pid)
      writer.unsigned(3, end.status)
      writer.message(4, end.moment)
    case .outOfMemory(let container), .paused(let container), .resumed(let container):
      writer.string(1, container)
    case .checkpointed(let container, let checkpoint):
      writer.string(1, container)
      writer.string(2, checkpoint)
    }
  }
}

/// containerd.types.Envelope in a containerd.services.events.ttrpc.v1.ForwardRequest.
public struct ForwardRequest: Equatable, Sendable, ProtobufWritable {
  public static let service = "containerd.services.events.ttrpc.v1.Events"
  public static let method = "Forward"

  public var moment: Moment
  public var namespace: String
  public var event: TaskEvent

  public init(moment: Moment, namespace: String, event: TaskEvent) {
    self.moment = moment
    self.namespace = namespace
    self.event = event
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.message(1) { envelope in
      envelope.message(1, moment)
      envelope.string(2, namespace)
      envelope.string(3, event.topic)
      envelope.message(4, AnyMessage(event.typeURL, event.protobuf))
    }
  }
}
