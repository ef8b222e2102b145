extension Spec {
  /// Scheduling policy of the process (sched_setattr(2)).
  public struct Scheduler: Sendable, Equatable {
    /// Name, such as `SCHED_FIFO`.
    public var policy: String
    /// Nice value of SCHED_OTHER and SCHED_BATCH, from -20 to 19.
    public var nice: Int32?
    /// Static priority of SCHED_FIFO and SCHED_RR.
    public var priority: Int32?
    /// Names, such as `SCHED_FLAG_RESET_ON_FORK`.
    public var flags: [String]?
    /// Run time of SCHED_DEADLINE in nanoseconds.
    public var runtime: UInt64?
    /// Deadline of SCHED_DEADLINE in nanoseconds.
    public var deadline: UInt64?
    /// Period of SCHED_DEADLINE in nanoseconds.
    public var period: UInt64?

    /// Makes one of its properties.
    public init(
      policy: String,
      nice: Int32? = nil,
      priority: Int32? = nil,
      flags: [String]? = nil,
      runtime: UInt64? = nil,
      deadline: UInt64? = nil,
      period: UInt64? = nil
    ) {
      self.policy = policy
      self.nice = nice
      self.priority = priority
      self.flags = flags
      self.runtime = runtime
      self.deadline = deadline
      self.period = period
    }
  }
}

extension Spec {
  /// I/O scheduling class of the process (ioprio_set(2)).
  public struct IOPriority: Sendable, Equatable {
    /// Name, such as `IOPRIO_CLASS_BE`.
    public var `class`: String
    /// Priority within the class, from 0 (highest) to 7.
    public var priority: Int32?

    /// Makes one of its properties.
    public init(class: String, priority: Int32? = nil) {
      self.class = `class`
      self.priority = priority
    }
  }
}

extension Spec {
  /// CPUs of a process that enters a running container, as lists such as `0-3,7`.
  public struct ExecCPUAffinity: Sendable, Equatable {
    /// CPUs before it moves to the container's cgroup.
    public var initial: String?
    /// CPUs after that.
    public var final: String?

    /// Makes one of its properties.
    public init(initial: String? = nil, final: String? = nil) {
      self.initial = initial
      self.final = final
    }
  }
}
