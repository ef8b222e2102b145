internal import Kernel
internal import OCI

extension PlanBuilder {
  /// The devices that every container has (config-linux.md, “Default Devices”), and those of the config, which win.
  mutating func decideDevices() -> [DevicePlan] {
    var devices: [DevicePlan] = []
    for (index, device) in (linux?.devices ?? []).enumerated() {
      guard let plan = decide(device, "linux.devices[\(index)]") else { continue }
      if let same = devices.firstIndex(where: { $0.path == plan.path }) {
        if devices[same].kind != plan.kind {
          problems.add("linux.devices[\(index)].path", "\(quoted(device.path)) stands here twice, as two devices")
        }
        devices[same] = plan
      } else {
        devices.append(plan)
      }
    }
    let defaults: [(name: String, minor: UInt32, major: UInt32)] = [
      ("null", 3, 1), ("random", 8, 1), ("full", 7, 1), ("tty", 0, 5), ("zero", 5, 1), ("urandom", 9, 1),
    ]
    let folder = ContainerPath(constant: "/dev")
    for device in defaults {
      let path = folder.appending(device.name)
      if devices.contains(where: { $0.path == path }) { continue }
      let number = DeviceNumber(major: device.major, minor: device.minor)
      devices.append(
        DevicePlan(path: path, kind: .character(number), mode: 0o666, uid: 0, gid: 0, bound: hasOwnUsers, property: nil)
      )
    }
    return devices
  }

  private mutating func decide(_ device: Spec.Device, _ place: String) -> DevicePlan? {
    guard let path = problems.containerPath(device.path, "\(place).path") else { return nil }
    if device.path.utf8.first != UInt8(ascii: "/") {
      problems.add("\(place).path", "\(quoted(device.path)) is not absolute")
      return nil
    }
    if path.isRoot || path.components.first == "proc" || path.components.first == "sys" {
      problems.add("\(place).path", "a device cannot be at \(quoted(path.description))", .deviceList)
      return nil
    }
    guard let mode = permissions(of: device, place) else { return nil }
    let kind: DevicePlan.Kind
    switch device.type {
    case "c", "u", "b":
      guard let major = device.major.flatMap({ UInt32(exactly: $0) }),
        let minor = device.minor.flatMap({ UInt32(exactly: $0) })
      else {
        problems.add(place, "a device of type \(quoted(device.type)) needs major and minor")
        return nil
      }
      let number = DeviceNumber(major: major, minor: minor)
      kind = device.type == "b" ? .block(number) : .character(number)
    case "p":
      kind = .fifo
    default:
      problems.add("\(place).type", "unknown device type \(quoted(device.type)); one of c, b, u, p", .deviceList)
      return nil
    }
    return DevicePlan(
      path: path, kind: kind, mode: mode, uid: device.uid ?? 0, gid: device.gid ?? 0,
      bound: hasOwnUsers && kind != .fifo, property: place)
  }

  /// The specification allows permission bits only, but engines pass a host's st_mode on as it is, with the bits of the
  /// file's type (Podman's --privileged). These are taken away when they say the same as `type`.
  private mutating func permissions(of device: Spec.Device, _ place: String) -> UInt32? {
    let mode = device.fileMode ?? 0o666
    let types: [String: UInt32] = ["c": 0o020000, "u": 0o020000, "b": 0o060000, "p": 0o010000]
    let permissions = mode & 0o170000 == types[device.type] ? mode & ~0o170000 : mode
    if permissions > 0o777 {
      problems.add("\(place).fileMode", "\(mode) has more than permission bits (at most 511, octal 777)", .deviceList)
      return nil
    }
    return permissions
  }
}
