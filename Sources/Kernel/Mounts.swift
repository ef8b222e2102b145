internal import CLinux

/// Attributes of a mount, as mount_setattr(2) has them.
public struct MountAttributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let readOnly = MountAttributes(rawValue: 0x01)
  public static let noSUID = MountAttributes(rawValue: 0x02)
  public static let noDevices = MountAttributes(rawValue: 0x04)
  public static let noExecution = MountAttributes(rawValue: 0x08)
  /// The field that holds one of relatime (0), noatime and strictatime.
  public static let accessTimeMask = MountAttributes(rawValue: 0x70)
  public static let noAccessTime = MountAttributes(rawValue: 0x10)
  public static let strictAccessTime = MountAttributes(rawValue: 0x20)
  public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
  public static let idMapped = MountAttributes(rawValue: 0x0010_0000)
  public static let noSymlinkFollow = MountAttributes(rawValue: 0x0020_0000)
}

/// How mounts and unmounts travel between copies of a mount (mount_namespaces(7)).
public enum MountPropagation: UInt64, Sendable {
  case unbindable = 0x2_0000
  case privateMount = 0x4_0000
  case slave = 0x8_0000
  case shared = 0x10_0000
}

extension Descriptor {
  /// The attributes of the mount that this descriptor is in (statfs(2)); it is `readOnly` too when the whole file system
  /// is.
  public borrowing func mountAttributes() throws(SystemCallError) -> MountAttributes {
    var (type, flags) = (UInt64(0), UInt64(0))
    try unsafe cl_fstatfs_type(number, &type, &flags).check("statfs", "descriptor \(number)")
    var attributes: MountAttributes = []
    for (flag, attribute) in [
      (0x1, MountAttributes.readOnly), (0x2, .noSUID), (0x4, .noDevices), (0x8, .noExecution), (0x400, .noAccessTime),
      (0x800, .noDirectoryAccessTime), (0x2000, .noSymlinkFollow),
    ] as [(UInt64, MountAttributes)] where flags & flag != 0 {
      attributes.insert(attribute)
    }
    let relative = flags & 0x1000 != 0
    if !relative && !attributes.contains(.noAccessTime) { attributes.insert(.strictAccessTime) }
    return attributes
  }

  /// A detached copy of the mount at a host path (open_tree(2) with OPEN_TREE_CLONE): held by the descriptor only, it
  /// goes away with it unless it is attached.
  public static func mountTree(
    _ path: HostPath, recursive: Bool, followingSymlinks: Bool = true
  ) throws(SystemCallError) -> Descriptor {
    let flags = treeFlags(recursive) | (followingSymlinks ? 0 : 0x100)
    return Descriptor(
      owning: try unsafe cl_open_tree(currentFolder, path.string, flags).checked(
        "open_tree", path.string))
  }

  /// A detached copy of the mount that this descriptor is in, with the descriptor's file as its root.
  public borrowing func mountTree(recursive: Bool) throws(SystemCallError) -> Descriptor {
    Descriptor(
      owning: try unsafe cl_open_tree(number, "", treeFlags(recursive) | 0x1000).checked(
        "open_tree"))
  }

  /// Attaches this detached mount onto the file or folder of another descriptor (move_mount(2)).
  public borrowing func attach(onto target: borrowing Descriptor) throws(SystemCallError) {
    try unsafe cl_move_mount(number, "", target.number, "", 0x04 | 0x40).check("move_mount")
  }

  /// Attaches this detached mount onto a host path.
  public borrowing func attach(onto target: HostPath) throws(SystemCallError) {
    try unsafe cl_move_mount(number, "", currentFolder, target.string, 0x04).check(
      "move_mount", target.string)
  }

  /// Changes attributes of the mount whose root this descriptor is (mount_setattr(2), Linux 5.12).
  public borrowing func setMountAttributes(
    set: MountAttributes, clear: MountAttributes = [], propagation: MountPropagation? = nil,
    recursive: Bool = false,
    userNamespace: Int32? = nil
  ) throws(SystemCallError) {
    let descriptor = userNamespace.map { UInt64(UInt32(bitPattern: $0)) } ?? 0
    try unsafe cl_mount_setattr(
      number, "", 0x1000 | (recursive ? 0x8000 : 0), set.rawValue, clear.rawValue,
      propagation?.rawValue ?? 0, descriptor
    ).check("mount_setattr")
  }

  /// Changes how mounts travel to and from the mount whose root this descriptor is, by mount_setattr(2), or by mount(2)
  /// where that is missing and the mount is attached.
  public borrowing func setPropagation(_ propagation: MountPropagation, recursive: Bool) throws(SystemCallError) {
    do {
      try setMountAttributes(set: [], propagation: propagation, recursive: recursive)
    } catch {
      guard error.errno == .noSystemCall else { throw error }
      try OldMount.setPropagation(propagation, of: HostPath(uncheckedPrefix: procPath[...]), recursive: recursive)
    }
  }

  /// A context to make a file system in (fsopen(2)).
  public static func fileSystem(_ type: String) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try unsafe type.withCString { unsafe cl_fsopen($0, 1) }.checked("fsopen", type))
  }

  public borrowing func setFileSystemFlag(_ key: String) throws(SystemCallError) {
    try unsafe key.withCString { unsafe cl_fsconfig(number, 0, $0, nil, 0) }.check("fsconfig", key)
  }

  public borrowing func setFileSystemString(_ key: String, _ value: String) throws(SystemCallError) {
    let number = self.number
    try unsafe key.withCString { key in
      unsafe value.withCString { value in unsafe cl_fsconfig(number, 1, key, value, 0) }
    }.check("fsconfig", key)
  }

  /// Makes the file system as configured, and a detached mount of it (fsmount(2)).
  public borrowing func makeFileSystem(attributes: MountAttributes) throws(SystemCallError)
    -> Descriptor
  {
    try cl_fsconfig(number, 6, nil, nil, 0).check("mount")
    return Descriptor(
      owning: try cl_fsmount(number, 1, UInt32(truncatingIfNeeded: attributes.rawValue)).checked(
        "fsmount"))
  }

  /// What the kernel says about a failure in this file system context: its last message, without the level.
  public borrowing func fileSystemMessage() -> String? {
    var last: String?
    for _ in 0..<16 {
      guard let bytes = try? read(most: 512), !bytes.isEmpty else { break }
      last = String(decoding: bytes.dropFirst(2), as: UTF8.self)
    }
    return last
  }

  public borrowing func makeCurrentFolder() throws(SystemCallError) {
    try cl_fchdir(number).check("fchdir", "descriptor \(number)")
  }
}

/// The call of mount(2) that changes no mount but how it travels.
public enum OldMount {
  /// Sets the propagation of the mount at a host path, with those below it when `recursive`.
  public static func setPropagation(
    _ propagation: MountPropagation, of path: HostPath, recursive: Bool
  ) throws(SystemCallError) {
    let flags = UInt(propagation.rawValue) | (recursive ? 0x4000 : 0)
    try unsafe cl_mount(nil, path.string, nil, flags, nil).check("mount", path.string)
  }
}

/// Swaps the root of this mount namespace for the current folder, which must be a mount's root, and puts the old one on
/// top of it (pivot_root(2) with `.` twice).
public func pivotRootToCurrentFolder() throws(SystemCallError) {
  try unsafe cl_pivot_root(".", ".").check("pivot_root")
}

/// Unmounts what is mounted last at a host path, as soon as nobody uses it (MNT_DETACH).
public func detachMount(_ path: HostPath) throws(SystemCallError) {
  try unsafe cl_umount2(path.string, 2).check("umount", path.string)
}

/// Moves the mount at the current folder onto `/`: for a root that cannot be pivoted (initramfs).
public func moveCurrentFolderToRoot() throws(SystemCallError) {
  try unsafe cl_mount(".", "/", nil, 8192, nil).check("mount", "/")
}

public func changeRoot(_ path: HostPath) throws(SystemCallError) {
  try unsafe cl_chroot(path.string).check("chroot", path.string)
}

public func changeFolder(_ path: String) throws(SystemCallError) {
  try unsafe cl_chdir(path).check("chdir", path)
}

/// The working directory; nil when it is not below the root of this process (getcwd(3), CVE-2024-21626).
public func currentFolderPath() -> String? {
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4097) { buffer, count in
    let base = unsafe UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(
      to: CChar.self)
    count = max(0, unsafe cl_getcwd(base, 4097))
  }
  guard bytes.first == UInt8(ascii: "/") else { return nil }
  return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}

private func treeFlags(_ recursive: Bool) -> UInt32 { 1 | 0o2000000 | (recursive ? 0x8000 : 0) }
