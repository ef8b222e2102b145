import Foundation
import Glibc
import Testing

/// Who calls the runtime: root, or the ordinary user of APUS_ROOTLESS. The tests themselves are root in both cases: they
/// make the surroundings, and look from outside at what the runtime makes.
struct Caller: Sendable {
  let name: String
  let uid: Int
  let gid: Int
  /// The first id of the range that /etc/subuid and /etc/subgid give to the user, and its length.
  let range: (first: Int, length: Int)

  /// Nil is root.
  static let ordinary: Caller? = ProcessInfo.processInfo.environment["APUS_ROOTLESS"].flatMap(Caller.init)

  static var isRoot: Bool { ordinary == nil }

  private init?(name: String) {
    let fields = Caller.fields(of: name, in: "/etc/passwd")
    guard fields.count > 4, let uid = Int(fields[2]), let gid = Int(fields[3]) else { return nil }
    let range = Caller.fields(of: name, in: "/etc/subuid")
    guard range.count == 3, let first = Int(range[1]), let length = Int(range[2]) else { return nil }
    (self.name, self.uid, self.gid, self.range) = (name, uid, gid, (first, length))
  }

  private static func fields(of name: String, in file: String) -> [String] {
    let line = readText(file).split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  /// Root inside is the user, and what is above is the user's range (user_namespaces(7)).
  var mappings: JSONValue {
    [
      ["containerID": 0, "hostID": .integer(uid), "size": 1],
      ["containerID": 1, "hostID": .integer(range.first), "size": .integer(range.length)],
    ]
  }

  /// What makes a program the user's, whoever calls it.
  var becoming: String { "/usr/bin/setpriv --reuid \(uid) --regid \(gid) --init-groups --inh-caps=-all " }

  /// Gives a file or a folder to the user.
  func own(_ path: String) throws {
    guard unsafe lchown(path, uid_t(uid), gid_t(gid)) == 0 else { throw TestSetupProblem("cannot chown \(path)") }
  }

  /// The same with all that is below.
  func ownAll(below path: String) throws {
    try own(path)
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) { try own("\(path)/\(name)") }
  }
}

extension Trait where Self == ConditionTrait {
  /// What an ordinary user may not do, whatever the runtime is.
  static func root(_ reason: Comment) -> Self { .enabled(if: Caller.isRoot, "for root alone: \(reason)") }
}
