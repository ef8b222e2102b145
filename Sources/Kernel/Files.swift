internal import CLinux

/// Flags of open(2). Close-on-exec is not among them: it is always on.
public struct OpenFlags: OptionSet, Sendable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let readOnly = OpenFlags([])
  public static let writeOnly = OpenFlags(rawValue: 0o1)
  public static let readWrite = OpenFlags(rawValue: 0o2)
  public static let create = OpenFlags(rawValue: 0o100)
  public static let exclusive = OpenFlags(rawValue: 0o200)
  public static let noControllingTerminal = OpenFlags(rawValue: 0o400)
  public static let truncate = OpenFlags(rawValue: 0o1000)
  public static let append = OpenFlags(rawValue: 0o2000)
  public static let nonBlocking = OpenFlags(rawValue: 0o4000)
  public static let directory = OpenFlags(rawValue: 0o200000)
  public static let noFollow = OpenFlags(rawValue: 0o400000)
  public static let path = OpenFlags(rawValue: 0o10000000)
  static let closeOnExec = OpenFlags(rawValue: 0o2000000)
}

/// How openat2(2) may resolve a path.
public struct ResolveFlags: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let noCrossDevice = ResolveFlags(rawValue: 0x01)
  public static let noMagicLinks = ResolveFlags(rawValue: 0x02)
  public static let noSymlinks = ResolveFlags(rawValue: 0x04)
  public static let beneath = ResolveFlags(rawValue: 0x08)
  public static let inRoot = ResolveFlags(rawValue: 0x10)
}

/// What statx(2) tells of a file.
public struct FileStatus: Sendable {
  public enum Kind: UInt32, Sendable {
    case fifo = 0o010000
    case characterDevice = 0o020000
    case directory = 0o040000
    case blockDevice = 0o060000
    case regular = 0o100000
    case symlink = 0o120000
    case socket = 0o140000
  }
  public let mode: UInt32
  public let links: UInt32
  public let uid: UInt32
  public let gid: UInt32
  public let inode: UInt64
  public let size: UInt64
  public let device: DeviceNumber
  /// Of a device node: the device that it stands for.
  public let represents: DeviceNumber
  /// Unique for the life of the machine on Linux 6.8 and later (see `mountIDIsUnique`), else reused.
  public let mountID: UInt64
  public let mountIDIsUnique: Bool

  public var kind: Kind? { Kind(rawValue: mode & 0o170000) }
  /// The permission bits with set-id and sticky.
  public var permissions: UInt32 { mode & 0o7777 }

  init(_ raw: cl_stat) {
    mode = raw.mode
    links = raw.nlink
    uid = raw.uid
    gid = raw.gid
    inode = raw.inode
    size = raw.size
    device = DeviceNumber(major: raw.device_major, minor: raw.device_minor)
    represents = DeviceNumber(major: raw.rdev_major, minor: raw.rdev_minor)
    mountID = raw.mount_id
    mountIDIsUnique = raw.mask & CL_STATX_MNT_ID_UNIQUE != 0
  }
}

public struct DeviceNumber: Hashable, Sendable {
  public let major: UInt32
  public let minor: UInt32
  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }
}

/// The magic numbers of statfs(2) that matter to a container runtime.
public enum FileSystemMagic {
  public static let proc: UInt64 = 0x9fa0
  public static let sysfs: UInt64 = 0x6265_6572
  public static let tmpfs: UInt64 = 0x0102_1994
  public static let cgroup: UInt64 = 0x0027_e0eb
  public static let cgroup2: UInt64 = 0x6367_7270
  public static let devpts: UInt64 = 0x1cd1
  public static let overlay: UInt64 = 0x794c_7630
  public static let nsfs: UInt64 = 0x6e73_6673
}

/// The folder a relative path starts from, when it is not a descriptor: AT_FDCWD.
let currentFolder: Int32 = -100

extension Descriptor {
  /// Opens a path of the host.
  public static func open(_ path: HostPath, _ flags: OpenFlags, mode: UInt32 = 0)
    throws(SystemCallError) -> Descriptor
  {
    let raw = flags.union(.closeOnExec).rawValue
    return Descriptor(
      owning: try retrying { unsafe path.string.withCString { unsafe cl_openat(currentFolder, $0, raw, mode) } }
        .checked("open", path.string))
  }

  /// Opens a name below this folder. The name is the program's own or resolved with `resolve`; symlinks in the last
  /// component are followed unless `flags` says otherwise.
  public borrowing func open(_ name: String, _ flags: OpenFlags, mode: UInt32 = 0)
    throws(SystemCallError) -> Descriptor
  {
    let raw = flags.union(.closeOnExec).rawValue
    let number = self.number
    return Descriptor(
      owning: try retrying { unsafe name.withCString { unsafe cl_openat(number, $0, raw, mode) } }.checked("open", name)
    )
  }

  /// openat2(2) below this folder. EAGAIN (a rename raced with `..`) is tried again a bounded number of times.
  public borrowing func open(
    _ name: String, _ flags: OpenFlags, mode: UInt32 = 0, resolve: ResolveFlags
  ) throws(SystemCallError) -> Descriptor {
    let raw = UInt64(flags.union(.closeOnExec).rawValue)
    var result = Int32(0)
    for _ in 0..<128 {
      result = unsafe name.withCString { unsafe cl_openat2(number, $0, raw, UInt64(mode), resolve.rawValue) }
      if result.failure != .again && result.failure != .interrupted { break }
    }
    return Descriptor(owning: try result.checked("open", name))
  }

  public borrowing func makeDirectory(_ name: String, mode: UInt32) throws(SystemCallError) {
    try unsafe name.withCString { unsafe cl_mkdirat(number, $0, mode) }.check("mkdir", name)
  }

  public borrowing func makeNode(
    _ name: String, kind: FileStatus.Kind, mode: UInt32,
    device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
  ) throws(SystemCallError) {
    try unsafe name.withCString { unsafe cl_mknodat(number, $0, kind.rawValue | mode, device.major, device.minor) }
      .check(
        "mknod", name)
  }

  public borrowing func makeSymlink(_ name: String, to target: String) throws(SystemCallError) {
    try unsafe cl_symlinkat(target, number, name).check("symlink", name)
  }

  public borrowing func removeFile(_ name: String) throws(SystemCallError) {
    try unsafe name.withCString { unsafe cl_unlinkat(number, $0, 0) }.check("unlink", name)
  }

  public borrowing func removeDirectory(_ name: String) throws(SystemCallError) {
    try unsafe name.withCString { unsafe cl_unlinkat(number, $0, 0x200 /* AT_REMOVEDIR */) }.check("rmdir", name)
  }

  /// renameat2(2) within this folder.
  public borrowing func rename(_ from: String, to: String, replacing: Bool = true)
    throws(SystemCallError)
  {
    try unsafe cl_renameat2(number, from, number, to, replacing ? 0 : 1).check("rename", from)
  }

  public borrowing func status() throws(SystemCallError) -> FileStatus {
    var raw = cl_stat()
    try unsafe cl_statx(number, "", 0x1000 /* AT_EMPTY_PATH */, statusMask, &raw).check(
      "stat", "descriptor \(number)")
    return FileStatus(raw)
  }

  /// The status of a name below this folder; a symlink is not followed.
  public borrowing func status(of name: String) throws(SystemCallError) -> FileStatus {
    var raw = cl_stat()
    try unsafe name.withCString { unsafe cl_statx(number, $0, 0x100 /* AT_SYMLINK_NOFOLLOW */, statusMask, &raw) }
      .check(
        "stat", name)
    return FileStatus(raw)
  }

  /// The magic number of the file system that holds the file (statfs(2)).
  public borrowing func fileSystemMagic() throws(SystemCallError) -> UInt64 {
    var (type, flags) = (UInt64(0), UInt64(0))
    try unsafe cl_fstatfs_type(number, &type, &flags).check("statfs", "descriptor \(number)")
    return type
  }

  public borrowing func setMode(_ mode: UInt32) throws(SystemCallError) {
    try cl_fchmod(number, mode).check("chmod", "descriptor \(number)")
  }

  /// The same through an O_PATH descriptor. There is no such call by name: chmod(2) follows what stands there by then.
  public borrowing func setModeOfPath(_ mode: UInt32) throws(SystemCallError) {
    do throws(SystemCallError) {
      try cl_fchmodat2(number, mode).check("chmod", "descriptor \(number)")
    } catch {
      // Before Linux 6.6.
      if error.errno != .noSystemCall { throw error }
      try unsafe cl_fchmodat(currentFolder, procPath, mode).check("chmod", "descriptor \(number)")
    }
  }

  /// Changes the owner of the file itself (also through an O_PATH descriptor).
  public borrowing func setOwner(uid: UInt32, gid: UInt32) throws(SystemCallError) {
    try unsafe cl_fchownat(number, "", uid, gid, 0x1000).check("chown", "descriptor \(number)")
  }

  /// Changes the owner of a name below this folder, never of what a symlink points to.
  public borrowing func setOwner(uid: UInt32, gid: UInt32, of name: String) throws(SystemCallError) {
    try unsafe cl_fchownat(number, name, uid, gid, 0x100).check("chown", name)
  }

  /// The target of a symlink below this folder. Bytes that are no UTF-8 are replaced.
  public borrowing func readLink(_ name: String) throws(SystemCallError) -> String {
    try readLinkAt(number, name)
  }

  public enum Lock: Int32, Sendable {
    case shared = 1
    case exclusive = 2
    case none = 8
  }

  /// flock(2) on the open file. Without `wait`, a lock held by another gives EAGAIN.
  public borrowing func lock(_ lock: Lock, wait: Bool) throws(SystemCallError) {
    let number = self.number
    try retrying { cl_flock(number, wait ? lock.rawValue : lock.rawValue | 4) }.check(
      "lock", "descriptor \(number)")
  }
}

extension HostPath {
  public func status(followingSymlinks: Bool = true) throws(SystemCallError) -> FileStatus {
    var raw = cl_stat()
    try unsafe string.withCString {
      unsafe cl_statx(currentFolder, $0, followingSymlinks ? 0 : 0x100, statusMask, &raw)
    }
    .check("stat", string)
    return FileStatus(raw)
  }

  /// The status of the file at the path, symlinks followed, but no magic link of procfs: such a one gives ELOOP.
  public func statusWithoutMagicLinks() throws(SystemCallError) -> FileStatus {
    let flags = UInt64(OpenFlags.path.union(.closeOnExec).rawValue)
    let number = unsafe string.withCString {
      unsafe cl_openat2(currentFolder, $0, flags, 0, ResolveFlags.noMagicLinks.rawValue)
    }
    if number.failure == .noSystemCall { return try status() }
    return try Descriptor(owning: try number.checked("stat", string)).status()
  }

  public func readLink() throws(SystemCallError) -> String { try readLinkAt(currentFolder, string) }
  /// Where a magic link of procfs leads.
  package func readResolvedPath() throws(SystemCallError) -> HostPath { HostPath(unchecked: try readLink()) }
  public func makeDirectory(mode: UInt32) throws(SystemCallError) {
    try unsafe string.withCString { unsafe cl_mkdirat(currentFolder, $0, mode) }.check("mkdir", string)
  }
  public func removeFile() throws(SystemCallError) {
    try unsafe string.withCString { unsafe cl_unlinkat(currentFolder, $0, 0) }.check("unlink", string)
  }
  public func removeDirectory() throws(SystemCallError) {
    try unsafe string.withCString { unsafe cl_unlinkat(currentFolder, $0, 0x200) }.check("rmdir", string)
  }
  /// rename(2), replacing what is there.
  public func rename(to other: HostPath) throws(SystemCallError) {
    try unsafe cl_renameat2(currentFolder, string, currentFolder, other.string, 0).check(
      "rename", string)
  }
  /// Makes the folder and those above it that are missing, as `mkdir -p`.
  public func makeDirectories(mode: UInt32) throws(SystemCallError) {
    var made = string.utf8.first == UInt8(ascii: "/") ? "" : "."
    for part in string.utf8.split(separator: UInt8(ascii: "/")) {
      made += "/" + String(Substring(part))
      let result = unsafe cl_mkdirat(currentFolder, made, mode)
      if let failure = result.failure, failure != .exists {
        throw SystemCallError("mkdir", made, failure)
      }
    }
  }
}

/// Calls again while a signal interrupts.
@inline(__always)
func retrying<Number: BinaryInteger>(_ call: () -> Number) -> Number {
  while true {
    let result = call()
    if result.failure != .interrupted { return result }
  }
}

private let statusMask: UInt32 = 0x7ff | CL_STATX_MNT_ID_UNIQUE

private func readLinkAt(_ folder: Int32, _ path: String) throws(SystemCallError) -> String {
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
    let base = unsafe UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(
      to: CChar.self)
    count = max(0, unsafe path.withCString { unsafe cl_readlinkat(folder, $0, base, 4096) })
  }
  if bytes.isEmpty { throw SystemCallError("readlink", path, .invalid) }
  return String(decoding: bytes, as: UTF8.self)
}
