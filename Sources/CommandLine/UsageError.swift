/// A command line that cannot be run.
public struct UsageError: Error, Equatable, Sendable {
  public let problem: UsageProblem
  /// The program's name as it was called.
  public let program: String
  /// The command, when the line got that far.
  public let command: Command?
  /// The options of the program up to the mistake: where the error is to be logged.
  public let global: GlobalOptions

  init(_ problem: UsageProblem, program: String, command: Command?, global: GlobalOptions) {
    self.problem = problem
    self.program = program
    self.command = command
    self.global = global
  }
}

/// What is wrong with a command line.
public enum UsageProblem: Error, Equatable, Sendable {
  case unknownCommand(String, suggestion: String?)
  /// The name as written, without its dashes.
  case unknownOption(String, suggestion: String?)
  /// The option as written.
  case missingValue(option: String)
  /// The option's name without dashes, and why the value is refused.
  case invalidValue(String, option: String, reason: String)
  case tooFewArguments(Command, minimum: Int, given: Int)
  case tooManyArguments(Command, maximum: Int, given: Int)
  case argumentCount(Command, exactly: Int, given: Int)
  case unknownShell(String)
  /// A sentence that stands alone, in runc's words.
  case other(String)
}

extension UsageError {
  /// One line in runc's words, where runc has them; control characters in it are escaped.
  public var message: String {
    switch problem {
    case .unknownCommand(let name, let suggestion):
      "No help topic for '\(name.escaped)': there is no such command" + Self.advice(suggestion)
    case .unknownOption(let name, let suggestion):
      "flag provided but not defined: -\(name.escaped)" + Self.advice(suggestion.map { "--\($0)" })
    case .missingValue(let option):
      "flag needs an argument: \(option.escaped)"
    case .invalidValue(let value, let option, let reason):
      "invalid value \"\(value.escaped)\" for flag -\(option): \(reason)"
    case .tooFewArguments(let command, let minimum, let given):
      "\(program): \"\(command.name)\" requires a minimum of \(minimum) argument(s), got \(given)"
    case .tooManyArguments(let command, let maximum, let given):
      "\(program): \"\(command.name)\" requires a maximum of \(maximum) argument(s), got \(given)"
    case .argumentCount(let command, let exactly, let given):
      "\(program): \"\(command.name)\" requires exactly \(exactly) argument(s), got \(given)"
        + (exactly == 0 && [.validate, .explain].contains(command) ? "; the bundle is named by --bundle" : "")
    case .unknownShell(let name):
      "\(program): \"completion\" takes bash, zsh or fish, not \"\(name.escaped)\""
    case .other(let sentence):
      sentence
    }
  }

  /// Where to read more, for people: a line that is not part of ``message``.
  public var hint: String {
    guard let command else { return "see '\(program) --help'" }
    return "see '\(program) \(command.name) --help'"
  }

  /// runc's exit status: 3 for a command that is not there, else 1.
  public var exitCode: Int32 {
    switch problem {
    case .unknownCommand: 3
    case .unknownOption, .missingValue, .invalidValue, .tooFewArguments, .tooManyArguments, .argumentCount,
      .unknownShell, .other:
      1
    }
  }

  private static func advice(_ suggestion: String?) -> String {
    suggestion.map { ", did you mean '\($0)'?" } ?? ""
  }
}

extension String {
  /// The text with quotes, backslashes and control characters escaped, and cut at 200 characters: it came from a
  /// caller and goes to a terminal.
  var escaped: String {
    var text = ""
    var count = 0
    for scalar in unicodeScalars {
      count += 1
      if count > 200 {
        return text + "…"
      }
      switch scalar.value {
      case 0x09: text += "\\t"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0x22, 0x5C: text += "\\" + String(scalar)
      case 0x00...0x1F, 0x7F...0x9F:
        let digits = String(scalar.value, radix: 16)
        text += digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
