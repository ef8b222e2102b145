/// A command as it is parsed: its options and words. How it is explained is its ``CommandManual``.
public struct CommandDefinition: Sendable {
  public let command: Command
  /// The words that are no options.
  public let arguments: ArgumentList
  /// Whether the first word that is no option ends the options, so that what follows it is taken as it stands.
  public let optionsEndAtFirstArgument: Bool
  /// The options of the command's own, in the order of the help text.
  public let options: OptionList
  /// Options of older callers, accepted and not shown.
  public let obsoleteOptions: OptionList

  init(
    _ command: Command, _ arguments: ArgumentList, optionsEndAtFirstArgument: Bool = false,
    options: OptionList = .none, obsoleteOptions: OptionList = .none
  ) {
    self.command = command
    self.arguments = arguments
    self.optionsEndAtFirstArgument = optionsEndAtFirstArgument
    self.options = options
    self.obsoleteOptions = obsoleteOptions
  }
}

extension CommandDefinition {
  /// `[options] <container-id> [signal]`.
  var synopsis: String {
    let words = options.list.isEmpty ? [] : ["[options]"]
    return (words + arguments.list.map { $0.synopsis }).joined(separator: " ")
  }
}
