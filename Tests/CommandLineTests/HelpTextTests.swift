import Testing

@testable import CommandLine

@Suite struct HelpTextTests {
  static let topics: [Command?] = [nil] + Command.allCases.map(Optional.some)

  @Test(arguments: topics) func fitsEightyColumns(_ topic: Command?) {
    for line in HelpText.text(for: topic, program: "apus").split(separator: "\n") {
      #expect(line.count <= 80, "\(line)")
      #expect(line.last != " ", "\(line)")
    }
  }

  /// Tests of runc look at the first two lines.
  @Test(arguments: Command.allCases) func beginsWithTheName(_ command: Command) {
    let lines = HelpText.text(for: command, program: "runc").split(separator: "\n")
    #expect(lines[0] == "NAME:")
    #expect(lines[1] == "   runc \(command.name) - \(command.manual.summary)")
  }

  @Test func theProgramsHelpBeginsAsRuncs() {
    let text = HelpText.text(for: nil, program: "runc")
    #expect(text.hasPrefix("NAME:\n   runc - Open Container Initiative runtime\n\nUSAGE:\n   runc [global options] "))
    for command in Command.allCases {
      #expect(text.contains("\n   \(command.name) "))
    }
    #expect(text.contains("--log-format <format>") && text.contains("-v, --version"))
    #expect(!text.contains("--criu"))
  }

  @Test(arguments: Command.allCases) func showsEveryOptionButTheObsolete(_ command: Command) {
    let text = HelpText.text(for: command, program: "apus")
    for option in command.definition.options.list {
      #expect(text.contains("--\(option.long)"))
    }
    for option in command.definition.obsoleteOptions.list {
      #expect(!text.contains("--\(option.long)"))
    }
  }

  @Test func delete() {
    let expected = """
      NAME:
         apus delete - delete a container and what it holds

      USAGE:
         apus delete [options] <container-id>

      DESCRIPTION:
         Removes a stopped container: its cgroups, its state, and whatever else was
         made for it. The bundle stays.

      OPTIONS:
         -f, --force                Kill the container first if it has not stopped; no
                                    error when there is no such container.
         -h, --help                 Show help.

         The global options are taken here too, see apus --help.

      EXAMPLES:
         Kill and remove the container web.
             # apus delete --force web

      """
    #expect(HelpText.text(for: .delete, program: "apus") == expected)
  }

  /// An example that does not parse would teach a mistake.
  @Test(arguments: Command.allCases) func examplesParse(_ command: Command) throws {
    for example in command.manual.examples + ProgramDescription.examples {
      let line = example.line.split(separator: ">")[0]
      let invocation = try parsed(String(line))
      #expect(example.line.hasPrefix(invocation.command.name))
    }
  }

  @Test func textWithoutRoomIsNotLost() {
    let long = String(repeating: "x", count: 100)
    #expect(TextLayout.fill("a \(long) b", indent: 2) == "  a\n  \(long)\n  b\n")
    #expect(TextLayout.fill("", indent: 2) == "")
  }
}
