/// The commands of the program, named as on the command line.
///
/// The names are runc's, so that a caller of runc can call this program; ``explain``, ``validate`` and
/// ``completion`` are ours. `help` is no command of its own: it is a ``Request``.
public enum Command: String, CaseIterable, Sendable {
  case create
  case start
  case run
  case kill
  case delete
  case exec
  case ps
  case pause
  case resume
  case update
  case list
  case state
  case events
  case spec
  case validate
  case explain
  case features
  case checkpoint
  case restore
  case completion
}

extension Command {
  /// The row of the table that parsing, help, manual pages and completions are made from.
  ///
  /// It is made when asked for: a start pays for the command that it runs and for no other.
  public var definition: CommandDefinition {
    switch self {
    case .create: .create
    case .start: .start
    case .run: .run
    case .kill: .kill
    case .delete: .delete
    case .exec: .exec
    case .ps: .ps
    case .pause: .pause
    case .resume: .resume
    case .update: .update
    case .list: .list
    case .state: .state
    case .events: .events
    case .spec: .spec
    case .validate: .validate
    case .explain: .explain
    case .features: .features
    case .checkpoint: .checkpoint
    case .restore: .restore
    case .completion: .completion
    }
  }
}
