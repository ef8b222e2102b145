/// Which system calls a container may use (config-linux.md, "Seccomp").
public struct Seccomp: Sendable, Equatable {
  /// What happens to a call that no rule matches, such as `SCMP_ACT_ERRNO`.
  public var defaultAction: String
  /// The errno of that action; absent means EPERM.
  public var defaultErrnoRet: UInt32?
  /// Further architectures, such as `SCMP_ARCH_X86`.
  public var architectures: [String]?
  /// Flags of seccomp(2), such as `SECCOMP_FILTER_FLAG_LOG`.
  public var flags: [String]?
  /// UNIX socket of the agent that serves `SCMP_ACT_NOTIFY`.
  public var listenerPath: String?
  /// Opaque data for that agent.
  public var listenerMetadata: String?
  /// Rules.
  public var syscalls: [Syscall]?

  /// Makes one of its properties.
  public init(
    defaultAction: String,
    defaultErrnoRet: UInt32? = nil,
    architectures: [String]? = nil,
    flags: [String]? = nil,
    listenerPath: String? = nil,
    listenerMetadata: String? = nil,
    syscalls: [Syscall]? = nil
  ) {
    self.defaultAction = defaultAction
    self.defaultErrnoRet = defaultErrnoRet
    self.architectures = architectures
    self.flags = flags
    self.listenerPath = listenerPath
    self.listenerMetadata = listenerMetadata
    self.syscalls = syscalls
  }
}

extension Seccomp {
  /// A rule for some system calls.
  public struct Syscall: Sendable, Equatable {
    /// Names of the calls.
    public var names: [String]
    /// What happens to them.
    public var action: String
    /// The errno of that action; absent means EPERM.
    public var errnoRet: UInt32?
    /// Conditions on the arguments; all must hold.
    public var args: [Argument]?

    /// Makes one of its properties.
    public init(names: [String], action: String, errnoRet: UInt32? = nil, args: [Argument]? = nil) {
      self.names = names
      self.action = action
      self.errnoRet = errnoRet
      self.args = args
    }
  }
}

extension Seccomp {
  /// A condition on one argument of a system call.
  public struct Argument: Sendable, Equatable {
    /// Which argument, from 0.
    public var index: UInt32
    /// What it is compared with; the mask of `SCMP_CMP_MASKED_EQ`.
    public var value: UInt64
    /// Value after the mask of `SCMP_CMP_MASKED_EQ`.
    public var valueTwo: UInt64?
    /// Comparison, such as `SCMP_CMP_EQ`.
    public var op: String

    /// Makes one of its properties.
    public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: String) {
      self.index = index
      self.value = value
      self.valueTwo = valueTwo
      self.op = op
    }
  }
}
