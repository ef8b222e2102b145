import Foundation
import Glibc

/// One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
struct MountInfo {
  let mountPoint: String
  /// The folder of the file system that is mounted.
  let root: String
  /// Of the mount itself: `ro`, `nosuid`, …
  let options: Set<String>
  /// `shared:N`, `master:N`, …
  let propagation: [String]
  let type: String
  let source: String
  /// Of the file system below: `size=65536k`, …
  let superOptions: Set<String>

  init?(line: String) {
    let fields = line.split(separator: " ").map(String.init)
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 4 else { return nil }
    root = fields[3]
    mountPoint = fields[4]
    options = Set(fields[5].split(separator: ",").map(String.init))
    propagation = Array(fields[6..<dash])
    type = fields[dash + 1]
    source = fields[dash + 2]
    superOptions = Set(fields[dash + 3].split(separator: ",").map(String.init))
  }

  static func parse(_ text: String) -> [MountInfo] {
    text.split(separator: "\n").compactMap { MountInfo(line: String($0)) }
  }
}

/// The values of /proc/PID/status by their names.
func processStatus(_ text: String) -> [String: String] {
  let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return (String(line[..<colon]), value)
  }
  return Dictionary(pairs) { first, _ in first }
}

/// The identity of a namespace of a process, as in `mnt:[4026531841]` (namespaces(7)).
func namespace(_ kind: String, of pid: pid_t) throws -> String {
  try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)")
}
