internal import CLinux

/// An address of a network device (struct ifaddrmsg and its attributes).
public struct DeviceAddress: Equatable, Sendable {
  let family: UInt8
  let prefixLength: UInt8
  let scope: UInt8
  let flags: UInt32
  /// By their numbers: the address, the local one, the broadcast.
  let attributes: [UInt16: [UInt8]]

  /// Set by somebody, not learned for a while.
  public var isPermanent: Bool { flags & 0x80 != 0 }
  public var isGlobal: Bool { scope == 0 }
}

/// Asks and changes the network devices of one network namespace (rtnetlink(7)): that in which it was made.
public final class RouteSocket {
  private let socket: Descriptor

  public init() throws(SystemCallError) {
    socket = Descriptor(owning: try cl_socket_route().checked("socket", "of rtnetlink"))
    // Whoever has CAP_NET_ADMIN in a namespace that a container joins could answer in the kernel's place.
    if Defence.kernelAnswers.isOn { try cl_connect_kernel(socket.number).check("connect", "rtnetlink") }
  }

  public init(_ socket: consuming Descriptor) { self.socket = socket }

  /// Hands the socket to whoever reads the channel.
  public func pass(through channel: borrowing Descriptor) throws(SystemCallError) {
    try channel.send([0], descriptors: [socket.number])
  }

  /// The index of a device.
  public func device(named name: String) throws(SystemCallError) -> Int32 {
    var message = RouteMessage(.getLink, RouteMessage.link(index: 0))
    message.append(RouteSocket.nameAttribute, Array(name.utf8) + [0])
    let answers = try ask(message, [], "find", "network device \(name)")
    guard let answer = answers.first(where: { $0.kind == .newLink }) else {
      throw SystemCallError("find", "network device \(name)", .noDevice)
    }
    return Int32(bitPattern: answer.number32(at: 4))
  }

  /// The indices of all devices.
  public func devices() throws(SystemCallError) -> [Int32] {
    try ask(RouteMessage(.getLink, RouteMessage.link(index: 0)), .dump, "list", "network devices")
      .filter { $0.kind == .newLink }.map { Int32(bitPattern: $0.number32(at: 4)) }
  }

  public func addresses(of device: Int32) throws(SystemCallError) -> [DeviceAddress] {
    let message = RouteMessage(.getAddress, [UInt8](repeating: 0, count: 8))
    let answers = try ask(message, .dump, "list", "the addresses of network devices")
    return answers.filter { $0.kind == .newAddress && Int32(bitPattern: $0.number32(at: 4)) == device }.map { answer in
      let head = answer.number32(at: 0)
      let attributes = answer.attributes(after: 8)
      let flags = attributes[8].map { RouteMessage.number32($0, 0) } ?? head >> 16 & 0xff
      return DeviceAddress(
        family: UInt8(truncatingIfNeeded: head), prefixLength: UInt8(truncatingIfNeeded: head >> 8),
        scope: UInt8(truncatingIfNeeded: head >> 24), flags: flags,
        attributes: attributes.filter { [1, 2, 4].contains($0.key) })
    }
  }

  public func add(_ address: DeviceAddress, to device: Int32) throws(SystemCallError) {
    var message = RouteMessage(
      .newAddress,
      [address.family, address.prefixLength, 0, address.scope]
        + RouteMessage.bytes(of: UInt32(bitPattern: device)))
    for (kind, value) in address.attributes.sorted(by: { $0.key < $1.key }) { message.append(kind, value) }
    _ = try ask(message, [.create, .exclusive], "add", "an address to a network device")
  }

  /// The index of the loopback device, which is the first of every network namespace.
  public static let loopback: Int32 = 1

  public func bringUp(_ device: Int32) throws(SystemCallError) {
    _ = try ask(
      RouteMessage(.newLink, RouteMessage.link(index: device, flags: 1, change: 1)), [], "bring up", "a network device")
  }

  /// Moves a device into another network namespace and gives it its name there. A device that is up is taken down by the kernel.
  public func move(_ device: Int32, to namespace: Int32, named name: String) throws(SystemCallError) {
    var message = RouteMessage(.newLink, RouteMessage.link(index: device))
    message.append(RouteSocket.nameAttribute, Array(name.utf8) + [0])
    message.append(28 /* IFLA_NET_NS_FD */, RouteMessage.bytes(of: UInt32(bitPattern: namespace)))
    _ = try ask(message, [], "move", "network device as \(name)")
  }

  private static let nameAttribute: UInt16 = 3

  /// Sends one request and takes the answers up to the last.
  private func ask(
    _ message: RouteMessage, _ flags: RouteMessage.Flags, _ call: String, _ subject: String
  ) throws(SystemCallError) -> [RouteMessage] {
    let isDump = flags.contains(.dump)
    try socket.send(message.encoded(flags.union(isDump ? .request : [.request, .acknowledge])))
    var answers: [RouteMessage] = []
    while true {
      let bytes = try socket.receive(most: isDump ? 1 << 17 : 1 << 14).bytes
      if bytes.isEmpty { throw SystemCallError(call, subject, .protocolError) }
      for answer in RouteMessage.decode(bytes) {
        switch answer.kind {
        case .acknowledgement:
          let result = Int32(bitPattern: answer.number32(at: 0))
          if result != 0 { throw SystemCallError(call, subject, Errno(rawValue: 0 - result)) }
          return answers
        case .done: return answers
        default: answers.append(answer)
        }
      }
    }
  }
}
