/// One row of the table: a command with its options, as it is parsed, explained and completed.
public struct CommandDefinition: Sendable {
  public let command: Command
  /// One line, without a full stop.
  public let summary: String
  /// What the command does, paragraph by paragraph.
  public let description: [Paragraph]
  /// The words after the options, in order.
  public let arguments: [Argument]
  /// Whether the first word that is no option ends the options, so that what follows it is taken as it stands.
  public let optionsEndAtFirstArgument: Bool
  /// The options of the command's own, in the order of the help text.
  public let options: [OptionDefinition]
  public let examples: [Example]
  /// What the exit status says where it is more than 0 for success and 1 for failure.
  public let exitStatus: String?

  init(
    _ command: Command, summary: String, description: [Paragraph] = [], arguments: [Argument] = [],
    optionsEndAtFirstArgument: Bool = false, options: [OptionDefinition] = [], examples: [Example] = [],
    exitStatus: String? = nil
  ) {
    self.command = command
    self.summary = summary
    self.description = description
    self.arguments = arguments
    self.optionsEndAtFirstArgument = optionsEndAtFirstArgument
    self.options = options
    self.examples = examples
    self.exitStatus = exitStatus
  }
}

extension CommandDefinition {
  /// A part of a description.
  public enum Paragraph: Sendable {
    /// Text that is filled to the width of the page.
    case text(String)
    /// Lines that stay as they are.
    case lines([String])
  }

  /// A command line that a reader can try, written without the program's name.
  public struct Example: Sendable {
    public let line: String
    public let purpose: String
  }

  /// A word, or words, after the options.
  public struct Argument: Sendable {
    /// What the word is, which is what a shell offers for it.
    public enum Kind: Equatable, Sendable {
      case existingContainer
      case newContainer
      case signal
      /// One of these words; another one is a ``UsageError``.
      case choice([String])
      case other
    }

    /// How many words it stands for.
    public enum Count: Sendable {
      case one, optional, any
    }

    public let name: String
    public let kind: Kind
    public let count: Count

    init(_ name: String, _ kind: Kind, _ count: Count = .one) {
      self.name = name
      self.kind = kind
      self.count = count
    }

    /// `<container-id>`, `[signal]`, `[argument...]`.
    var synopsis: String {
      switch count {
      case .one: "<\(name)>"
      case .optional: "[\(name)]"
      case .any: "[\(name)...]"
      }
    }
  }

  /// The fewest words the command takes.
  public var minimumArguments: Int {
    arguments.reduce(0) { sum, argument in
      switch argument.count {
      case .one: sum + 1
      case .optional, .any: sum
      }
    }
  }

  /// The most words the command takes; nil where there is no end.
  public var maximumArguments: Int? {
    var sum = 0
    for argument in arguments {
      switch argument.count {
      case .one, .optional: sum += 1
      case .any: return nil
      }
    }
    return sum
  }

  /// The options that help shows.
  var visibleOptions: [OptionDefinition] { options.filter { !$0.isHidden } }

  /// `[options] <container-id> [signal]`.
  var synopsis: String {
    let words = visibleOptions.isEmpty ? [] : ["[options]"]
    return (words + arguments.map(\.synopsis)).joined(separator: " ")
  }
}
