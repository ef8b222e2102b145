/// The options of the program itself, whatever the command is.
public struct GlobalOptions: Equatable, Sendable {
  /// How a line of the log is written (`--log-format`).
  public enum LogFormat: String, CaseIterable, Sendable {
    case text, json
  }

  /// Whether errors of permission on cgroups are ignored (`--rootless`).
  public enum Rootless: Sendable {
    /// Decided by who the caller is.
    case automatic
    case on
    case off
  }

  /// Debug lines in the log.
  public var debug = false
  // Empty for absent: copying an optional text asks the runtime for the metadata of its type.
  private var logText = ""
  public var logFormat = LogFormat.text
  private var rootText = ""
  /// Cgroups through systemd: `cgroupsPath` is `slice:prefix:name`.
  public var systemdCgroup = false
  public var rootless = Rootless.automatic

  public init() {}

  /// The file that the log is appended to; nil is standard error. An empty name is as good as none.
  public var log: String? {
    get { logText.isEmpty ? nil : logText }
    set { logText = newValue ?? "" }
  }

  /// The folder with the state of the containers, as given; nil when not given. It is never empty.
  public var root: String? {
    get { rootText.isEmpty ? nil : rootText }
    set { rootText = newValue ?? "" }
  }
}

extension GlobalOptions {
  /// The folder with the state of the containers when neither an option nor the caller's situation names another.
  public static var defaultRoot: String { "/run/apus" }

  /// What stands before a command, or among its own options.
  static var options: OptionList {
    OptionList([
      .global(.debug), .global(.log), .global(.logFormat), .global(.root), .global(.systemdCgroup),
      .global(.rootless), .global(.help),
    ])
  }

  /// Options of older callers, accepted and not shown.
  static var obsoleteOptions: OptionList { OptionList([.global(.criu)]) }

  /// What stands before a command only.
  static var leadingOptions: OptionList { OptionList([.global(.version)]) }
}
