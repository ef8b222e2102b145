public import Cgroups
public import Kernel
public import OCI

/// What apus writes down about a container, in `<root>/<id>/state.json`: enough to find and end it from any later
/// process, whatever became of the one that made it.
public struct Record: Equatable, Sendable {
  /// The layout of the file; a later apus reads those before.
  public static let version = 1

  /// How far the making came. What the container does now is not written here but asked of the kernel.
  public enum Phase: String, Equatable, Sendable {
    case creating
    case created
  }

  public var id: String
  public var phase: Phase
  public var bootID: String
  /// The process that makes the container.
  public var runtime: ProcessIdentity
  /// The container's first process, once there is one.
  public var initProcess: ProcessIdentity?
  /// The inode numbers of its namespaces, by the names of their files in /proc/PID/ns: what an exec enters must be these.
  /// Empty when the caller was not allowed to look.
  public var namespaces: StringMap<String>
  public var ociVersion: String
  public var bundle: String
  public var rootfs: String
  /// RFC 3339 with nanoseconds, UTC.
  public var created: String
  public var owner: String
  public var annotations: StringMap<String>
  public var poststart: [Spec.Hook]
  public var poststop: [Spec.Hook]
  /// A process was made, or is about to be, so the poststop hooks must run however far it came.
  public var owesPoststop: Bool
  /// Every process of the container ends with the first one.
  public var hasOwnPIDNamespace: Bool
  /// What the call added to the configuration: the init's sequence is made again from both.
  public var noPivot: Bool
  public var preservedDescriptors: Int
  /// The container has a socket for what it tells the caller's service manager.
  public var relaysNotifications: Bool
  public var cgroups: CgroupRecord?
  public var resourceControl: ResourceControl?
  /// The container has a session keyring of its own, which later processes join.
  public var hasKeyring: Bool
  /// What nobody can guess of its name; empty for containers of an earlier apus.
  public var keyringSecret: String

  public init(
    id: String, phase: Phase, bootID: String, runtime: ProcessIdentity, ociVersion: String, bundle: String,
    rootfs: String, created: String
  ) {
    self.id = id
    self.phase = phase
    self.bootID = bootID
    self.runtime = runtime
    self.ociVersion = ociVersion
    self.bundle = bundle
    self.rootfs = rootfs
    self.created = created
    owner = ""
    annotations = StringMap()
    namespaces = StringMap()
    poststart = []
    poststop = []
    owesPoststop = false
    hasOwnPIDNamespace = false
    noPivot = false
    preservedDescriptors = 0
    relaysNotifications = false
    hasKeyring = true
    keyringSecret = ""
  }
}

extension Record {
  /// The name of the container's session keyring; nil when it has none of its own.
  var keyring: String? { hasKeyring ? SessionKeyring.name(id, keyringSecret) : nil }
}
