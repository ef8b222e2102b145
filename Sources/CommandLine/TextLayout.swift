/// Fills text into lines of 80 columns.
enum TextLayout {
  static let width = 80

  /// The words of the text in lines of at most the width, each indented. A word that is too long gets a line of its
  /// own. All text of the table is ASCII but for the ellipsis, so that bytes are columns.
  static func fill(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines = ""
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if !line.isEmpty, indent + line.utf8.count + 1 + word.utf8.count > width {
        lines += margin + line + "\n"
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return line.isEmpty ? lines : lines + margin + line + "\n"
  }

  /// A term with its explanation beside it, in a column of its own; below it where the term is too long for that.
  static func entry(_ term: String, _ explanation: String, indent: Int, column: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    let filled = fill(explanation, indent: column)
    if indent + term.utf8.count + 2 > column {
      return margin + term + "\n" + filled
    }
    let gap = String(repeating: " ", count: column - indent - term.utf8.count)
    return margin + term + gap + filled.dropFirst(column)
  }
}
