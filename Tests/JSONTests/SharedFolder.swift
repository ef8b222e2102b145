import Foundation

/// The shared data sets: `APUS_SHARED`, or the folder `shared` beside the package.
enum SharedFolder {
  static let url =
    ProcessInfo.processInfo.environment["APUS_SHARED"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared")

  static let exists = FileManager.default.fileExists(atPath: url.path)

  /// The names of the JSON files in a folder, in order; none if it is not there.
  static func files(in folder: String) -> [String] {
    let path = url.appending(path: folder).path
    guard exists, let names = FileManager.default.enumerator(atPath: path) else { return [] }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") && !$0.contains("/") }.sorted()
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appending(path: path)))
  }
}
