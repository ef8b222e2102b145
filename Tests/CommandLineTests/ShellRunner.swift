import Foundation

/// Runs a program found on PATH with a text on its standard input.
enum ShellRunner {
  struct Answer {
    let status: Int32
    let output: String
    let errors: String
  }

  static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { folder in
      FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)")
    }
  }

  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> Answer {
    // Files, since pipes would have to be read and written at once.
    let scratch = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
    let (inputFile, outputFile, errorFile) = (
      scratch.appending(path: "stdin"), scratch.appending(path: "stdout"), scratch.appending(path: "stderr")
    )
    try input.write(to: inputFile, atomically: false, encoding: .utf8)
    for file in [outputFile, errorFile] { try Data().write(to: file) }

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()

    let output = try String(contentsOf: outputFile, encoding: .utf8)
    let errors = try String(contentsOf: errorFile, encoding: .utf8)
    try FileManager.default.removeItem(at: scratch)
    return Answer(status: process.terminationStatus, output: output, errors: errors)
  }
}
