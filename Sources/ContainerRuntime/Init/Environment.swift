internal import Kernel

/// The environment of a container's process: exactly the config's, and HOME when it has none.
enum Environment {
  static func complete(_ process: ProcessPlan) -> [String] {
    // The last of two with one name wins, as in the peers.
    let names = process.env.map { $0.prefix { $0 != "=" } }
    let order = names.indices.sorted { (names[$0], $0) < (names[$1], $1) }
    var isLast = [Bool](repeating: true, count: names.count)
    for (index, next) in zip(order, order.dropFirst()) where names[index] == names[next] { isLast[index] = false }
    // An empty HOME is none, as in runc.
    var entries = process.env.indices.filter { isLast[$0] && process.env[$0] != "HOME=" }.map { process.env[$0] }
    if !entries.contains(where: { $0.hasPrefix("HOME=") }) { entries.append("HOME=\(home(of: process.uid) ?? "/")") }
    if !Defence.ownEnvironment.isOn { entries += StartOfProgram.environment }
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
