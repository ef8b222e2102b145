/// The state of a container (runtime.md, "State"), as hooks read it and `state` answers.
public struct State: Sendable, Equatable {
  /// Version of the runtime-spec that the state complies with.
  public var ociVersion: String
  /// Id of the container.
  public var id: String
  /// Where the container is in its life.
  public var status: Status
  /// Process id as the runtime sees it, while the container is created or running.
  public var pid: Int32?
  /// Absolute path of the bundle.
  public var bundle: String
  /// The annotations of the configuration.
  public var annotations: StringMap<String>?

  /// Where a container is in its life; `paused` is an addition that the specification allows.
  public enum Status: String, Sendable, CaseIterable {
    /// It is being made.
    case creating
    /// The runtime has made everything but not run the program.
    case created
    /// The program has run and not ended.
    case running
    /// The cgroup is frozen.
    case paused
    /// The program has ended.
    case stopped
  }

  /// Makes one of its properties.
  public init(
    ociVersion: String,
    id: String,
    status: Status,
    pid: Int32? = nil,
    bundle: String,
    annotations: StringMap<String>? = nil
  ) {
    self.ociVersion = ociVersion
    self.id = id
    self.status = status
    self.pid = pid
    self.bundle = bundle
    self.annotations = annotations
  }
}

/// What the agent of `Seccomp.listenerPath` is sent (config-linux.md, "The Container Process State").
public struct ContainerProcessState: Sendable, Equatable {
  /// Version of the runtime-spec that this complies with.
  public var ociVersion: String
  /// Names of the descriptors sent along, in their order.
  public var fds: [String]
  /// Process id as the runtime sees it.
  public var pid: Int32
  /// `Seccomp.listenerMetadata`.
  public var metadata: String?
  /// The state of the container.
  public var state: State

  /// Makes one of its properties.
  public init(
    ociVersion: String,
    fds: [String],
    pid: Int32,
    metadata: String? = nil,
    state: State
  ) {
    self.ociVersion = ociVersion
    self.fds = fds
    self.pid = pid
    self.metadata = metadata
    self.state = state
  }
}
