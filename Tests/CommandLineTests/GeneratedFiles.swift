import Foundation
import Testing

/// Files in the repository that are written from the table.
enum GeneratedFiles {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static var regenerates: Bool { ProcessInfo.processInfo.environment["APUS_REGENERATE"] == "1" }

  /// Compares the files of a folder with these texts, or writes them; a file that is none of them is a difference too.
  static func check(_ folder: String, _ files: [(name: String, text: String)]) throws {
    let folder = root.appending(path: folder)
    if regenerates {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        try FileManager.default.removeItem(at: folder.appending(path: name))
      }
      for file in files {
        try file.text.write(to: folder.appending(path: file.name), atomically: true, encoding: .utf8)
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names) == Set(files.map(\.name)))
    for file in files where names.contains(file.name) {
      let text = try String(contentsOf: folder.appending(path: file.name), encoding: .utf8)
      #expect(text == file.text, "\(file.name) differs from the table; run the tests with APUS_REGENERATE=1")
    }
  }
}
