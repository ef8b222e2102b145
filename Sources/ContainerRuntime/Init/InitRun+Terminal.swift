internal import Kernel

extension InitRun {
  /// The container's own devpts is named without any symlink, and what is found there is looked at before it is believed.
  func openTerminal(_ size: WindowSize?) throws(SystemCallError) {
    let master = try containerRoot().open(
      ContainerPath(constant: "/dev/pts/ptmx"), [.readWrite, .nonBlocking, .noControllingTerminal, .noFollow],
      resolve: .noSymlinks)
    let status = try master.status()
    guard try master.fileSystemMagic() == FileSystemMagic.devpts, status.kind == .characterDevice,
      status.represents == DeviceNumber(major: 5, minor: 2)
    else { throw SystemCallError.refused("/dev/pts/ptmx is not that of a devpts") }
    try master.setNonBlocking(false)
    try master.unlockPeer()
    // Never by its name (CVE-2025-52565).
    let slave = try master.openPeer()
    if let size, size.rows != 0, size.columns != 0 { try master.setWindowSize(size) }
    try runtime.send(InitMessage.terminalOpened.bytes, descriptors: [master.number])
    terminal.append(slave)
  }

  /// Onto a file of /dev itself: a symlink in the way of an image's making is refused (security case A6).
  func bindConsole() throws(SystemCallError) {
    let folder = try containerRoot().open(
      ContainerPath(constant: "/dev"), [.path, .directory, .noFollow], resolve: .noSymlinks)
    do throws(SystemCallError) {
      let inPlace: OpenFlags = Defence.consoleInPlace.isOn ? [.exclusive, .noFollow] : []
      _ = try folder.open("console", inPlace.union([.writeOnly, .create]), mode: 0o600)
    } catch {
      if error.errno != .exists { throw SystemCallError("create", "/dev/console", error.errno) }
    }
    let target = try folder.open("console", [.path, .noFollow])
    switch try target.status().kind {
    case .regular, .characterDevice: break
    default: throw SystemCallError.refused("/dev/console is no file that a terminal could be bound on")
    }
    try terminal.withDescriptor(0) { slave throws(SystemCallError) in
      try slave.mountTree(recursive: false).attach(onto: target)
    }
  }

  /// The session of this process has no terminal yet, and the caller's can never become it (security case C10).
  func takeTerminal() throws(SystemCallError) {
    try terminal.withDescriptor(0) { slave throws(SystemCallError) in
      try slave.becomeControllingTerminal()
      for stream in Int32(0)...2 { try slave.duplicate(onto: stream) }
    }
  }

  /// An open file of the host that nothing of the container's leads to cannot be saved by CRIU (nor by anybody else), and
  /// the null device is the one that engines give. Whatever else the image has in its place is left alone.
  func reopenNullStreams() throws(SystemCallError) {
    let null = DeviceNumber(major: 1, minor: 3)
    for stream in Int32(0)...2 where try isDevice(stream, null) {
      do throws(SystemCallError) {
        let own = try Descriptor.open(
          HostPath(constant: "/dev/null"), [.readWrite, .noFollow, .nonBlocking, .noControllingTerminal])
        guard try isDevice(own.number, null) else { return }
        try own.setNonBlocking(false)
        try own.duplicate(onto: stream)
      } catch {
        // There is none, or the config's rules for devices do not allow it: the host's works all the same.
        if ![.noSuchFile, .notPermitted, .accessDenied, .tooManyLinks, .noSuchDevice].contains(error.errno) {
          throw error
        }
      }
    }
  }

  private func isDevice(_ stream: Int32, _ device: DeviceNumber) throws(SystemCallError) -> Bool {
    try Descriptor.borrowing(stream) { file throws(SystemCallError) in
      let status = try file.status()
      return status.kind == .characterDevice && status.represents == device
    }
  }

  /// So that the user's process can open /dev/stderr and its like again. Only what is the process's alone: its terminal,
  /// pipes and sockets; never a file, /dev/null or the caller's terminal. The group stays.
  func ownStandardStreams(_ uid: UInt32) throws(SystemCallError) {
    for stream in Int32(0)...2 where Descriptor.isOpen(stream) {
      try Descriptor.borrowing(stream) { file throws(SystemCallError) in
        let status = try file.status()
        let isOwn = status.kind == .fifo || status.kind == .socket || terminal.count == 1
        guard isOwn, status.uid != uid else { return }
        do throws(SystemCallError) { try file.setOwner(uid: uid, gid: .max) } catch {
          // Without privileges over the caller's pipes they stay the caller's.
          if error.errno != .notPermitted && error.errno != .invalid && error.errno != .readOnly { throw error }
        }
      }
    }
  }

  /// Before the root is changed, the folder that becomes it; afterwards, or in a running container, the root itself.
  private func containerRoot() throws(SystemCallError) -> RootDirectory {
    if let root { return root }
    return RootDirectory(try Descriptor.open(HostPath(constant: "/"), [.path, .directory]))
  }
}
