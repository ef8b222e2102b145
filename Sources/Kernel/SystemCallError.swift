/// A system call that failed: which one, on what, and why. One of the program's three error types.
public struct SystemCallError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operation in the words of its man page, such as `mount` or `open`.
  public let call: String
  /// What it was done to: a path, an id, a name.
  public let subject: String
  public let errno: Errno

  public init(_ call: String, _ subject: String, _ errno: Errno) {
    self.call = call
    self.subject = subject
    self.errno = errno
  }

  /// Something was found that must not be used: no call failed, and there is no error number.
  public static func refused(_ why: String) -> SystemCallError { SystemCallError(why, "", Errno(rawValue: 0)) }
  public var isRefusal: Bool { errno.rawValue == 0 }

  /// `mount /proc: operation not permitted (EPERM)`
  public var description: String {
    if isRefusal { return call }
    return subject.isEmpty
      ? "\(call): \(errno.message) (\(errno.name))"

      : "\(call) \(subject): \(errno.message) (\(errno.name))"
  }
}

extension BinaryInteger {
  /// The result of a call of CLinux, or the error that a negative result means.
  @inline(__always)
  func checked(_ call: String, _ subject: @autoclosure () -> String = "") throws(SystemCallError)
    -> Self
  {
    if self < 0 {
      throw SystemCallError(call, subject(), Errno(rawValue: Int32(truncatingIfNeeded: 0 - self)))
    }
    return self
  }

  /// The same for calls whose result says nothing more.
  @inline(__always)
  func check(_ call: String, _ subject: @autoclosure () -> String = "") throws(SystemCallError) {
    _ = try checked(call, subject())
  }

  /// The error number in a result of CLinux; nil when the call went well.
  @inline(__always)
  var failure: Errno? { self < 0 ? Errno(rawValue: Int32(truncatingIfNeeded: 0 - self)) : nil }
}
