@testable import CommandLine

/// A command line as one writes it; words are separated by spaces, and `''` is an empty word.
func words(_ line: String) -> [String] {
  line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
}

/// Parses a line that has to be a command.
func parsed(_ line: String, program: String = "apus") throws -> Invocation {
  guard case .run(let invocation) = try Request.parse([program] + words(line)) else {
    throw UnexpectedRequest(line: line)
  }
  return invocation
}

/// The error of a line that has to be refused.
func usageError(_ line: String, program: String = "apus") throws -> UsageError {
  do throws(UsageError) {
    _ = try Request.parse([program] + words(line))
  } catch {
    return error
  }
  throw UnexpectedRequest(line: line)
}

struct UnexpectedRequest: Error {
  let line: String
}
