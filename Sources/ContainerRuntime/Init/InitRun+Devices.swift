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
    do throws(SystemCallError) {
      let root = try attachedRoot()
      let folder = try root.makeFolder(device.path.parent, mode: 0o755)
      let name = device.path.lastComponent
      do throws(SystemCallError) {
        try folder.makeNode(name, kind: kind, mode: device.mode, device: number)
      } catch {
        guard error.errno == .exists else { throw error }
        // The image's own node will do if it is the same device; anything else in its place is an attack or a mistake.
        let status = try folder.status(of: name)
        if Defence.deviceInPlace.isOn, status.kind != kind || (kind != .fifo && status.represents != number) {
          throw SystemCallError("make the device: something else is at", device.path.description, .exists)
        }
      }
      try folder.setMode(device.mode, of: name)
      if device.uid != 0 || device.gid != 0 { try folder.setOwner(uid: device.uid, gid: device.gid, of: name) }
    } catch {
      // Inside another container making nodes is forbidden; the host's own serves then.
      if error.call == "mknod" && error.errno == .notPermitted && kind != .fifo {
        return try bindDevice(device, number)
      }
      throw error
    }
  }

  private func bindDevice(_ device: DevicePlan, _ number: DeviceNumber) throws(SystemCallError) {
    let root = try attachedRoot()
    let tree = try HostDevice.tree(number, HostPath(hostDevice: device.path))
    try tree.attach(onto: try root.target(device.path, .file))
  }

  /// The links that the specification names, and /dev/ptmx into the container's own devpts.
  func makeDeviceLinks() throws(SystemCallError) {
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
