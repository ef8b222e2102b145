extension Spec {
  /// The process of the container (config.md, "Process"); also the document of `exec --process`.
  public struct Process: Sendable, Equatable {
    /// Whether a terminal is attached to the process.
    public var terminal: Bool?
    /// Size of that terminal at the start.
    public var consoleSize: Box?
    /// The user the process runs as.
    public var user: User?
    /// Program and arguments, as for execvp(3).
    public var args: [String]?
    /// Command line of Windows; without meaning here.
    public var commandLine: String?
    /// Environment, each as `NAME=value`.
    public var env: [String]?
    /// Working directory, an absolute path inside the container.
    public var cwd: String
    /// The five capability sets.
    public var capabilities: Capabilities?
    /// Resource limits of the process.
    public var rlimits: [ResourceLimit]?
    /// Whether execve can no longer gain privileges (PR_SET_NO_NEW_PRIVS).
    public var noNewPrivileges: Bool?
    /// Name of the AppArmor profile.
    public var apparmorProfile: String?
    /// Value for /proc/self/oom_score_adj, from -1000 to 1000.
    public var oomScoreAdj: Int?
    /// Scheduling policy.
    public var scheduler: Scheduler?
    /// SELinux label.
    public var selinuxLabel: String?
    /// I/O scheduling class.
    public var ioPriority: IOPriority?
    /// CPUs of a process that enters the container.
    public var execCPUAffinity: ExecCPUAffinity?

    /// Makes one of its properties.
    public init(
      terminal: Bool? = nil,
      consoleSize: Box? = nil,
      user: User? = nil,
      args: [String]? = nil,
      commandLine: String? = nil,
      env: [String]? = nil,
      cwd: String,
      capabilities: Capabilities? = nil,
      rlimits: [ResourceLimit]? = nil,
      noNewPrivileges: Bool? = nil,
      apparmorProfile: String? = nil,
      oomScoreAdj: Int? = nil,
      scheduler: Scheduler? = nil,
      selinuxLabel: String? = nil,
      ioPriority: IOPriority? = nil,
      execCPUAffinity: ExecCPUAffinity? = nil
    ) {
      self.terminal = terminal
      self.consoleSize = consoleSize
      self.user = user
      self.args = args
      self.commandLine = commandLine
      self.env = env
      self.cwd = cwd
      self.capabilities = capabilities
      self.rlimits = rlimits
      self.noNewPrivileges = noNewPrivileges
      self.apparmorProfile = apparmorProfile
      self.oomScoreAdj = oomScoreAdj
      self.scheduler = scheduler
      self.selinuxLabel = selinuxLabel
      self.ioPriority = ioPriority
      self.execCPUAffinity = execCPUAffinity
    }
  }
}

extension Spec {
  /// The size of a terminal in characters.
  public struct Box: Sendable, Equatable {
    /// Rows.
    public var height: UInt64
    /// Columns.
    public var width: UInt64

    /// Makes one of its properties.
    public init(height: UInt64, width: UInt64) {
      self.height = height
      self.width = width
    }
  }
}

extension Spec {
  /// The user of a process (config.md, "User").
  public struct User: Sendable, Equatable {
    /// User id inside the container.
    public var uid: UInt32?
    /// Group id inside the container.
    public var gid: UInt32?
    /// File mode creation mask.
    public var umask: UInt32?
    /// Supplementary group ids inside the container.
    public var additionalGids: [UInt32]?
    /// User name of Windows; without meaning here.
    public var username: String?

    /// Makes one of its properties.
    public init(
      uid: UInt32? = nil,
      gid: UInt32? = nil,
      umask: UInt32? = nil,
      additionalGids: [UInt32]? = nil,
      username: String? = nil
    ) {
      self.uid = uid
      self.gid = gid
      self.umask = umask
      self.additionalGids = additionalGids
      self.username = username
    }
  }
}

extension Spec {
  /// The capability sets of a process, by names such as `CAP_KILL` (capabilities(7)).
  public struct Capabilities: Sendable, Equatable {
    /// What execve can ever grant.
    public var bounding: [String]?
    /// What the kernel checks.
    public var effective: [String]?
    /// What execve keeps for files that inherit it.
    public var inheritable: [String]?
    /// What may become effective.
    public var permitted: [String]?
    /// What execve keeps for files without capabilities.
    public var ambient: [String]?

    /// Makes one of its properties.
    public init(
      bounding: [String]? = nil,
      effective: [String]? = nil,
      inheritable: [String]? = nil,
      permitted: [String]? = nil,
      ambient: [String]? = nil
    ) {
      self.bounding = bounding
      self.effective = effective
      self.inheritable = inheritable
      self.permitted = permitted
      self.ambient = ambient
    }
  }
}

extension Spec {
  /// A resource limit (getrlimit(2)).
  public struct ResourceLimit: Sendable, Equatable {
    /// Name, such as `RLIMIT_NOFILE`.
    public var type: String
    /// The limit that is enforced, in the unit of the resource.
    public var soft: UInt64
    /// Ceiling of the soft limit.
    public var hard: UInt64

    /// Makes one of its properties.
    public init(type: String, soft: UInt64, hard: UInt64) {
      self.type = type
      self.soft = soft
      self.hard = hard
    }
  }
}
