internal import Kernel

extension InitRun {
  func make(_ device: DevicePlan) throws(SystemCallError) {
    let kind: FileStatus.Kind
    let number: DeviceNumber
    switch device.kind {
    case .character(let value): (kind, number) = (.characterDevice, value)
    case .block(let value): (kind, number) = (.blockDevice, value)
    case .fifo: (kind, number) = (.fifo, DeviceNumber(major: 0, minor: 0))
    }
    if device.bound { return try bindDevice(device, number) }
    // Made with its mode: what another container puts in its place meanwhile is not ours to change.
    if formerUmask == nil { formerUmask = CurrentProcess.setUmask(0) }
    do throws(SystemCallError) {
      let root = try attachedRoot()
      let folder = try root.makeFolder(device.path.parent, mode: 0o755)
      var isNew = true
      do throws(SystemCallError) {
        try folder.makeNode(device.path.lastComponent, kind: kind, mode: device.mode, device: number)
      } catch {
        guard error.errno == .exists else { throw error }
        isNew = false
      }
      if !isNew || device.uid != 0 || device.gid != 0 { try furnish(device, kind, number, in: folder) }
    } catch {
      // Inside another container making nodes is forbidden; the host's own serves then.
      if error.call == "mknod" && error.errno == .notPermitted && kind != .fifo {
        return try bindDevice(device, number)
      }
      throw error
    }
  }

  /// The image's own node will do if it is the same device; anything else in its place is an attack or a mistake. It is
  /// held before it is looked at: by its name it may be another thing the next time, a link to a file of the host.
  private func furnish(
    _ device: DevicePlan, _ kind: FileStatus.Kind, _ number: DeviceNumber, in folder: borrowing Descriptor
  ) throws(SystemCallError) {
    let node = try folder.open(device.path.lastComponent, Defence.deviceInPlace.isOn ? [.path, .noFollow] : .path)
    let status = try node.status()
    if Defence.deviceInPlace.isOn, status.kind != kind || (kind != .fifo && status.represents != number) {
      throw SystemCallError("make the device: something else is at", device.path.description, .exists)
    }
    if status.uid != device.uid || status.gid != device.gid {
      try node.setOwner(uid: device.uid, gid: device.gid)
    }
    if status.permissions != device.mode { try node.setModeOfPath(device.mode) }
  }

  private func bindDevice(_ device: DevicePlan, _ number: DeviceNumber) throws(SystemCallError) {
    let root = try attachedRoot()
    let tree = try HostDevice.tree(number, HostPath(hostDevice: device.path))
    try tree.attach(onto: try root.target(device.path, .file))
  }

  /// The links that the specification names, and /dev/ptmx into the container's own devpts.
  func makeDeviceLinks() throws(SystemCallError) {
    if let mask = formerUmask { CurrentProcess.setUmask(mask) }
    let root = try attachedRoot()
    let folder = try root.makeFolder(ContainerPath(constant: "/dev"), mode: 0o755)
    var links = [
      ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
      ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ]
    if try root.status(ContainerPath(constant: "/proc/kcore")) != nil { links.append(("core", "/proc/kcore")) }
    for (name, target) in links {
      do throws(SystemCallError) {
        try folder.makeSymlink(name, to: target)
      } catch {
        guard error.errno == .exists else { throw error }
        // An image without its own /dev may bring these; the pty multiplexer must be the container's.
        if name == "ptmx" {
          try folder.removeFile(name)
          try folder.makeSymlink(name, to: target)
        }
      }
    }
  }
}

extension HostPath {
  /// The host's node of the same name as a container's device: the one place where a container's path names a file of
  /// the host, and `HostDevice` checks what it finds there.
  fileprivate init(hostDevice path: ContainerPath) throws(SystemCallError) {
    do { try self.init(path.description) } catch { throw SystemCallError("open", path.description, .invalid) }
  }
}
