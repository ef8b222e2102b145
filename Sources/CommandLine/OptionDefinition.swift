/// How an option is explained and completed. Its name and kind are those of ``identifier``.
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
  /// What stands for the value in help: `path` in `--bundle <path>`; nil for an option that is on or off.
  public let placeholder: String?
  /// What the option does, in one sentence.
  public let help: String
  /// What holds when the option is absent, for people.
  public let defaultText: String?
  /// What a shell offers for the value.
  public let completion: Completion

  init(
    _ identifier: OptionIdentifier, _ placeholder: String? = nil, help: String, defaultText: String? = nil,
    completion: Completion = .nothing
  ) {
    self.identifier = identifier
    self.placeholder = placeholder
    self.help = help
    self.defaultText = defaultText
    self.completion = completion
  }
}

extension OptionDefinition {
  /// `--bundle` and `-b`.
  var spellings: [String] {
    ["--" + identifier.long] + (identifier.short.map { ["-" + $0] } ?? [])
  }

  /// `-b, --bundle <path>`, or `    --keep` where there is no short name.
  var synopsis: String {
    var text = identifier.short.map { "-\($0), " } ?? "    "
    text += "--" + identifier.long
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
