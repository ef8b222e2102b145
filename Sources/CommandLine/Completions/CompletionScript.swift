/// Scripts that teach a shell the commands and options, written from the table.
public enum CompletionScript {
  /// The script.
  ///
  /// - Parameter program: the name as it was called, see ``Request/programName(of:)``. A name with characters that
  ///   mean something to a shell is not written into the script; it is made for `apus` then.
  public static func text(for shell: Shell, program: String) -> String {
    let program = isPlain(program) ? program : "apus"
    switch shell {
    case .bash: return BashCompletion(program: program).text
    case .zsh: return ZshCompletion(program: program).text
    case .fish: return FishCompletion(program: program).text
    }
  }

  /// The name that the shell looks for in its folder of completions, for the program `apus`.
  public static func fileName(for shell: Shell) -> String {
    switch shell {
    case .bash: "apus.bash"
    case .zsh: "_apus"
    case .fish: "apus.fish"
    }
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// The signals that are offered; any other one can be written out.
  static var signals: [String] {
    ["HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM", "CONT", "STOP", "WINCH"]
  }

  /// A name for the script's functions: the program's, with what a function cannot have in its name replaced.
  static func identifier(_ program: String) -> String {
    String(program.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" ? $0 : "_" })
  }

  /// The text between single quotes, as all three shells read it.
  static func quote(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Help without its full stop and default: a list has little room.
  static func brief(_ option: OptionIdentifier) -> String {
    var help = option.definition.help
    if help.last == "." {
      help.removeLast()
    }
    return help
  }

  /// The program's options that are no options of the command.
  static func globals(besides command: Command) -> [OptionIdentifier] {
    let own = command.definition.options.list.map { $0.long }
    return GlobalOptions.options.list.filter { !own.contains($0.long) }
  }
}
