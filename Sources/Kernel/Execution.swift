internal import CLinux

/// Strings for execve(2), laid out in memory before the clone so that the child allocates nothing for them.
@safe
public struct CStringList: ~Copyable, @unchecked Sendable {
  private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let storage: UnsafeMutablePointer<CChar>

  /// The strings must not contain NUL; what follows one would be cut off.
  public init(_ strings: [String]) {
    let size = strings.reduce(0) { $0 + $1.utf8.count + 1 }
    unsafe pointers = .allocate(capacity: strings.count + 1)
    unsafe storage = .allocate(capacity: max(size, 1))
    var offset = 0
    for (index, string) in strings.enumerated() {
      unsafe pointers[index] = storage + offset
      for byte in string.utf8 {
        unsafe storage[offset] = CChar(bitPattern: byte)
        offset += 1
      }
      unsafe storage[offset] = 0
      offset += 1
    }
    unsafe pointers[strings.count] = nil
  }

  deinit {
    unsafe pointers.deallocate()
    unsafe storage.deallocate()
  }

  borrowing func withPointers<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe body(UnsafePointer(pointers))
  }
}

/// Runs another program in this process. Returns only when that failed.
public func execute(
  _ path: String, arguments: borrowing CStringList, environment: borrowing CStringList
) -> Errno {
  let result = unsafe arguments.withPointers { arguments in
    unsafe environment.withPointers { environment in unsafe cl_execve(path, arguments, environment)
    }
  }
  return Errno(rawValue: -result)
}

extension Descriptor {
  /// Runs the program that this descriptor holds (execveat(2) with AT_EMPTY_PATH). Returns only when that failed.
  public borrowing func execute(
    arguments: borrowing CStringList, environment: borrowing CStringList
  ) -> Errno {
    let number = self.number
    let result = unsafe arguments.withPointers { arguments in
      unsafe environment.withPointers { environment in
        unsafe cl_execveat(number, "", arguments, environment, 0x1000)
      }
    }
    return Errno(rawValue: -result)
  }
}

/// Whether the effective user with its capabilities may execute the file at a path (faccessat2(2) with X_OK and
/// AT_EACCESS, Linux 5.8). Where a filter hides that call, execve(2) itself says it.
public func isExecutable(_ path: String) -> Errno? {
  let failure = unsafe cl_faccessat2(currentFolder, path, 1, 0x200).failure
  return failure == .noSystemCall ? nil : failure
}

/// Whether the file may be written, without opening it (access(2) with W_OK).
public func isWritable(_ path: HostPath) -> Errno? {
  unsafe cl_faccessat(currentFolder, path.string, 2).failure
}

/// The arguments and the environment that this program was started with.
public enum StartOfProgram {
  /// Arguments whose bytes are no UTF-8 come with replacement characters.
  public static var arguments: [String] {
    (0..<cl_argument_count()).map { index in unsafe String(cString: cl_argument(index)) }
  }

  /// The commit that the program was built from; nil when the build did not know.
  public static var commit: String? {
    guard let text = unsafe cl_commit().map({ unsafe String(cString: $0) }), !text.isEmpty else { return nil }
    return text
  }

  public static var environment: [String] {
    var entries: [String] = []
    guard let list = unsafe cl_environment() else { return entries }
    var index = 0
    while let entry = unsafe list[index] {
      entries.append(unsafe String(cString: entry))
      index += 1
    }
    return entries
  }

  /// The value of a variable; nil when it is not set.
  public static func variable(_ name: String) -> String? {
    guard let list = unsafe cl_environment() else { return nil }
    let name = name.utf8
    var index = 0
    entries: while let entry = unsafe list[index] {
      index += 1
      var offset = 0
      for byte in name {
        if unsafe UInt8(bitPattern: entry[offset]) != byte { continue entries }
        offset += 1
      }
      if unsafe UInt8(bitPattern: entry[offset]) == UInt8(ascii: "=") {
        return unsafe String(cString: entry + offset + 1)
      }
    }
    return nil
  }
}
