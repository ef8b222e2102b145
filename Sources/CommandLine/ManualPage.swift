/// The manual, section 8: one page for the program and one for each command, in roff with the man macros.
public enum ManualPage {
  /// The name of a page's file: `apus.8`, `apus-create.8`.
  public static func fileName(for command: Command?) -> String {
    name(of: command) + ".8"
  }

  /// All pages by the names of their files.
  public static var all: [(fileName: String, text: String)] {
    ([nil] + Command.allCases.map(Optional.some)).map { (fileName(for: $0), text(for: $0)) }
  }

  /// The page of a command, or of the program.
  public static func text(for command: Command?) -> String {
    var page = Roff()
    page.line(".\\\" Written from the table of options; change that, then run the tests with APUS_REGENERATE=1.")
    page.line(".TH \(Roff.escape(name(of: command).uppercased())) 8 \"\" apus \"System Administration\"")
    if let command {
      add(command, to: &page)
    } else {
      addProgram(to: &page)
    }
    return page.text
  }

  private static func name(of command: Command?) -> String {
    command.map { "apus-\($0.name)" } ?? "apus"
  }

  private static func add(_ command: Command, to page: inout Roff) {
    let (definition, manual) = (command.definition, command.manual)
    page.section("NAME")
    page.paragraph("apus-\(command.name) - \(manual.summary)")
    page.section("SYNOPSIS")
    page.line("\\fBapus \(Roff.escape(command.name))\\fR")
    if !definition.synopsis.isEmpty {
      page.paragraph(definition.synopsis)
    }
    page.section("DESCRIPTION")
    page.paragraphs(manual.description)
    page.section("OPTIONS")
    page.options(definition.options.list + [.global(.help)])
    page.line(".PP")
    page.line("The global options of \\fBapus\\fR(8) are taken here too.")
    page.section("EXIT STATUS")
    page.paragraph(manual.exitStatus ?? "0 on success, 1 on failure.")
    if !manual.examples.isEmpty {
      page.section("EXAMPLES")
      page.examples(manual.examples)
    }
    page.section("SEE ALSO")
    page.references(["apus"] + related(to: command).map { "apus-" + $0.name })
  }

  private static func addProgram(to page: inout Roff) {
    page.section("NAME")
    page.paragraph("apus - Open Container Initiative runtime")
    page.section("SYNOPSIS")
    page.line("\\fBapus\\fR")
    page.paragraph("[global options] <command> [options] [arguments]")
    page.section("DESCRIPTION")
    page.paragraphs(ProgramDescription.paragraphs)
    page.section("COMMANDS")
    for command in Command.allCases {
      page.line(".TP")
      page.line("\\fBapus\\-\(Roff.escape(command.name))\\fR(8)")
      page.paragraph(command.manual.summary)
    }
    page.section("OPTIONS")
    page.paragraph(
      """
      An option is written --name value or --name=value; one dash does for two. Global options stand before the \
      command or among its own options. The word -- ends the options.
      """)
    page.options(GlobalOptions.options.list + GlobalOptions.leadingOptions.list)
    page.section("EXIT STATUS")
    page.paragraph("0 on success, 1 on failure, 3 for a command that is unknown, unless a command's page says more.")
    page.section("EXAMPLES")
    page.examples(ProgramDescription.examples)
    page.section("SEE ALSO")
    page.references(Command.allCases.map { "apus-" + $0.name })
  }

  /// The commands that a reader of this one looks for next.
  private static func related(to command: Command) -> [Command] {
    switch command {
    case .create: [.start, .run, .delete, .spec]
    case .start: [.create, .run]
    case .run: [.create, .spec, .exec, .delete]
    case .kill: [.delete, .ps]
    case .delete: [.kill, .list]
    case .exec: [.run, .ps]
    case .ps: [.exec, .list]
    case .pause: [.resume]
    case .resume: [.pause]
    case .update: [.events]
    case .list: [.state, .ps]
    case .state: [.list]
    case .events: [.update]
    case .spec: [.run, .validate]
    case .validate: [.spec, .explain]
    case .explain: [.validate, .create]
    case .features: [.validate]
    case .checkpoint: [.restore]
    case .restore: [.checkpoint]
    case .completion: []
    }
  }
}
