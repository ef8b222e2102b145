internal import Kernel
internal import OCI

extension PlanBuilder {
  /// Which devices of the runtime's network namespace move into the container's (config-linux.md, "Network Devices").
  mutating func decideNetworkDevices() -> [Plan.NetworkDevice] {
    guard let devices = linux?.netDevices, !devices.isEmpty else { return [] }
    if namespaces.network == .host {
      problems.add("linux.netDevices", "unable to move network devices without a NET namespace")
    }
    if host.rootless {
      problems.add("linux.netDevices", "network devices are not supported for rootless containers")
    }
    var result: [Plan.NetworkDevice] = []
    for (name, device) in devices {
      let newName = device.name.flatMap { $0.isEmpty ? nil : $0 } ?? name
      let property = "linux.netDevices.\(name)"
      for wrong in [name, newName] where !PlanBuilder.isDeviceName(wrong) {
        problems.add(property, "invalid network device name \(quoted(wrong))", .networkDevices)
        break
      }
      if !newName.utf8.contains(UInt8(ascii: "%")) && result.contains(where: { $0.newName == newName }) {
        problems.add(property, "another device gets the name \(quoted(newName)) too")
      }
      result.append(Plan.NetworkDevice(name: name, newName: newName))
    }
    return result
  }

  /// What the kernel takes (dev_valid_name): 1 to 15 bytes, not `.` or `..`, without slash, colon and blank.
  private static func isDeviceName(_ name: String) -> Bool {
    let bytes = name.utf8
    if bytes.isEmpty || bytes.count > 15 || name == "." || name == ".." { return false }
    return bytes.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") && $0 != 0x7f }
  }
}
