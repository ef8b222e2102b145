internal import ContainerRuntime
internal import Kernel
internal import TTRPC

/// The root file system of a container that containerd wants mounted by the shim: snapshots come as mounts to be made on
/// `rootfs` in the bundle.
struct RootFileSystem {
  /// The flags of mount(2) by their names; what is no flag is for the file system. `true` sets, `false` clears.
  private static let flags: [(name: StaticString, flag: UInt, sets: Bool)] = [
    ("ro", 1, true), ("rw", 1, false), ("nosuid", 2, true), ("suid", 2, false), ("nodev", 4, true), ("dev", 4, false),
    ("noexec", 8, true), ("exec", 8, false), ("sync", 16, true), ("async", 16, false), ("remount", 32, true),
    ("mand", 64, true), ("nomand", 64, false), ("dirsync", 128, true), ("noatime", 1024, true),
    ("atime", 1024, false), ("nodiratime", 2048, true), ("diratime", 2048, false), ("bind", 4096, true),
    ("rbind", 4096 | 16384, true), ("relatime", 1 << 21, true), ("norelatime", 1 << 21, false),
    ("strictatime", 1 << 24, true), ("nostrictatime", 1 << 24, false), ("defaults", 0, true),
  ]
  private static let bind: UInt = 4096
  private static let recursive: UInt = 16384
  private static let remount: UInt = 32

  let bundle: HostPath
  var path: HostPath { bundle.appending("rootfs") }

  /// What an option list means to mount(2).
  struct Options: Equatable {
    var flags: UInt = 0
    var data: [String] = []

    /// - Throws: what would need another program or a device to be made.
    init(_ options: [String]) throws(OperationError) {
      for option in options {
        if let known = RootFileSystem.flags.first(where: { $0.name.description == option }) {
          if known.sets { flags |= known.flag } else { flags &= ~known.flag }
        } else if option == "loop" {
          throw OperationError("", "", .message("a root file system on a loop device is not supported"))
        } else if !option.hasPrefix("X-containerd.") {
          data.append(option)
        }
      }
    }
  }

  /// Mounts all of them, or none.
  func mount(_ mounts: [MountMessage]) throws(OperationError) {
    if mounts.isEmpty { return }
    do throws(OperationError) {
      try OperationError.wrapping { () throws(SystemCallError) in try path.makeDirectories(mode: 0o711) }
      for mount in mounts { try make(mount) }
    } catch {
      unmount()
      throw error
    }
  }

  private func make(_ message: MountMessage) throws(OperationError) {
    let options = try Options(message.options)
    let target = try place(message.target)
    let isBind = options.flags & RootFileSystem.bind != 0
    try OperationError.wrapping { () throws(SystemCallError) in
      if isBind {
        let how = options.flags & (RootFileSystem.bind | RootFileSystem.recursive)
        try Kernel.mount(message.source, onto: target, type: "", flags: how, options: "")
        // A new bind takes no other flags: the mount is changed afterwards.
        let more = options.flags & ~(RootFileSystem.bind | RootFileSystem.recursive)
        if more == 0 { return }
        try Kernel.mount(
          "", onto: target, type: "", flags: more | RootFileSystem.bind | RootFileSystem.remount, options: "")
      } else {
        try mountFileSystem(message, target, options)
      }
    }
  }

  /// The options of an overlay of many layers are longer than the page that mount(2) takes: then they are told one by
  /// one, as far as the kernel takes them so.
  private func mountFileSystem(
    _ message: MountMessage, _ target: HostPath, _ options: Options
  ) throws(SystemCallError) {
    let data = options.data.joined(separator: ",")
    if data.utf8.count < 4096 || message.type != "overlay" {
      return try Kernel.mount(message.source, onto: target, type: message.type, flags: options.flags, options: data)
    }
    let context = try Descriptor.fileSystem("overlay")
    for option in options.data {
      let parts = option.split(separator: "=", maxSplits: 1)
      let (name, value) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      if name == "lowerdir" {
        for layer in value.split(separator: ":") { try context.setFileSystemString("lowerdir+", String(layer)) }
      } else if parts.count > 1 {
        try context.setFileSystemString(name, value)
      } else {
        try context.setFileSystemFlag(name)
      }
    }
    var attributes: MountAttributes = []
    if options.flags & 1 != 0 { attributes.insert(.readOnly) }
    if options.flags & 2 != 0 { attributes.insert(.noSUID) }
    if options.flags & 4 != 0 { attributes.insert(.noDevices) }
    if options.flags & 8 != 0 { attributes.insert(.noExecution) }
    try context.makeFileSystem(attributes: attributes).attach(onto: target)
  }

  /// Most mounts go on the root itself; a target is a path below it.
  private func place(_ target: String) throws(OperationError) -> HostPath {
    if target.isEmpty || target == "/" { return path }
    if target.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
      throw OperationError("", "", .message("the mount's target \"\(target)\" leads out of the root file system"))
    }
    return path.appending(target.hasPrefix("/") ? String(target.dropFirst()) : target)
  }

  /// Unmounts whatever is mounted there, in as many layers as there are.
  func unmount() {
    for _ in 0..<64 {
      do throws(SystemCallError) { try detachMount(path) } catch { return }
    }
  }
}
