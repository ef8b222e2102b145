import Foundation

/// Runs a program found on PATH to its end and collects what it wrote.
enum Command {
  struct Answer {
    let status: Int32
    let output: String
    let errors: String
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ answer: Answer) {
      description = "exit status \(answer.status): \(answer.errors)"
    }
  }

  static func run(_ arguments: [String], in folder: URL) throws -> Answer {
    // Files, since two pipes would have to be read at once.
    let scratch = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
    let files = [scratch.appending(path: "stdout"), scratch.appending(path: "stderr")]
    for file in files { try Data().write(to: file) }

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()

    let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
    try FileManager.default.removeItem(at: scratch)
    return Answer(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
