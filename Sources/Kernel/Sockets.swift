internal import CLinux

/// Two descriptors that belong together.
@frozen
public struct DescriptorPair: ~Copyable, Sendable {
  public let first: Descriptor
  public let second: Descriptor

  public init(_ first: consuming Descriptor, _ second: consuming Descriptor) {
    self.first = first
    self.second = second
  }
}

/// What came in one message: bytes, and descriptors that the receiver now owns.
public struct Message: ~Copyable, Sendable {
  public let bytes: [UInt8]
  public var descriptors: DescriptorList

  /// The descriptors, for good.
  public consuming func takeDescriptors() -> DescriptorList { descriptors }
}

extension Descriptor {
  public enum SocketKind: Int32, Sendable {
    case stream = 1
    case datagram = 2
    /// Messages with borders, and an end that is seen.
    case sequencedPacket = 5
  }

  /// Two connected sockets of the Unix family.
  public static func socketPair(_ kind: SocketKind) throws(SystemCallError) -> DescriptorPair {
    var numbers: InlineArray<2, Int32> = [-1, -1]
    var span = numbers.mutableSpan
    try unsafe span.withUnsafeMutableBufferPointer { buffer in
      unsafe cl_socketpair(kind.rawValue, buffer.baseAddress)
    }
    .check("socketpair")
    return DescriptorPair(Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
  }

  /// A pipe: the first end reads, the second writes.
  public static func pipe() throws(SystemCallError) -> DescriptorPair {
    var numbers: InlineArray<2, Int32> = [-1, -1]
    var span = numbers.mutableSpan
    try unsafe span.withUnsafeMutableBufferPointer { buffer in
      unsafe cl_pipe2(buffer.baseAddress, 0o2000000)
    }.check("pipe")
    return DescriptorPair(Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
  }

  /// Connects to a Unix socket by its path. A path over 107 bytes goes through a descriptor of its folder.
  /// - Parameter timeout: milliseconds for connecting and for each later send and receive.
  public static func connected(
    to path: HostPath, kind: SocketKind, timeout: Int32
  ) throws(SystemCallError) -> Descriptor {
    let socket = Descriptor(owning: try cl_socket_unix(kind.rawValue).checked("socket"))
    try cl_set_timeouts(socket.number, timeout).check("setsockopt")
    let number = socket.number
    if path.string.utf8.count < 108 {
      try retrying { unsafe cl_connect_unix(number, path.string, path.string.utf8.count) }.check(
        "connect", path.string)
      return socket
    }
    let folder = try Descriptor.open(path.parentFolder, [.path, .directory])
    let short = folder.procPath + "/" + path.lastComponent
    try retrying { unsafe cl_connect_unix(number, short, short.utf8.count) }.check(
      "connect", path.string)
    return socket
  }

  /// The same with a name that has no file (unix(7), "abstract").
  public static func connected(
    toAbstract name: String, kind: SocketKind, timeout: Int32
  ) throws(SystemCallError) -> Descriptor {
    let socket = Descriptor(owning: try cl_socket_unix(kind.rawValue).checked("socket"))
    try cl_set_timeouts(socket.number, timeout).check("setsockopt")
    let number = socket.number
    try retrying { unsafe cl_connect_abstract(number, name, name.utf8.count) }.check("connect", "@" + name)
    return socket
  }

  /// Sends to a stream what it takes, without SIGPIPE when the other side is gone.
  /// - Returns: the number of bytes, at least one.
  /// - Throws: EAGAIN after the time that was given at connecting.
  public borrowing func sendPart(_ bytes: [UInt8]) throws(SystemCallError) -> Int {
    let number = self.number
    let sent = unsafe bytes.withUnsafeBytes { buffer in
      retrying { unsafe cl_sendmsg(number, buffer.baseAddress, buffer.count, nil, 0) }
    }
    return try sent.checked("send")
  }

  /// Sends one message with descriptors beside it. The descriptors stay the caller's.
  public borrowing func send(_ bytes: [UInt8], descriptors: [Int32] = []) throws(SystemCallError) {
    let number = self.number
    let sent = unsafe bytes.withUnsafeBytes { buffer in
      unsafe descriptors.withUnsafeBufferPointer { list in
        retrying {
          unsafe cl_sendmsg(number, buffer.baseAddress, buffer.count, list.baseAddress, list.count)
        }
      }
    }
    try sent.check("send")
  }

  /// Receives one message. No bytes and no descriptors: the other side is gone.
  /// - Parameters: `most` in bytes; `descriptors` at most 64.
  public borrowing func receive(most: Int, descriptors: Int = 0) throws(SystemCallError) -> Message {
    let number = self.number
    var numbers = [Int32](repeating: -1, count: descriptors)
    var (received, count) = (0, 0)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
      received = unsafe numbers.withUnsafeMutableBufferPointer { list in
        retrying {
          unsafe cl_recvmsg(
            number, buffer.baseAddress, most, list.baseAddress, list.count, &count, 0)
        }
      }
      filled = max(0, received)
    }
    try received.check("receive")
    var owned = DescriptorList()
    for index in 0..<count { owned.append(Descriptor(owning: numbers[index])) }
    return Message(bytes: bytes, descriptors: owned)
  }
}

extension HostPath {
  /// The folder of the last component.
  public var parentFolder: HostPath {
    guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return HostPath(constant: ".")
    }
    return slash == string.startIndex
      ? HostPath(constant: "/") : HostPath(uncheckedPrefix: string[..<slash])
  }
}
