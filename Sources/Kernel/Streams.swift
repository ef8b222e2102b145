internal import CLinux

/// What became of an attempt to move bytes without waiting.
public enum Moved: Equatable, Sendable {
  case bytes(Int)
  /// The source is at its end.
  case end
  /// Nothing to be had now, or no room for it.
  case notNow
}

extension Descriptor {
  /// Moves bytes from one pipe to another, which no program ever sees (splice(2)).
  public borrowing func splice(to target: borrowing Descriptor, most: Int) throws(SystemCallError) -> Moved {
    let (from, to) = (number, target.number)
    // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
    let result = retrying { cl_splice(from, to, most, 3) }
    if result.failure == .again { return .notNow }
    let count = try result.checked("splice", "descriptor \(to)")
    return count == 0 ? .end : .bytes(count)
  }

  /// Reads what is there, without waiting if the descriptor does not.
  /// - Returns: nil when nothing is; empty at the end of the file.
  public borrowing func readSome(most: Int) throws(SystemCallError) -> [UInt8]? {
    do { return try read(most: most) } catch {
      if error.errno == .again { return nil }
      throw error
    }
  }

  /// Whether a read would not wait.
  public borrowing func hasInput() throws(SystemCallError) -> Bool {
    try !poll([(number, .readable)], timeout: 0)[0].isEmpty
  }
}

/// Sockets that others connect to.
extension Descriptor {
  /// A listening Unix socket at a path, for this user alone. It does not wait in `accept`.
  /// - Throws: EADDRINUSE when something stands at the path; ENAMETOOLONG above 107 bytes.
  public static func listening(at path: HostPath) throws(SystemCallError) -> Descriptor {
    let socket = Descriptor(owning: try cl_socket_unix(SocketKind.stream.rawValue).checked("socket"))
    // The mode of the socket's file comes from the umask: there is no moment at which others could connect.
    let mask = cl_umask(0o177)
    let result = unsafe cl_bind_unix(socket.number, path.string, path.string.utf8.count)
    _ = cl_umask(mask)
    try result.check("bind", path.string)
    try cl_listen(socket.number, 128).check("listen", path.string)
    try socket.setNonBlocking(true)
    return socket
  }

  /// The next connection, which does not wait; nil when there is none.
  public borrowing func accept() throws(SystemCallError) -> Descriptor? {
    let number = self.number
    let result = retrying { cl_accept(number, 0o2004000 /* SOCK_CLOEXEC | SOCK_NONBLOCK */) }
    // Whoever left before it was served is no failure of ours.
    if result.failure == .again || result.failure == .connectionAborted { return nil }
    return Descriptor(owning: try result.checked("accept"))
  }

  /// With a connected Unix socket: the user of the other side when it connected.
  public borrowing func peerUser() throws(SystemCallError) -> UInt32 {
    var user: UInt32 = 0
    try unsafe cl_peer_user(number, &user).check("getsockopt", "SO_PEERCRED")
    return user
  }
}

extension Descriptor {
  /// Puts a copy in the place of a number, which lives on across execve(2); what was there is closed.
  public borrowing func duplicate(onto place: Int32) throws(SystemCallError) {
    if place == number { return try setCloseOnExec(false) }
    try cl_dup3(number, place, 0).check("dup3", "descriptor \(place)")
  }
}

extension CurrentProcess {
  /// Makes this process the leader of a process group of its own.
  public static func newProcessGroup() throws(SystemCallError) { try cl_setpgid(0, 0).check("setpgid") }
}

/// A mount by mount(2), with flags and the file system's own options as one text.
/// - Parameters: `flags` as in sys/mount.h; `target` must not be a symlink that others can exchange.
public func mount(
  _ source: String, onto target: HostPath, type: String, flags: UInt, options: String
) throws(SystemCallError) {
  try unsafe cl_mount(source, target.string, type, flags, options.isEmpty ? nil : options).check("mount", target.string)
}
