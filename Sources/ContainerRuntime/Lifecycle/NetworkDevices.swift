internal import Kernel

/// Moves network devices from the runtime's network namespace into the container's. Their names, MTU and hardware
/// address go with them; the kernel drops the addresses, so those of global scope are given back.
enum NetworkDevices {
  static func move(_ devices: [Plan.NetworkDevice], into process: Int32) throws(OperationError) {
    if devices.isEmpty { return }
    let mover: Mover
    do { mover = try Mover(process) } catch {
      throw failure("linux.netDevices", "cannot reach the container's network namespace", error)
    }
    for device in devices {
      do { try mover.move(device) } catch {
        throw failure("linux.netDevices.\(device.name)", "cannot be moved into the container", error)
      }
    }
  }

  private static func failure(_ property: String, _ text: String, _ error: SystemCallError) -> OperationError {
    OperationError("", "", .properties([PropertyError("config.json.\(property)", "\(text): \(error.description)")]))
  }

  private final class Mover {
    let namespace: Descriptor
    let here: RouteSocket
    let there: RouteSocket

    init(_ process: Int32) throws(SystemCallError) {
      namespace = try Descriptor.open(HostPath(constant: "/proc").appending("\(process)/ns/net"), .readOnly)
      here = try RouteSocket()
      there = try NetworkDevices.socket(in: namespace.number)
    }

    func move(_ device: Plan.NetworkDevice) throws(SystemCallError) {
      let index = try here.device(named: device.name)
      let addresses = try here.addresses(of: index)
      let before = try there.devices()
      let isTemplate = device.newName.utf8.contains(UInt8(ascii: "%"))
      // The kernel would tell it after the move, and many a device ends with the namespace that it is in.
      if !isTemplate, try isTaken(device.newName) {
        throw SystemCallError("move", "network device as \(device.newName)", .exists)
      }
      try here.move(index, to: namespace.number, named: device.newName)
      let moved = try there.devices().filter { !before.contains($0) }
      guard let found = isTemplate ? moved.first : try there.device(named: device.newName) else {
        throw SystemCallError("find", "the network device \(device.newName)", .noSuchFile)
      }
      for address in addresses where address.isPermanent && address.isGlobal { try there.add(address, to: found) }
      try there.bringUp(found)
    }

    private func isTaken(_ name: String) throws(SystemCallError) -> Bool {
      do {
        _ = try there.device(named: name)
        return true
      } catch {
        if error.errno == .noDevice { return false }
        throw error
      }
    }
  }

  /// A socket that works in another network namespace: made there by a child, so that this process stays where it is.
  private static func socket(in namespace: Int32) throws(SystemCallError) -> RouteSocket {
    let channel = try Descriptor.socketPair(.sequencedPacket)
    let child = try clone(CloneRequest()) {
      do throws(SystemCallError) {
        try CurrentProcess.control(.parentDeathSignal, 9)
        try Descriptor.borrowing(namespace) { file throws(SystemCallError) in try file.enterNamespace(.network) }
        try RouteSocket().pass(through: channel.second)
      } catch {
        exitNow(min(max(error.errno.rawValue, 1), 254))
      }
      exitNow(0)
    }
    let status = try child.pidfd.waitForExit(wait: true)
    guard status == .exited(0) else {
      if case .exited(let errno) = status { throw SystemCallError("setns", "net namespace", Errno(rawValue: errno)) }
      throw SystemCallError("setns", "net namespace", .noChild)
    }
    let message = try channel.first.receive(most: 1, descriptors: 1)
    guard message.descriptors.count == 1 else { throw SystemCallError("receive", "a socket", .protocolError) }
    return RouteSocket(
      try message.descriptors.withDescriptor(0) { socket throws(SystemCallError) in try socket.duplicate() })
  }
}
