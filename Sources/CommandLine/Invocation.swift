/// What a command line asks for.
public enum Request: Sendable {
  /// A command is to run.
  case run(Invocation)
  /// Help on the program (nil) or on one command, on standard output, with exit status 0.
  case help(Command?)
  /// The version, on standard output, with exit status 0.
  case version
}

/// A command with its options and words, checked as far as the command line alone can be.
public struct Invocation: Sendable {
  /// The path that the program was called by.
  public var path: String
  public var global: GlobalOptions
  public var command: Command
  public var options: ParsedOptions
  /// The words that are no options, as many as the command takes. After the id of `exec` they are verbatim.
  public var arguments: [String]

  /// The program's name as it was called: `runc` through a link of that name.
  public var program: String { Request.programName(of: path) }
}

extension Request {
  /// Reads a command line as runc does.
  ///
  /// Options are written `--opt v`, `--opt=v`, `-opt v` or `-opt=v`, before or after the id (before it only in
  /// `exec`, `kill` and `ps`, where what follows the id is taken as it stands); `--` ends them. Options of the
  /// program stand before the command or among its options.
  ///
  /// - Parameter commandLine: the words with the program's own path in front, as `main` gets them.
  public static func parse(_ commandLine: [String]) throws(UsageError) -> Request {
    var parser = CommandLineParser(commandLine)
    do throws(UsageProblem) {
      return try parser.parse()
    } catch {
      throw UsageError(
        error, program: programName(of: commandLine.first), command: parser.command, global: parser.global)
    }
  }

  /// The last component of the path that the program was called by, which is the first word of the command line;
  /// `apus` when it is empty. Control characters are escaped.
  public static func programName(of path: String?) -> String {
    guard let path else { return "apus" }
    let bytes = path.utf8
    let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
    let name = String(path[(slash.map(bytes.index(after:)) ?? bytes.startIndex)...])
    return name.isEmpty ? "apus" : name.escaped
  }
}
