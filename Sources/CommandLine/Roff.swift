/// A manual page as it grows.
struct Roff {
  private(set) var text = ""

  mutating func line(_ line: String) {
    text += line + "\n"
  }

  mutating func section(_ title: String) {
    line(".SH " + title)
  }

  /// Text on one line, which roff fills; a dot or an apostrophe in front would be a request.
  mutating func paragraph(_ paragraph: String) {
    line(Self.escape(paragraph))
  }

  mutating func paragraphs(_ paragraphs: [CommandManual.Paragraph]) {
    for paragraph in paragraphs {
      line(".PP")
      switch paragraph {
      case .text(let text): self.paragraph(text)
      case .lines(let lines): literal(lines)
      }
    }
  }

  mutating func options(_ options: [OptionIdentifier]) {
    for option in options.map({ $0.definition }) {
      line(".TP")
      let spellings = option.spellings.reversed().map { "\\fB\(Self.escape($0))\\fR" }.joined(separator: ", ")
      line(spellings + (option.placeholder.map { " \\fI\(Self.escape($0))\\fR" } ?? ""))
      paragraph(option.explanation)
    }
  }

  mutating func examples(_ examples: [CommandManual.Example]) {
    for example in examples {
      line(".PP")
      paragraph(example.purpose)
      literal(["# apus " + example.line])
    }
  }

  mutating func references(_ pages: [String]) {
    line(pages.map { "\\fB\(Self.escape($0))\\fR(8)" }.joined(separator: ",\n"))
  }

  private mutating func literal(_ lines: [String]) {
    line(".RS 4")
    line(".nf")
    for text in lines {
      line(Self.escape(text))
    }
    line(".fi")
    line(".RE")
  }

  /// The text with what means something to roff escaped. A dash is one that can be copied into a shell.
  static func escape(_ text: String) -> String {
    var escaped = ""
    if text.hasPrefix(".") || text.hasPrefix("'") {
      escaped += "\\&"
    }
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
