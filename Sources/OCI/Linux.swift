extension Spec {
  /// What only Linux knows (config-linux.md).
  public struct Linux: Sendable, Equatable {
    /// User ids of the user namespace.
    public var uidMappings: [IDMapping]?
    /// Group ids of the user namespace.
    public var gidMappings: [IDMapping]?
    /// Kernel parameters, by names such as `net.ipv4.ip_forward`.
    public var sysctl: StringMap<String>?
    /// Limits that cgroups enforce.
    public var resources: Resources?
    /// Path of the cgroup, or `slice:prefix:name` with systemd.
    public var cgroupsPath: String?
    /// Namespaces to make or to join; a kind not named is that of the runtime.
    public var namespaces: [Namespace]?
    /// Devices that must exist in the container.
    public var devices: [Device]?
    /// Network devices to move into the container, by their name on the host.
    public var netDevices: StringMap<NetDevice>?
    /// Which system calls the container may use.
    public var seccomp: Seccomp?
    /// Propagation of the root mount: `shared`, `slave`, `private` or `unbindable`.
    public var rootfsPropagation: String?
    /// Paths inside the container that cannot be read.
    public var maskedPaths: [String]?
    /// Paths inside the container that cannot be written.
    public var readonlyPaths: [String]?
    /// SELinux context of the mounts.
    public var mountLabel: String?
    /// Cache and memory bandwidth.
    public var intelRdt: IntelRdt?
    /// NUMA policy of the process.
    public var memoryPolicy: MemoryPolicy?
    /// Execution domain of the process.
    public var personality: Personality?
    /// Clocks of the time namespace.
    public var timeOffsets: TimeOffsets?

    /// Makes one of its properties.
    public init(
      uidMappings: [IDMapping]? = nil,
      gidMappings: [IDMapping]? = nil,
      sysctl: StringMap<String>? = nil,
      resources: Resources? = nil,
      cgroupsPath: String? = nil,
      namespaces: [Namespace]? = nil,
      devices: [Device]? = nil,
      netDevices: StringMap<NetDevice>? = nil,
      seccomp: Seccomp? = nil,
      rootfsPropagation: String? = nil,
      maskedPaths: [String]? = nil,
      readonlyPaths: [String]? = nil,
      mountLabel: String? = nil,
      intelRdt: IntelRdt? = nil,
      memoryPolicy: MemoryPolicy? = nil,
      personality: Personality? = nil,
      timeOffsets: TimeOffsets? = nil
    ) {
      self.uidMappings = uidMappings
      self.gidMappings = gidMappings
      self.sysctl = sysctl
      self.resources = resources
      self.cgroupsPath = cgroupsPath
      self.namespaces = namespaces
      self.devices = devices
      self.netDevices = netDevices
      self.seccomp = seccomp
      self.rootfsPropagation = rootfsPropagation
      self.maskedPaths = maskedPaths
      self.readonlyPaths = readonlyPaths
      self.mountLabel = mountLabel
      self.intelRdt = intelRdt
      self.memoryPolicy = memoryPolicy
      self.personality = personality
      self.timeOffsets = timeOffsets
    }
  }
}

extension Spec {
  /// A namespace to make, or to join by its path (config-linux.md, "Namespaces").
  public struct Namespace: Sendable, Equatable {
    /// `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup` or `time`.
    public var type: String
    /// Namespace file to join; without it the namespace is a new one.
    public var path: String?

    /// Makes one of its properties.
    public init(type: String, path: String? = nil) {
      self.type = type
      self.path = path
    }
  }
}

extension Spec {
  /// A device node that must exist in the container (config-linux.md, "Devices").
  public struct Device: Sendable, Equatable {
    /// Path inside the container.
    public var path: String
    /// `c` or `u` (character), `b` (block), `p` (FIFO), as mknod(1) has it.
    public var type: String
    /// Major number; not for a FIFO.
    public var major: Int64?
    /// Minor number; not for a FIFO.
    public var minor: Int64?
    /// Mode bits of the node.
    public var fileMode: UInt32?
    /// Owner inside the container.
    public var uid: UInt32?
    /// Group inside the container.
    public var gid: UInt32?

    /// Makes one of its properties.
    public init(
      path: String,
      type: String,
      major: Int64? = nil,
      minor: Int64? = nil,
      fileMode: UInt32? = nil,
      uid: UInt32? = nil,
      gid: UInt32? = nil
    ) {
      self.path = path
      self.type = type
      self.major = major
      self.minor = minor
      self.fileMode = fileMode
      self.uid = uid
      self.gid = gid
    }
  }
}

extension Spec {
  /// A network device to move into the container.
  public struct NetDevice: Sendable, Equatable {
    /// Its name inside; without it the name on the host is kept.
    public var name: String?

    /// Makes one of its properties.
    public init(name: String? = nil) {
      self.name = name
    }
  }
}
