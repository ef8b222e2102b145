public import Cgroups
public import Kernel
public import OCI

/// A configuration, total and validated: no nil that means a default, paths normalised, flags parsed, numbers in kernel
/// units. Pure: it is made without a system call, and everything that happens afterwards follows from it.
public struct Plan: Equatable, Sendable {
  public var id: String
  public var bundle: HostPath
  public var root: Root
  public var namespaces: NamespacePlan
  public var uidMappings: [Spec.IDMapping]
  public var gidMappings: [Spec.IDMapping]
  public var timeOffsets: [TimeOffset]
  public var mounts: [MountPlan]
  public var devices: [DevicePlan]
  /// Whether apus furnishes /dev: not when the config binds one from the host.
  public var furnishesDevices: Bool
  public var maskedPaths: [ContainerPath]
  public var readonlyPaths: [ContainerPath]
  public var hostname: String?
  public var domainname: String?
  public var sysctl: [Sysctl]
  public var networkDevices: [NetworkDevice]
  public var process: ProcessPlan
  public var hooks: Spec.Hooks
  public var seccomp: SeccompPlan?
  /// The caller may copy no mounts: the container's process does, once it is root of its user namespace.
  public var opensTreesInside: Bool
  /// The container's process makes its namespaces and mounts while the runtime makes its cgroups, and joins them then:
  /// before the first hook, device and cgroup mount. Not where what is done before would count: files that are copied
  /// into a tmpfs are the container's memory.
  public var beginsBeforeCgroups: Bool {
    if case .join = namespaces.cgroup { return false }
    return namespaces.shape == .direct && namespaces.user == .host && namespaces.mount == .new
      && cgroup.canBeJoinedLate && cgroup.systemd == nil && networkDevices.isEmpty && !mounts.contains { $0.copyUp }
  }
  public var cgroup: CgroupPlan
  public var resourceControl: ResourceControlPlan?
  public var annotations: StringMap<String>
  /// What is accepted and has no effect, for the log.
  public var warnings: [PropertyError]

  public struct Root: Equatable, Sendable {
    public var path: HostPath
    public var readOnly: Bool
    /// What `/` shall be once the container is there; nil leaves it as the preparation made it.
    public var propagation: MountPlan.Propagation?
    public var entry: Entry
  }

  /// How the root file system becomes `/`.
  public enum Entry: String, Equatable, Sendable {
    case pivot
    /// `--no-pivot`: moves the mount over `/` and enters it, for an initramfs.
    case moveMount
    /// Without a mount namespace there is nothing to pivot.
    case chroot
  }

  /// A device that moves from the runtime's network namespace into the container's.
  public struct NetworkDevice: Equatable, Sendable {
    public var name: String
    /// Its name inside; the kernel puts a number in the place of `%d`.
    public var newName: String
  }

  public struct Sysctl: Equatable, Sendable {
    public var key: String
    public var value: String
  }

  public struct TimeOffset: Equatable, Sendable {
    public var clock: String
    public var seconds: Int64
    public var nanoseconds: UInt32
  }
}

/// A device node in the container.
public struct DevicePlan: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case character(DeviceNumber)
    case block(DeviceNumber)
    case fifo
  }
  public var path: ContainerPath
  public var kind: Kind
  public var mode: UInt32
  public var uid: UInt32
  public var gid: UInt32
  /// A user namespace cannot make nodes: the host's own is bound there instead.
  public var bound: Bool
  public var property: String?
}

/// The process that a container's init, or an exec, becomes.
public struct ProcessPlan: Equatable, Sendable {
  public var terminal: Bool
  public var consoleSize: WindowSize?
  public var args: [String]
  public var env: [String]
  public var workingDirectory: ContainerPath
  public var uid: UInt32
  public var gid: UInt32
  public var additionalGids: [UInt32]
  /// Else the process keeps the groups of its caller, whatever the configuration wants (runc).
  public var mayChangeGroups = true
  public var umask: UInt32
  public var capabilities: CapabilitySets
  public var resourceLimits: [ResourceLimit]
  public var noNewPrivileges: Bool
  public var oomScoreAdj: Int?
  public var scheduler: Scheduler?
  public var ioPriority: Int32?
  public var personality: UInt?
  public var memoryPolicy: MemoryPolicy?
  /// CPUs of a process that enters a container: before it is in the container's cgroups, and from then on.
  public var initialCPUs: NumberSet?
  public var finalCPUs: NumberSet?
  public var labels: [SecurityLabel] = []

  public struct MemoryPolicy: Equatable, Sendable {
    /// With its flags.
    public var mode: Int32
    public var nodes: NumberSet
  }

  /// What a security module confines the program by from its execve(2) on.
  public enum SecurityLabel: Equatable, Sendable {
    case apparmor(String)
    case selinux(String)
  }

  public struct ResourceLimit: Equatable, Sendable {
    public var number: Int32
    public var soft: UInt64
    public var hard: UInt64
    public var property: String
  }

  public struct Scheduler: Equatable, Sendable {
    public var policy: UInt32
    public var flags: UInt64
    public var nice: Int32
    public var priority: UInt32
    public var runtime: UInt64
    public var deadline: UInt64
    public var period: UInt64
  }
}

/// What the plan needs to know of the machine and the caller. A plain value: tests make their own.
public struct HostFacts: Equatable, Sendable {
  public var lastCapability: Int
  /// What the caller itself has, and so may give.
  public var capabilities: CapabilityMask
  public var cgroups: CgroupLayout
  /// The systemd that makes the container's cgroup; nil makes it directly.
  public var systemd: SystemdFacts?
  public var effectiveUser: UInt32
  /// Security modules that the kernel runs; asked only for a configuration that needs them.
  public var hasAppArmor = false
  public var hasSELinux = false
  /// Where the resctrl file system is mounted; asked only for a configuration that needs it.
  public var resourceControl: HostPath?
  /// The caller has no privilege over the host, so ids outside its own mapping cannot be used.
  public var rootless: Bool { effectiveUser != 0 }
  /// Only what systemd or an administrator has delegated can be used of the cgroups: for root of a user namespace too.
  public var hasForeignCgroups: Bool
  public var mayChangeGroups = true

  public init(lastCapability: Int, capabilities: CapabilityMask, effectiveUser: UInt32, cgroups: CgroupLayout) {
    hasForeignCgroups = effectiveUser != 0
    self.lastCapability = lastCapability
    self.capabilities = capabilities
    self.cgroups = cgroups
    self.effectiveUser = effectiveUser
  }
}

/// What the command line adds to the configuration.
public struct PlanOptions: Equatable, Sendable {
  public var noPivot = false
  /// `--systemd-cgroup`: systemd makes the cgroup, and `cgroupsPath` is `slice:prefix:name`.
  public var systemdCgroup = false
  /// The folder with the socket for the container's notifications; nil when nobody waits for any.
  package var notifyFolder: HostPath?
  public init(noPivot: Bool = false) { self.noPivot = noPivot }
}
