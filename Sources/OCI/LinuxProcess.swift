extension Spec {
  /// Intel Resource Director Technology (resctrl file system).
  public struct IntelRdt: Sendable, Equatable {
    /// Name of the class of service, a directory of the resctrl file system.
    public var closID: String?
    /// Lines for the `schemata` file.
    public var schemata: [String]?
    /// Schema of the L3 cache.
    public var l3CacheSchema: String?
    /// Schema of the memory bandwidth.
    public var memBwSchema: String?
    /// Whether a monitoring group is made.
    public var enableMonitoring: Bool?

    /// Makes one of its properties.
    public init(
      closID: String? = nil,
      schemata: [String]? = nil,
      l3CacheSchema: String? = nil,
      memBwSchema: String? = nil,
      enableMonitoring: Bool? = nil
    ) {
      self.closID = closID
      self.schemata = schemata
      self.l3CacheSchema = l3CacheSchema
      self.memBwSchema = memBwSchema
      self.enableMonitoring = enableMonitoring
    }
  }
}

extension Spec {
  /// NUMA policy of the process (set_mempolicy(2)).
  public struct MemoryPolicy: Sendable, Equatable {
    /// Name, such as `MPOL_BIND`.
    public var mode: String?
    /// List of nodes, such as `0-1,3`.
    public var nodes: String?
    /// Names, such as `MPOL_F_STATIC_NODES`.
    public var flags: [String]?

    /// Makes one of its properties.
    public init(mode: String? = nil, nodes: String? = nil, flags: [String]? = nil) {
      self.mode = mode
      self.nodes = nodes
      self.flags = flags
    }
  }
}

extension Spec {
  /// Execution domain of the process (personality(2)).
  public struct Personality: Sendable, Equatable {
    /// `LINUX` or `LINUX32`.
    public var domain: String?
    /// Additional flags; the specification defines none.
    public var flags: [String]?

    /// Makes one of its properties.
    public init(domain: String? = nil, flags: [String]? = nil) {
      self.domain = domain
      self.flags = flags
    }
  }
}

extension Spec {
  /// Offsets of the clocks of a time namespace (time_namespaces(7)).
  public struct TimeOffsets: Sendable, Equatable {
    /// CLOCK_MONOTONIC.
    public var monotonic: TimeOffset?
    /// CLOCK_BOOTTIME.
    public var boottime: TimeOffset?

    /// Makes one of its properties.
    public init(monotonic: TimeOffset? = nil, boottime: TimeOffset? = nil) {
      self.monotonic = monotonic
      self.boottime = boottime
    }
  }
}

extension Spec {
  /// What is added to a clock.
  public struct TimeOffset: Sendable, Equatable {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds.
    public var nanosecs: UInt32?

    /// Makes one of its properties.
    public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
      self.secs = secs
      self.nanosecs = nanosecs
    }
  }
}
