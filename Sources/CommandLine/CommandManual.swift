/// How a command is explained.
public struct CommandManual: Sendable {
  /// One line, without a full stop.
  public let summary: String
  /// What the command does, paragraph by paragraph.
  public let description: [Paragraph]
  public let examples: [Example]
  /// What the exit status says where it is more than 0 for success and 1 for failure.
  public let exitStatus: String?

  init(
    summary: String, description: [Paragraph] = [], examples: [Example] = [], exitStatus: String? = nil
  ) {
    self.summary = summary
    self.description = description
    self.examples = examples
    self.exitStatus = exitStatus
  }
}

extension CommandManual {
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
}
