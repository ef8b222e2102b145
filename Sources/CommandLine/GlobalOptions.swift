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
  /// The file that the log is appended to; nil is standard error.
  public var log: String?
  public var logFormat = LogFormat.text
  /// The folder with the state of the containers, as given; nil when not given.
  public var root: String?
  /// Cgroups through systemd: `cgroupsPath` is `slice:prefix:name`.
  public var systemdCgroup = false
  public var rootless = Rootless.automatic

  public init() {}
}

extension GlobalOptions {
  /// The folder with the state of the containers when neither an option nor the caller's situation names another.
  public static var defaultRoot: String { "/run/apus" }

  /// The rows of the options that every command takes, before or after its name.
  static var definitions: [OptionDefinition] {
    [
      OptionDefinition(.global(.debug), help: "Write debug lines to the log."),
      OptionDefinition(
        .global(.log), "file", help: "Append the log to this file.", defaultText: "standard error",
        completion: .file),
      OptionDefinition(
        .global(.logFormat), "format", help: "Write the log as text or json.", defaultText: "text",
        completion: .choice(["text", "json"])),
      OptionDefinition(
        .global(.root), "folder",
        help: "Keep the state of containers in this folder, which should be on a tmpfs.",
        defaultText: defaultRoot, completion: .folder),
      OptionDefinition(
        .global(.systemdCgroup),
        help: "Make cgroups through systemd; cgroupsPath is then slice:prefix:name, as in system.slice:apus:web."),
      OptionDefinition(
        .global(.rootless), "mode",
        help: "Ignore errors of permission on cgroups: true, false or auto.", defaultText: "auto",
        completion: .choice(["true", "false", "auto"])),
      OptionDefinition(
        .global(.criu), "path", help: "Obsolete, ignored: criu is looked up in PATH.", completion: .file,
        isHidden: true),
    ]
  }

  static var helpDefinition: OptionDefinition {
    OptionDefinition(.global(.help), short: "h", help: "Show help.")
  }

  /// Only before the command: `-v` is no option of a command.
  static var versionDefinition: OptionDefinition {
    OptionDefinition(.global(.version), short: "v", help: "Show the version.")
  }
}
