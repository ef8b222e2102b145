/// What a runtime can do (features.md): nil is unknown, false or empty is known not to be supported.
public struct Features: Sendable, Equatable {
  /// Oldest `ociVersion` that is accepted.
  public var ociVersionMin: String
  /// Newest `ociVersion` that is accepted.
  public var ociVersionMax: String
  /// Hooks by name.
  public var hooks: [String]?
  /// Mount options that are known, whether or not the kernel supports them.
  public var mountOptions: [String]?
  /// What only Linux knows (features-linux.md).
  public var linux: Linux?
  /// Facts without a property of their own.
  public var annotations: StringMap<String>?
  /// Annotations that change how the runtime behaves; a prefix ends with a dot.
  public var potentiallyUnsafeConfigAnnotations: [String]?

  /// Makes one of its properties.
  public init(
    ociVersionMin: String,
    ociVersionMax: String,
    hooks: [String]? = nil,
    mountOptions: [String]? = nil,
    linux: Linux? = nil,
    annotations: StringMap<String>? = nil,
    potentiallyUnsafeConfigAnnotations: [String]? = nil
  ) {
    self.ociVersionMin = ociVersionMin
    self.ociVersionMax = ociVersionMax
    self.hooks = hooks
    self.mountOptions = mountOptions
    self.linux = linux
    self.annotations = annotations
    self.potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations
  }
}

extension Features {
  /// What only Linux knows (features-linux.md).
  public struct Linux: Sendable, Equatable {
    /// Namespace types.
    public var namespaces: [String]?
    /// Capabilities, such as `CAP_KILL`.
    public var capabilities: [String]?
    /// Control groups.
    public var cgroup: Cgroup?
    /// Seccomp.
    public var seccomp: Seccomp?
    /// AppArmor.
    public var apparmor: Switch?
    /// SELinux.
    public var selinux: Switch?
    /// Intel Resource Director Technology.
    public var intelRdt: IntelRdt?
    /// NUMA policies.
    public var memoryPolicy: MemoryPolicy?
    /// Mounts.
    public var mountExtensions: MountExtensions?
    /// Network devices moved into the container.
    public var netDevices: Switch?

    /// Makes one of its properties.
    public init(
      namespaces: [String]? = nil,
      capabilities: [String]? = nil,
      cgroup: Cgroup? = nil,
      seccomp: Seccomp? = nil,
      apparmor: Switch? = nil,
      selinux: Switch? = nil,
      intelRdt: IntelRdt? = nil,
      memoryPolicy: MemoryPolicy? = nil,
      mountExtensions: MountExtensions? = nil,
      netDevices: Switch? = nil
    ) {
      self.namespaces = namespaces
      self.capabilities = capabilities
      self.cgroup = cgroup
      self.seccomp = seccomp
      self.apparmor = apparmor
      self.selinux = selinux
      self.intelRdt = intelRdt
      self.memoryPolicy = memoryPolicy
      self.mountExtensions = mountExtensions
      self.netDevices = netDevices
    }
  }
}

extension Features {
  /// Something that is supported or not.
  public struct Switch: Sendable, Equatable {
    /// Whether it is.
    public var enabled: Bool?

    /// Makes one of its properties.
    public init(enabled: Bool? = nil) {
      self.enabled = enabled
    }
  }
}

extension Features {
  /// Control groups.
  public struct Cgroup: Sendable, Equatable {
    /// Version 1.
    public var v1: Bool?
    /// Version 2.
    public var v2: Bool?
    /// Through systemd.
    public var systemd: Bool?
    /// Through systemd of a user.
    public var systemdUser: Bool?
    /// The RDMA controller.
    public var rdma: Bool?

    /// Makes one of its properties.
    public init(
      v1: Bool? = nil,
      v2: Bool? = nil,
      systemd: Bool? = nil,
      systemdUser: Bool? = nil,
      rdma: Bool? = nil
    ) {
      self.v1 = v1
      self.v2 = v2
      self.systemd = systemd
      self.systemdUser = systemdUser
      self.rdma = rdma
    }
  }
}

extension Features {
  /// Seccomp.
  public struct Seccomp: Sendable, Equatable {
    /// Whether it is supported.
    public var enabled: Bool?
    /// Actions.
    public var actions: [String]?
    /// Comparisons.
    public var operators: [String]?
    /// Architectures.
    public var archs: [String]?
    /// Flags that are known.
    public var knownFlags: [String]?
    /// Flags that are known and supported.
    public var supportedFlags: [String]?

    /// Makes one of its properties.
    public init(
      enabled: Bool? = nil,
      actions: [String]? = nil,
      operators: [String]? = nil,
      archs: [String]? = nil,
      knownFlags: [String]? = nil,
      supportedFlags: [String]? = nil
    ) {
      self.enabled = enabled
      self.actions = actions
      self.operators = operators
      self.archs = archs
      self.knownFlags = knownFlags
      self.supportedFlags = supportedFlags
    }
  }
}

extension Features {
  /// Intel Resource Director Technology.
  public struct IntelRdt: Sendable, Equatable {
    /// Whether it is supported.
    public var enabled: Bool?
    /// Whether `schemata` is.
    public var schemata: Bool?
    /// Whether `enableMonitoring` is.
    public var monitoring: Bool?

    /// Makes one of its properties.
    public init(enabled: Bool? = nil, schemata: Bool? = nil, monitoring: Bool? = nil) {
      self.enabled = enabled
      self.schemata = schemata
      self.monitoring = monitoring
    }
  }
}

extension Features {
  /// NUMA policies.
  public struct MemoryPolicy: Sendable, Equatable {
    /// Modes.
    public var modes: [String]?
    /// Flags.
    public var flags: [String]?

    /// Makes one of its properties.
    public init(modes: [String]? = nil, flags: [String]? = nil) {
      self.modes = modes
      self.flags = flags
    }
  }
}

extension Features {
  /// Mounts.
  public struct MountExtensions: Sendable, Equatable {
    /// Id-mapped mounts.
    public var idmap: Switch?

    /// Makes one of its properties.
    public init(idmap: Switch? = nil) {
      self.idmap = idmap
    }
  }
}
