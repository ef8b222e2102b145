/// The responses of containerd.task.v2.Task and v3.

public import Protobuf

/// containerd.v1.types.Status.
public enum TaskStatus: UInt64, Sendable {
  case unknown = 0
  case created = 1
  case running = 2
  case stopped = 3
  case paused = 4
  case pausing = 5
}

/// How and when a process ended.
public struct ProcessEnd: Equatable, Sendable {
  public var status: UInt32
  public var moment: Moment

  public init(status: UInt32, moment: Moment) {
    self.status = status
    self.moment = moment
  }
}

public struct StateResponse: Equatable, Sendable, ProtobufWritable {
  public var id = ""
  public var bundle = ""
  public var pid: UInt32 = 0
  public var status = TaskStatus.unknown
  public var streams = StandardStreams()
  public var end: ProcessEnd?
  public init() {}

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, id)
    writer.string(2, bundle)
    writer.unsigned(3, pid)
    writer.unsigned(4, status.rawValue)
    writer.string(5, streams.input)
    writer.string(6, streams.output)
    writer.string(7, streams.error)
    writer.bool(8, streams.terminal)
    writer.unsigned(9, end?.status ?? 0)
    writer.message(10, end?.moment)
  }
}

/// Create and Start.
public struct ProcessResponse: Equatable, Sendable, ProtobufWritable {
  public var pid: UInt32
  public init(pid: UInt32) { self.pid = pid }
  public func write(to writer: inout ProtobufWriter) { writer.unsigned(1, pid) }
}

public struct DeleteResponse: Equatable, Sendable, ProtobufWritable {
  public var pid: UInt32
  public var end: ProcessEnd

  public init(pid: UInt32, end: ProcessEnd) {
    self.pid = pid
    self.end = end
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.unsigned(1, pid)
    writer.unsigned(2, end.status)
    writer.message(3, end.moment)
  }
}

public struct WaitResponse: Equatable, Sendable, ProtobufWritable {
  public var end: ProcessEnd
  public init(end: ProcessEnd) { self.end = end }

  public func write(to writer: inout ProtobufWriter) {
    writer.unsigned(1, end.status)
    writer.message(2, end.moment)
  }
}

public struct PidsResponse: Equatable, Sendable, ProtobufWritable {
  public struct Process: Equatable, Sendable, ProtobufWritable {
    public var pid: UInt32
    /// Of a process that Exec has started.
    public var exec: String?

    public init(pid: UInt32, exec: String?) {
      self.pid = pid
      self.exec = exec
    }

    public func write(to writer: inout ProtobufWriter) {
      writer.unsigned(1, pid)
      guard let exec else { return }
      var details = ProtobufWriter()
      details.string(1, exec)
      writer.message(2, AnyMessage("containerd.runc.v1.ProcessDetails", details.bytes))
    }
  }

  public var processes: [Process]
  public init(processes: [Process]) { self.processes = processes }
  public func write(to writer: inout ProtobufWriter) { writer.messages(1, processes) }
}

public struct StatsResponse: Equatable, Sendable, ProtobufWritable {
  public var metrics: AnyMessage
  public init(metrics: AnyMessage) { self.metrics = metrics }
  public func write(to writer: inout ProtobufWriter) { writer.message(1, metrics) }
}

public struct ConnectResponse: Equatable, Sendable, ProtobufWritable {
  public var shim: UInt32
  /// 0 before the container is made.
  public var task: UInt32

  public init(shim: UInt32, task: UInt32) {
    self.shim = shim
    self.task = task
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.unsigned(1, shim)
    writer.unsigned(2, task)
  }
}
