import Foundation

/// A C program that a test compiles and runs.
enum CProgram {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Answer {
    let status: Int32
    let isSignal: Bool
    let output: String
    let errors: String
  }

  /// Compiles one file with the machine's C compiler, to a place that the next run of the tests uses again.
  static func build(_ source: URL, options: [String] = []) throws -> URL {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: ".build/test-programs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let executable = folder.appending(path: source.deletingPathExtension().lastPathComponent)
    let new = folder.appending(path: UUID().uuidString)
    let arguments = ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", new.path, source.path] + options
    let answer = try start(URL(filePath: "/usr/bin/env"), arguments, input: Data())
    guard answer.status == 0, !answer.isSignal else { throw Failure(description: answer.errors) }
    // A rename, since another run of the tests may be using the one before.
    let move = try start(URL(filePath: "/usr/bin/env"), ["mv", "-f", new.path, executable.path], input: Data())
    guard move.status == 0 else { throw Failure(description: move.errors) }
    return executable
  }

  /// What a program wrote, which must end well.
  static func run(_ executable: URL, input: String) throws -> String {
    let answer = try start(executable, [], input: Data(input.utf8))
    guard answer.status == 0, !answer.isSignal else {
      throw Failure(description: "\(executable.path) ended with \(answer.status): \(answer.errors)")
    }
    return answer.output
  }

  /// Runs a program to its end.
  static func start(_ executable: URL, _ arguments: [String], input: Data) throws -> Answer {
    // Files, since pipes would have to be served all at once.
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-seccomp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    try input.write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let answer = Answer(
      status: process.terminationStatus, isSignal: process.terminationReason == .uncaughtSignal,
      output: try String(contentsOf: files[1], encoding: .utf8),
      errors: try String(contentsOf: files[2], encoding: .utf8))
    try FileManager.default.removeItem(at: folder)
    return answer
  }
}
