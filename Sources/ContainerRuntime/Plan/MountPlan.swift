public import Kernel
public import OCI

/// A mount, decided: where from, where to, and every option told apart.
public struct MountPlan: Equatable, Sendable {
  public enum Source: Equatable, Sendable {
    /// A file or folder of the host, or of a relative source, of the bundle.
    case bind(HostPath, recursive: Bool)
    /// The same for one inside the root file system: it is looked for when the mounts before it are in their place.
    case bindInside(ContainerPath, recursive: Bool)
    case fileSystem(type: String, source: String)
    /// The container's own cgroups, as the host has them (v1 controllers each, or one v2 tree).
    case cgroup
  }

  /// Its place in `mounts`; nil for what the runtime adds by itself.
  public var index: Int?
  public var target: ContainerPath
  public var source: Source
  public var set: MountAttributes = []
  public var clear: MountAttributes = []
  public var recursiveSet: MountAttributes = []
  public var recursiveClear: MountAttributes = []
  public var propagation: [Propagation] = []
  public var data: [MountOption] = []
  /// `tmpcopyup`: what the image has at the target is copied into the new tmpfs.
  public var copyUp = false
  /// The mount's own mapping of ids (config.md, “uidMappings”), for it alone or for those below it too.
  public var idMap: IDMap?
  /// Whether what the source's mount forbids stays forbidden, as the kernel has it for the mounts that a user namespace
  /// gets from the host (mount_namespaces(7), “Restrictions on mount namespaces”).
  public var keepsRestrictions = false

  public struct IDMap: Equatable, Sendable {
    public var uids: [Spec.IDMapping]
    public var gids: [Spec.IDMapping]
    /// The user namespace whose mapping it is instead of one of its own.
    public var namespace: HostPath?
    public var recursive: Bool
  }

  public struct Propagation: Equatable, Sendable {
    public var kind: MountPropagation
    public var recursive: Bool
  }

  /// An option for the file system itself: `size=64m`, or a word alone.
  public struct MountOption: Equatable, Sendable {
    public var key: String
    public var value: String?
  }

  /// A read-only tmpfs takes what is mounted and made inside it first, as in runc.
  var becomesReadOnlyLast: Bool {
    if case .fileSystem("tmpfs", _) = source { set.contains(.readOnly) } else { false }
  }

  /// Whether the files of a new file system get the label of `linux.mountLabel`. procfs and sysfs label theirs by
  /// themselves, and what is bound keeps its own.
  static func takesLabel(_ source: Source) -> Bool {
    switch source {
    case .bind, .bindInside, .cgroup: false
    case .fileSystem(let type, _): !["proc", "sysfs", "mqueue"].contains(type)
    }
  }

  /// The source as the configuration has it.
  var sourceText: String {
    switch source {
    case .bind(let path, _): path.string
    case .bindInside(let path, _): path.description
    case .fileSystem(_, let source): source
    case .cgroup: "cgroup"
    }
  }

  public var property: String? { index.map { "mounts[\($0)]" } }
}

/// What an option of fstab(5) form means. One table serves parsing and `features`.
enum MountOptionTable {
  enum Effect {
    case set(MountAttributes)
    case clear(MountAttributes)
    case accessTime(MountAttributes)
    /// Not that way: the kernel's own is left, and what a bind mount's source has.
    case accessTimeKept
    case recursiveSet(MountAttributes)
    case recursiveClear(MountAttributes)
    case recursiveAccessTime(MountAttributes)
    case bind(recursive: Bool)
    case propagate(MountPropagation, recursive: Bool)
    /// A flag of the file system, known to fsconfig(2) by this name.
    case fileSystemFlag(StaticString)
    case copyUp
    case idMap(recursive: Bool)
    case nothing
  }

  /// Every option that `effect` knows, sorted, for `features`; a test compares the two.
  static var names: [StaticString] {
    [
      "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "idmap", "iversion", "lazytime",
      "loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand", "norelatime",
      "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime", "relatime",
      "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime",
      "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime",
      "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid", "symfollow",
      "sync", "tmpcopyup", "unbindable",
    ]
  }

  static func effect(of option: String) -> Effect? {
    switch option {
    case "ro": .set(.readOnly)
    case "rw": .clear(.readOnly)
    case "nosuid": .set(.noSUID)
    case "suid": .clear(.noSUID)
    case "nodev": .set(.noDevices)
    case "dev": .clear(.noDevices)
    case "noexec": .set(.noExecution)
    case "exec": .clear(.noExecution)
    case "nodiratime": .set(.noDirectoryAccessTime)
    case "diratime": .clear(.noDirectoryAccessTime)
    case "nosymfollow": .set(.noSymlinkFollow)
    case "symfollow": .clear(.noSymlinkFollow)
    case "relatime": .accessTime([])
    case "atime", "norelatime", "nostrictatime": .accessTimeKept
    case "noatime": .accessTime(.noAccessTime)
    case "strictatime": .accessTime(.strictAccessTime)
    case "rro": .recursiveSet(.readOnly)
    case "rrw": .recursiveClear(.readOnly)
    case "rnosuid": .recursiveSet(.noSUID)
    case "rsuid": .recursiveClear(.noSUID)
    case "rnodev": .recursiveSet(.noDevices)
    case "rdev": .recursiveClear(.noDevices)
    case "rnoexec": .recursiveSet(.noExecution)
    case "rexec": .recursiveClear(.noExecution)
    case "rnodiratime": .recursiveSet(.noDirectoryAccessTime)
    case "rdiratime": .recursiveClear(.noDirectoryAccessTime)
    case "rnosymfollow": .recursiveSet(.noSymlinkFollow)
    case "rsymfollow": .recursiveClear(.noSymlinkFollow)
    case "rrelatime", "ratime", "rnostrictatime", "rnorelatime": .recursiveAccessTime([])
    case "rnoatime": .recursiveAccessTime(.noAccessTime)
    case "rstrictatime": .recursiveAccessTime(.strictAccessTime)
    case "bind": .bind(recursive: false)
    case "rbind": .bind(recursive: true)
    case "private": .propagate(.privateMount, recursive: false)
    case "rprivate": .propagate(.privateMount, recursive: true)
    case "shared": .propagate(.shared, recursive: false)
    case "rshared": .propagate(.shared, recursive: true)
    case "slave": .propagate(.slave, recursive: false)
    case "rslave": .propagate(.slave, recursive: true)
    case "unbindable": .propagate(.unbindable, recursive: false)
    case "runbindable": .propagate(.unbindable, recursive: true)
    case "sync": .fileSystemFlag("sync")
    case "dirsync": .fileSystemFlag("dirsync")
    case "lazytime": .fileSystemFlag("lazytime")
    case "mand": .fileSystemFlag("mand")
    case "iversion": .fileSystemFlag("iversion")
    case "tmpcopyup": .copyUp
    case "idmap": .idMap(recursive: false)
    case "ridmap": .idMap(recursive: true)
    case "async", "defaults", "loud", "silent", "nomand", "noiversion", "nolazytime", "remount": .nothing
    default: nil
    }
  }
}
