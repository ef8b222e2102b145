import Foundation
import Testing

@testable import CommandLine

/// The manual in `man/` and the scripts in `completions/` are what the table gives. With APUS_REGENERATE=1 in the
/// environment these tests write them instead of comparing.
@Suite struct ManualPageTests {
  @Test func theFolderHoldsTheTable() throws {
    try GeneratedFiles.check("man", ManualPage.all.map { ($0.fileName, $0.text) })
  }

  @Test func thereIsAPageForTheProgramAndEachCommand() {
    let names = ManualPage.all.map(\.fileName)
    #expect(names.count == Command.allCases.count + 1)
    #expect(names.contains("apus.8") && names.contains("apus-create.8"))
  }

  @Test(arguments: HelpTextTests.topics) func hasTheSectionsOfAManual(_ command: Command?) {
    let text = ManualPage.text(for: command)
    #expect(text.hasPrefix(".\\\" "))
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"] {
      #expect(text.contains("\n.SH \(section)\n"))
    }
    for option in command?.definition.options.list ?? GlobalOptions.options.list {
      #expect(text.contains("\\fB\\-\\-\(Roff.escape(option.long))\\fR"))
    }
  }

  @Test(arguments: [
    (".TH", "\\&.TH"), ("'x", "\\&'x"), ("a.b 'c'", "a.b 'c'"), ("--all", "\\-\\-all"), ("a\\b", "a\\eb"), ("", ""),
  ])
  func escapesWhatRoffReads(_ text: String, _ expected: String) {
    #expect(Roff.escape(text) == expected)
  }

  /// groff is part of man-db; where it is missing the pages cannot be read anyway.
  @Test(.enabled(if: ShellRunner.has("groff")), arguments: HelpTextTests.topics)
  func formatsWithoutAWarning(_ command: Command?) throws {
    let answer = try ShellRunner.run(
      ["groff", "-man", "-Tascii", "-ww", "-rLL=78n"], input: ManualPage.text(for: command))
    #expect(answer.status == 0)
    #expect(answer.errors.isEmpty, "\(answer.errors)")
    #expect(answer.output.hasPrefix("APUS"))
  }
}
