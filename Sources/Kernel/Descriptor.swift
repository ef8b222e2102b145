internal import CLinux

/// An owned file descriptor, closed when its owner goes out of scope. Every descriptor is close-on-exec from birth.
@frozen public struct Descriptor: ~Copyable, Sendable {
  /// The number, valid only as long as the owner lives: for messages and `/proc/self/fd`.
  public let number: Int32

  /// Takes over a descriptor that nobody else owns.
  public init(owning number: Int32) { self.number = number }

  deinit { _ = cl_close(number) }

  /// Gives the number up without closing it.
  public consuming func release() -> Int32 {
    let number = self.number
    discard self
    return number
  }

  /// Another descriptor of the same open file.
  public borrowing func duplicate() throws(SystemCallError) -> Descriptor {
    Descriptor(
      owning: try cl_fcntl(number, 1030 /* F_DUPFD_CLOEXEC */, 3).checked(
        "dup", "descriptor \(number)"))
  }

  /// Lets the descriptor live on across execve(2), or not.
  public borrowing func setCloseOnExec(_ on: Bool) throws(SystemCallError) {
    try cl_fcntl(number, 2 /* F_SETFD */, on ? 1 : 0).check("fcntl", "descriptor \(number)")
  }

  /// Switches reads and writes between waiting and EAGAIN.
  public borrowing func setNonBlocking(_ on: Bool) throws(SystemCallError) {
    let flags = try cl_fcntl(number, 3 /* F_GETFL */, 0).checked("fcntl", "descriptor \(number)")
    let wanted = on ? flags | 0o4000 : flags & ~0o4000
    try cl_fcntl(number, 4 /* F_SETFL */, UInt(wanted)).check("fcntl", "descriptor \(number)")
  }

  /// Whether the file was opened for writing, alone or with reading (fcntl(2), F_GETFL).
  public borrowing func isOpenForWriting() throws(SystemCallError) -> Bool {
    try cl_fcntl(number, 3, 0).checked("fcntl", "descriptor \(number)") & 3 != 0
  }

  /// The path by which procfs offers this descriptor: for calls that take no descriptor.
  public var procPath: String { "/proc/self/fd/\(number)" }

  /// Opens the null device for each standard stream that the caller has closed, so that no file of ours takes its number
  /// and becomes the container's output.
  public static func fillStandardStreams() throws(SystemCallError) {
    for number in Int32(0)...2 where !isOpen(number) {
      // The lowest free number is the one that is missing.
      let null = try open(HostPath(constant: "/dev/null"), .readWrite)
      try null.setCloseOnExec(false)
      _ = null.release()
    }
  }

  /// Whether a descriptor number of this process is open (fcntl(2), F_GETFD).
  public static func isOpen(_ number: Int32) -> Bool { cl_fcntl(number, 1, 0) >= 0 }

  /// Marks every descriptor from a number on as close-on-exec (close_range(2), Linux 5.11; on 5.10 one by one).
  public static func closeOnExec(from first: Int32) throws(SystemCallError) {
    let result = cl_close_range(UInt32(first), .max, 4 /* CLOSE_RANGE_CLOEXEC */)
    guard let failure = result.failure else { return }
    guard failure == .noSystemCall || failure == .invalid || failure == .notPermitted else {
      throw SystemCallError("close_range", "from \(first)", failure)
    }
    for entry in try Descriptor.open(HostPath(constant: "/proc/self/fd"), [.readOnly, .directory]).entries() {
      if let number = Int32(entry), number >= first { _ = cl_fcntl(number, 2, 1) }
    }
  }

  /// Closes every descriptor from a number on but those named (close_range(2), Linux 5.9).
  public static func closeAll(from first: Int32, except kept: [Int32]) throws(SystemCallError) {
    var next = UInt32(first)
    for number in kept.sorted() where number >= first {
      if UInt32(number) > next { try cl_close_range(next, UInt32(number) - 1, 0).check("close_range") }
      next = UInt32(number) + 1
    }
    try cl_close_range(next, .max, 0).check("close_range")
  }

  /// Works with a descriptor that something else owns and keeps open meanwhile (standard streams, inherited ones).
  public static func borrowing<Result: ~Copyable, Failure: Error>(
    _ number: Int32, _ body: (borrowing Descriptor) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let borrowed = Descriptor(owning: number)
    do {
      let result = try body(borrowed)
      _ = borrowed.release()
      return result
    } catch {
      _ = borrowed.release()
      throw error
    }
  }
}

/// Owned descriptors in a row, closed together.
public struct DescriptorList: ~Copyable, Sendable {
  /// Valid only as long as the list lives.
  public private(set) var numbers: [Int32] = []
  public init() {}
  deinit { for number in numbers { _ = cl_close(number) } }

  public var count: Int { numbers.count }
  public mutating func append(_ descriptor: consuming Descriptor) {
    numbers.append(descriptor.release())
  }

  public borrowing func withDescriptor<Result: ~Copyable, Failure: Error>(
    _ index: Int, _ body: (borrowing Descriptor) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Descriptor.borrowing(numbers[index], body)
  }
}
