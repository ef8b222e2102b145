import Foundation

/// What the tests are given from outside.
///
/// A variable that is missing is a failure, never a skip: a suite that tests nothing must not look green.
enum TestEnvironment {
  /// The runtime under test: the path of the static binary, in APUS_BINARY.
  static var apus: String {
    get throws {
      guard let path = ProcessInfo.processInfo.environment["APUS_BINARY"], !path.isEmpty else {
        throw TestSetupProblem(
          "APUS_BINARY is not set. Build the static binary (`make build`) and name its absolute path there.")
      }
      return try executable(path, from: "APUS_BINARY")
    }
  }

  /// A statically linked busybox for the root file systems: APUS_BUSYBOX, else Debian's busybox-static.
  static var busybox: String {
    get throws {
      let path = ProcessInfo.processInfo.environment["APUS_BUSYBOX"] ?? "/bin/busybox"
      return try executable(path, from: "APUS_BUSYBOX (package busybox-static)")
    }
  }

  /// The folder with containerd and ctr: APUS_CONTAINERD, else Debian's.
  static var containerd: String { ProcessInfo.processInfo.environment["APUS_CONTAINERD"] ?? "/usr/bin" }

  /// The folder with reference material that is not part of the repository, or nil: APUS_SHARED, else `../shared`.
  static var shared: String? {
    let path = ProcessInfo.processInfo.environment["APUS_SHARED"] ?? "../shared"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  private static func executable(_ path: String, from variable: String) throws -> String {
    guard path.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: path) else {
      throw TestSetupProblem("\(variable): \(path) is not the absolute path of an executable file")
    }
    guard geteuid() == 0 else { throw TestSetupProblem("the integration tests make containers as root: run as root") }
    return path
  }
}

struct TestSetupProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
