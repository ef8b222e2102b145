extension Spec {
  /// Programs to run at the points of the container's life (config.md, "POSIX-platform Hooks").
  public struct Hooks: Sendable, Equatable {
    /// As `createRuntime`; deprecated.
    public var prestart: [Hook]?
    /// During `create`, in the runtime namespace, once the container's namespaces exist.
    public var createRuntime: [Hook]?
    /// During `create`, in the container namespace, before pivot_root.
    public var createContainer: [Hook]?
    /// During `start`, in the container, before the process is executed.
    public var startContainer: [Hook]?
    /// After the process has started, in the runtime namespace.
    public var poststart: [Hook]?
    /// After the container is deleted, in the runtime namespace.
    public var poststop: [Hook]?

    /// Makes one of its properties.
    public init(
      prestart: [Hook]? = nil,
      createRuntime: [Hook]? = nil,
      createContainer: [Hook]? = nil,
      startContainer: [Hook]? = nil,
      poststart: [Hook]? = nil,
      poststop: [Hook]? = nil
    ) {
      self.prestart = prestart
      self.createRuntime = createRuntime
      self.createContainer = createContainer
      self.startContainer = startContainer
      self.poststart = poststart
      self.poststop = poststop
    }
  }
}

extension Spec {
  /// A program to run at a point of the container's life.
  public struct Hook: Sendable, Equatable {
    /// Absolute path of the program.
    public var path: String
    /// Arguments including the zeroth, as for execv(3).
    public var args: [String]?
    /// Environment, each as `NAME=value`.
    public var env: [String]?
    /// Seconds after which the hook is ended.
    public var timeout: Int?

    /// Makes one of its properties.
    public init(path: String, args: [String]? = nil, env: [String]? = nil, timeout: Int? = nil) {
      self.path = path
      self.args = args
      self.env = env
      self.timeout = timeout
    }
  }
}
