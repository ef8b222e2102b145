/// The commands of the program, named as on the command line.
///
/// The names are runc's, so that a caller of runc can call this program; ``explain``, ``validate`` and
/// ``completion`` are ours. `help` is no command of its own: it is a ``Request``.
public enum Command: UInt8, CaseIterable, Sendable {
  case create, start, run, kill, delete
  case exec, ps, pause, resume, update
  case list, state, events
  case spec, validate, explain, features
  case checkpoint, restore
  case completion
}

extension Command {
  /// The command of this name.
  ///
  /// One comparison after the other: an enumeration whose raw values are texts would build a hash table of them
  /// first, which takes longer than all else in parsing.
  public init?(name: String) {
    var number: UInt8 = 0
    while let command = Command(rawValue: number) {
      if command.name == name {
        self = command
        return
      }
      number += 1
    }
    return nil
  }

  public var name: String {
    switch self {
    case .create: "create"
    case .start: "start"
    case .run: "run"
    case .kill: "kill"
    case .delete: "delete"
    case .exec: "exec"
    case .ps: "ps"
    case .pause: "pause"
    case .resume: "resume"
    case .update: "update"
    case .list: "list"
    case .state: "state"
    case .events: "events"
    case .spec: "spec"
    case .validate: "validate"
    case .explain: "explain"
    case .features: "features"
    case .checkpoint: "checkpoint"
    case .restore: "restore"
    case .completion: "completion"
    }
  }
}

extension Command {
  /// The command as it is parsed.
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

  /// The command as it is explained.
  public var manual: CommandManual {
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
