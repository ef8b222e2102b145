import Testing

@testable import CommandLine

@Suite struct CommandTests {
  @Test(arguments: Command.allCases) func `each command is defined under its own name`(_ command: Command) {
    #expect(command.definition.command == command)
  }
}
