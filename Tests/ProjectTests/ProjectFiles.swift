import Foundation

/// The project's own files, read as text.
enum ProjectFiles {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The paths, relative to the root, of all Swift files under `folder`; empty when there is no such folder.
  static func swiftFiles(under folder: String) -> [String] {
    let start = root.appending(path: folder)
    guard let files = FileManager.default.enumerator(atPath: start.path) else { return [] }
    return files.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".swift") }
      .map { "\(folder)/\($0)" }
      .sorted()
  }
}
