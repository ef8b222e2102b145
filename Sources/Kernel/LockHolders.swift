extension Descriptor {
  /// The processes that hold a flock(2) lock on the file of this descriptor, in the caller's pid namespace
  /// (proc_locks(5)). One that took the lock and left it to a child is named although it is gone.
  public borrowing func lockHolders() throws(SystemCallError) -> [Int32] {
    let status = try status()
    let file = "\(hexadecimal(status.device.major)):\(hexadecimal(status.device.minor)):\(status.inode)"
    var holders: [Int32] = []
    let table = try HostPath(constant: "/proc/locks").read(limit: 64 << 20, expected: 4096)
    for line in table.split(separator: UInt8(ascii: "\n")) {
      // `1: FLOCK  ADVISORY  WRITE 4711 00:1a:123 0 EOF`; one that waits has an arrow after the number.
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count > 5, fields[1].elementsEqual("FLOCK".utf8) else { continue }
      if fields[5].elementsEqual(file.utf8), let pid = Int32(String(decoding: fields[4], as: UTF8.self)), pid > 1 {
        holders.append(pid)
      }
    }
    return holders
  }
}

/// Two digits at least, as the kernel writes a device's numbers.
private func hexadecimal(_ number: UInt32) -> String {
  (number < 16 ? "0" : "") + String(number, radix: 16)
}
