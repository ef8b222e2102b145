internal import CLinux

/// Unix sockets for messages without a connection, as service managers use them (sd_notify(3)).
extension Descriptor {
  /// A socket bound in a folder, which anybody may send to. It does not wait in `receive`.
  public borrowing func bindDatagrams(named name: String) throws(SystemCallError) -> Descriptor {
    let socket = Descriptor(owning: try cl_socket_unix(SocketKind.datagram.rawValue).checked("socket"))
    // Through the folder's descriptor: the path itself may be longer than the 107 bytes of an address.
    let path = procPath + "/" + name
    // Made with its mode: whoever can write in the folder could put a link there before a chmod.
    let mask = CurrentProcess.setUmask(0)
    defer { CurrentProcess.setUmask(mask) }
    try unsafe cl_bind_unix(socket.number, path, path.utf8.count).check("bind", name)
    try socket.setNonBlocking(true)
    return socket
  }

  /// A socket that sends to the address of a service manager: a path, or behind `@` a name without a file.
  /// - Parameter timeout: milliseconds for each message.
  public static func datagrams(to address: String, timeout: Int32) throws(SystemCallError) -> Descriptor {
    guard address.utf8.first == UInt8(ascii: "@") else {
      let path: HostPath
      do { path = try HostPath(address) } catch { throw SystemCallError.refused("\(address): \(error)") }
      return try connected(to: path, kind: .datagram, timeout: timeout)
    }
    return try connected(toAbstract: String(address.dropFirst()), kind: .datagram, timeout: timeout)
  }
}
