/// What `--help` shows, laid out for 80 columns. The headings are those that readers and tests of runc look for.
public enum HelpText {
  private static let column = 30

  /// Help on a command, or on the program.
  ///
  /// - Parameter program: the name as it was called, see ``Request/programName(of:)``.
  public static func text(for command: Command?, program: String) -> String {
    guard let command else { return text(forProgram: program) }
    let (definition, manual) = (command.definition, command.manual)
    let name = ([program, command.name, definition.synopsis]).filter { !$0.isEmpty }.joined(separator: " ")
    var text = "NAME:\n   \(program) \(command.name) - \(manual.summary)\n"
    text += "\nUSAGE:\n   \(name)\n"
    text += "\nDESCRIPTION:\n" + manual.description.map(Self.text(of:)).joined(separator: "\n")
    text += "\nOPTIONS:\n"
    text += (definition.options.list + [.global(.help)]).map(entry(for:)).joined()
    text += "\n" + TextLayout.fill("The global options are taken here too, see \(program) --help.", indent: 3)
    if let exitStatus = manual.exitStatus {
      text += "\nEXIT STATUS:\n" + TextLayout.fill(exitStatus, indent: 3)
    }
    if !manual.examples.isEmpty {
      text += "\nEXAMPLES:\n" + manual.examples.map { example(for: $0, program) }.joined(separator: "\n")
    }
    return text
  }

  private static func text(forProgram program: String) -> String {
    var text = "NAME:\n   \(program) - Open Container Initiative runtime\n"
    text += "\nUSAGE:\n   \(program) [global options] <command> [options] [arguments]\n"
    text += "\nDESCRIPTION:\n" + ProgramDescription.paragraphs.map(text(of:)).joined(separator: "\n")
    text += "\nCOMMANDS:\n"
    for command in Command.allCases {
      text += TextLayout.entry(command.name, command.manual.summary, indent: 3, column: 16)
    }
    text += TextLayout.entry("help", "show help on a command", indent: 3, column: 16)
    text += "\nGLOBAL OPTIONS:\n"
    text += (GlobalOptions.options.list + GlobalOptions.leadingOptions.list).map(entry(for:)).joined()
    text += "\nEXAMPLES:\n"
    text += ProgramDescription.examples.map { example(for: $0, program) }.joined(separator: "\n")
    return text
  }

  private static func text(of paragraph: CommandManual.Paragraph) -> String {
    switch paragraph {
    case .text(let text): TextLayout.fill(text, indent: 3)
    case .lines(let lines): lines.map { "       \($0)\n" }.joined()
    }
  }

  private static func entry(for option: OptionIdentifier) -> String {
    let definition = option.definition
    return TextLayout.entry(definition.synopsis, definition.explanation, indent: 3, column: column)
  }

  private static func example(for example: CommandManual.Example, _ program: String) -> String {
    TextLayout.fill(example.purpose, indent: 3) + "       # \(program) \(example.line)\n"
  }
}
