internal import Kernel

/// Names of users by their numbers, from /etc/passwd of the host, as `list` shows them. The file is read once, and only
/// when somebody asks.
struct OwnerNames {
  private var lines: [ArraySlice<UInt8>]?
  private var known: (uid: UInt32, name: String)?

  /// `#1000` for a number without a name, as runc writes it.
  mutating func name(of uid: UInt32) -> String {
    if let known, known.uid == uid { return known.name }
    let lines = self.lines ?? Self.read()
    self.lines = lines
    let name = Self.name(of: uid, in: lines) ?? "#\(uid)"
    known = (uid, name)
    return name
  }

  private static func read() -> [ArraySlice<UInt8>] {
    do throws(SystemCallError) {
      return try HostPath(constant: "/etc/passwd").read(limit: 16 << 20, expected: 4096)
        .split(separator: UInt8(ascii: "\n"))
    } catch {
      // A host without the file has numbers only.
      return []
    }
  }

  /// passwd(5): the name stands first, the number third.
  private static func name(of uid: UInt32, in lines: [ArraySlice<UInt8>]) -> String? {
    let wanted = String(uid)
    for line in lines {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count > 2, fields[2].elementsEqual(wanted.utf8), !fields[0].isEmpty else { continue }
      return String(decoding: fields[0], as: UTF8.self)
    }
    return nil
  }
}
