internal import Kernel

/// The environment of a container's process: exactly the config's, and HOME when it has none.
enum Environment {
  static func complete(_ process: ProcessPlan) -> [String] {
    // The last of two with one name wins, as in the peers.
    var seen: Set<Substring> = []
    var entries: [String] = []
    for entry in process.env.reversed() {
      let name = entry.prefix { $0 != "=" }
      if seen.insert(name).inserted { entries.append(entry) }
    }
    entries.reverse()
    if !seen.contains("HOME") { entries.append("HOME=\(home(of: process.uid) ?? "/")") }
    return entries
  }

  /// The home folder in the container's own passwd file (passwd(5)). The file is the image's: only a regular one is read,
  /// and never more than 1 MiB.
  private static func home(of uid: UInt32) -> String? {
    do {
      let file = try Descriptor.open(
        HostPath(constant: "/etc/passwd"), [.readOnly, .nonBlocking, .noControllingTerminal])
      guard try file.status().kind == .regular else { return nil }
      let wanted = String(uid)
      for line in try file.readAll(limit: 1 << 20).split(separator: UInt8(ascii: "\n")) {
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if fields.count >= 6, fields[2].elementsEqual(wanted.utf8), !fields[5].isEmpty {
          return String(decoding: fields[5], as: UTF8.self)
        }
      }
    } catch {
      // No passwd file, or one that cannot be read: `/` is the answer then.
    }
    return nil
  }
}
