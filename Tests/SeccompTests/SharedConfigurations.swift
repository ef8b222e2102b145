import Foundation
import JSON
import OCI

/// The configurations of real callers in the shared data sets.
enum SharedConfigurations {
  private static let folder: URL = {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let shared = ProcessInfo.processInfo.environment["APUS_SHARED"] ?? "../shared"
    return URL(filePath: shared, relativeTo: root).appending(path: "configs")
  }()

  static let isPresent = FileManager.default.fileExists(atPath: folder.path)

  /// The seccomp profile of a `config.json`; nil when it has none.
  static func profile(_ name: String) throws -> OCI.Seccomp? {
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).json")))
    return try OCI.Spec(json: bytes, named: "\(name).json").linux?.seccomp
  }
}
