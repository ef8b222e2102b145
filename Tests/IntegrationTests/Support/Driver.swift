import Foundation
import Testing

/// Who makes the cgroups of the containers: apus itself, or systemd, where APUS_SYSTEMD_CGROUP asks for it.
enum Driver {
  static let isSystemd = ProcessInfo.processInfo.environment["APUS_SYSTEMD_CGROUP"] != nil

  /// The last part of the cgroup of a container whose config names none.
  static func cgroupName(of id: String) -> String { isSystemd ? "runc-\(id).scope" : id }
}

/// A program that calls the runtime as the host under test does: as an ordinary user, or with systemd's cgroups.
/// Elsewhere it is the runtime itself.
struct RuntimeCall {
  let path: String

  init(of binary: String, at path: String) throws {
    let user = Caller.ordinary
    guard user != nil || Driver.isSystemd else {
      self.path = binary
      return
    }
    self.path = path
    let script = """
      #!/bin/sh
      exec \(user?.becoming ?? "")\(binary)\(Driver.isSystemd ? " --systemd-cgroup" : "") "$@"

      """
    try Data(script.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }
}

extension Trait where Self == ConditionTrait {
  /// What has another course, or none, where systemd makes the cgroups.
  static func ownDriver(_ reason: Comment) -> Self {
    .enabled(if: !Driver.isSystemd, "with systemd's cgroups: \(reason)")
  }

  /// With systemd's driver `linux.cgroupsPath` is a slice and a name, and an ordinary user has no place but what was given.
  static var placeByPath: Self {
    .enabled(
      if: !Driver.isSystemd && Caller.isRoot,
      "systemd's places are slices with names, and an ordinary user's are below what was delegated")
  }
}
