internal import Kernel

/// The log that CRIU writes of a dump or a restore: where a failure's cause stands.
struct CRIULog {
  let path: HostPath

  /// Lines before one with an error that are shown with it.
  private static let context = 5
  /// Bytes that are read of the end of a log, and lines that are quoted of it.
  private static let most = 16 << 20
  private static let mostQuoted = 100

  /// The same failure with the first error in the log, all of which `warn` gets with the lines before.
  func explaining(_ error: OperationError, warn: (String) -> Void) -> OperationError {
    guard case .message(let text) = error.cause, text.hasPrefix("criu failed: ") else { return error }
    var explained = error
    let lines: [String]
    do throws(SystemCallError) {
      let file = try Descriptor.open(path, [.readOnly, .noFollow, .nonBlocking])
      lines = String(decoding: try file.readAll(limit: CRIULog.most), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map { singleLine(String($0)) }
    } catch {
      warn("criu's log \(path): \(error)")
      return explained
    }
    for line in CRIULog.quote(lines, from: path.string) { warn(line) }
    if let cause = CRIULog.cause(lines) { explained.cause = .message("\(text): \(cause)") }
    explained.hint = error.hint ?? "all that criu did is in \(path)"
    return explained
  }

  /// The first error: those after it follow from it. That a limit of CRIU's own cannot be raised stops nothing.
  static func cause(_ lines: [String]) -> String? {
    lines.filter(isError).map(withoutTime).first { line in
      !line.split(separator: " ").contains { $0 == "RLIMIT_NOFILE" }
    }
  }

  private static func isError(_ line: String) -> Bool {
    line.utf8.split(separator: UInt8(ascii: " ")).contains { $0.elementsEqual("Error".utf8) }
  }

  /// `(00.012345) Error (criu/mount.c:1): …` without the time since its start.
  static func withoutTime(_ line: String) -> String {
    guard line.hasPrefix("("), let bracket = line.firstIndex(of: ")") else { return line }
    return String(line[line.index(after: bracket)...].drop { $0 == " " })
  }

  /// The lines with errors, each with those before it and its number.
  static func quote(_ lines: [String], from name: String) -> [String] {
    var quoted: [String] = []
    var last = -1
    for (index, line) in lines.enumerated() where isError(line) {
      if quoted.isEmpty {
        quoted.append("--- Quoting \"\(name)\"")
      } else if index - context > last + 1 {
        quoted.append("...")
      }
      for shown in max(last + 1, index - context)...index { quoted.append("\(shown + 1):\(lines[shown])") }
      last = index
      if quoted.count > mostQuoted { break }
    }
    if !quoted.isEmpty { quoted.append("---") }
    return quoted
  }
}
