/// One row of the table: an option, as it is written, explained and completed.
public struct OptionDefinition: Sendable {
  /// What a shell offers for the option's value.
  public enum Completion: Equatable, Sendable {
    case nothing
    case file
    case folder
    /// One of these words; another one is a ``UsageError``.
    case choice([String])
  }

  /// Which option this is, and the kind of its value.
  public let identifier: OptionIdentifier
  /// The long name, without dashes: `bundle` for `--bundle` and `-bundle`.
  public let long: String
  /// The short name of one letter, without the dash.
  public let short: String?
  /// What stands for the value in help: `path` in `--bundle <path>`; nil for an option that is on or off.
  public let placeholder: String?
  /// What holds when the option is absent, for people.
  public let defaultText: String?
  /// What the option does, in one sentence.
  public let help: String
  /// What a shell offers for the value.
  public let completion: Completion
  /// Accepted without being shown: obsolete options of older callers.
  public let isHidden: Bool

  init(
    _ identifier: OptionIdentifier, short: String? = nil, _ placeholder: String? = nil, help: String,
    defaultText: String? = nil, completion: Completion = .nothing, isHidden: Bool = false
  ) {
    self.identifier = identifier
    self.long = identifier.name
    self.short = short
    self.placeholder = placeholder
    self.defaultText = defaultText
    self.help = help
    self.completion = completion
    self.isHidden = isHidden
  }
}

extension OptionDefinition {
  /// `-b, --bundle <path>`, or `    --keep` where there is no short name.
  var synopsis: String {
    var text = short.map { "-\($0), " } ?? "    "
    text += "--" + long
    if let placeholder {
      text += " <\(placeholder)>"
    }
    return text
  }

  /// The help sentence with the default behind it.
  var explanation: String {
    guard let defaultText else { return help }
    return "\(help) (default: \(defaultText))"
  }
}
