package import Kernel

/// A file of a cgroup.
package struct ControlFile {
  package let path: HostPath

  package init(_ folder: HostPath, _ name: String) { path = folder.appending(name) }

  /// Writes in one call, as the kernel asks for; several lines go one by one.
  package func write(_ value: String) throws(SystemCallError) {
    let file = try Descriptor.open(path, .writeOnly)
    if value.utf8.count > 1 && value.utf8.contains(UInt8(ascii: "\n")) {
      for line in value.utf8.split(separator: UInt8(ascii: "\n")) { try write(String(Substring(line)), to: file) }
    } else {
      try write(value, to: file)
    }
  }

  private func write(_ value: String, to file: borrowing Descriptor) throws(SystemCallError) {
    do {
      try file.writeOnce(value)
    } catch {
      throw SystemCallError("write \(quoted(value)) to", path.string, error.errno)
    }
  }

  /// The whole file without white space at its end.
  /// - Parameter inOnePiece: it holds a single value.
  package func read(inOnePiece: Bool = false) throws(SystemCallError) -> String {
    var bytes = try path.read(inOnePiece: inOnePiece)
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The words of a file that holds one line.
  package func readWords() throws(CgroupError) -> [String] {
    try wrapping { () throws(SystemCallError) in
      try read().utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { String(Substring($0)) }
    }
  }

  /// The value after a key in a file of `key value` lines.
  package func value(ofKey key: String) throws(SystemCallError) -> UInt64? {
    keyedValue(key, in: try path.read())
  }
}

func keyedValue(_ key: String, in bytes: [UInt8]) -> UInt64? {
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
    if parts.count == 2, parts[0].elementsEqual(key.utf8) { return UInt64(String(decoding: parts[1], as: UTF8.self)) }
  }
  return nil
}

/// A value as an error message shows it: short and without control characters.
private func quoted(_ value: String) -> String {
  let shown = value.unicodeScalars.prefix(60).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) }
  return "\"\(String(shown))\""
}

/// Runs a system call for a property of the configuration.
package func wrapping<Result: ~Copyable>(
  _ property: String? = nil, _ body: () throws(SystemCallError) -> Result
) throws(CgroupError) -> Result {
  do { return try body() } catch { throw .system(error, property: property) }
}
