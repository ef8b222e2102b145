/// Reads one command line, word by word.
///
/// The rules are those of urfave/cli v3 as newest runc uses it: a word that is not an option and names a command
/// ends the program's own options; options and words mix, except in commands that end their options at the first
/// word; an option in a command is looked up among the command's own, then among the program's.
struct CommandLineParser {
  let program: String
  private let words: [String]
  private var next = 1
  private(set) var command: Command?
  private(set) var global = GlobalOptions()

  init(_ commandLine: [String]) {
    words = commandLine
    program = Request.programName(of: commandLine)
  }

  /// An option as it was written.
  private struct WrittenOption {
    /// The whole word.
    let word: String
    /// Without dashes and value.
    let name: String
    /// What stands behind `=`; nil without a `=`.
    let value: String?
  }

  mutating func parse() throws(UsageProblem) -> Request {
    var wantsHelp = false
    var wantsVersion = false
    let definitions = GlobalOptions.definitions + [GlobalOptions.helpDefinition, GlobalOptions.versionDefinition]
    while next < words.count, let option = Self.option(words[next]) {
      next += 1
      guard let definition = Self.find(option.name, in: definitions) else {
        throw .unknownOption(option.name, suggestion: Self.suggestion(for: option.name, among: [definitions]))
      }
      switch definition.identifier {
      case .global(.help): wantsHelp = try Self.boolean(option)
      case .global(.version): wantsVersion = try Self.boolean(option)
      case .global(let identifier): try setGlobal(identifier, option)
      case .flag, .string, .strings, .integer, .integers, .size, .duration: break
      }
    }
    if next < words.count, words[next] == "--" {
      next += 1
    }
    if wantsHelp {
      return .help(try helpTopic())
    }
    if wantsVersion {
      return .version
    }
    guard next < words.count else { return .help(nil) }
    if words[next] == "help" || words[next] == "h" {
      next += 1
      return .help(try helpTopic())
    }
    let command = try self.commandNamed(words[next])
    next += 1
    self.command = command
    return try parse(command.definition)
  }

  /// The command that the next word names; nil at the end of the line.
  private func helpTopic() throws(UsageProblem) -> Command? {
    guard next < words.count else { return nil }
    return words[next] == "help" || words[next] == "h" ? nil : try commandNamed(words[next])
  }

  private func commandNamed(_ name: String) throws(UsageProblem) -> Command {
    guard let command = Command(rawValue: name) else {
      let names = Command.allCases.map(\.rawValue) + ["help"]
      throw .unknownCommand(name, suggestion: Suggestion.nearest(to: name, among: names))
    }
    return command
  }
}

// MARK: - A command's options and words

extension CommandLineParser {
  private mutating func parse(_ definition: CommandDefinition) throws(UsageProblem) -> Request {
    var options = ParsedOptions()
    var arguments: [String] = []
    while next < words.count {
      let word = words[next]
      if word == "--" {
        next += 1
        break
      }
      if definition.optionsEndAtFirstArgument, !arguments.isEmpty {
        break
      }
      guard let option = Self.option(word) else {
        if Self.endsOptions(word) {
          break
        }
        arguments.append(word)
        next += 1
        continue
      }
      next += 1
      if try parse(option, of: definition, into: &options) == .helpWanted {
        return .help(definition.command)
      }
    }
    arguments += words[min(next, words.count)...]
    try Self.check(arguments, against: definition)
    return .run(
      Invocation(
        program: program, global: global, command: definition.command, options: options, arguments: arguments))
  }

  private enum OptionResult {
    case taken, helpWanted
  }

  private mutating func parse(
    _ option: WrittenOption, of definition: CommandDefinition, into options: inout ParsedOptions
  ) throws(UsageProblem) -> OptionResult {
    if let row = Self.find(option.name, in: definition.options) {
      try set(row, option, in: &options)
      return .taken
    }
    if Self.find(option.name, in: [GlobalOptions.helpDefinition]) != nil {
      return try Self.boolean(option) ? .helpWanted : .taken
    }
    let globals = GlobalOptions.definitions
    if let row = Self.find(option.name, in: globals), case .global(let identifier) = row.identifier {
      try setGlobal(identifier, option)
      return .taken
    }
    throw .unknownOption(
      option.name, suggestion: Self.suggestion(for: option.name, among: [definition.options, globals]))
  }

  private mutating func set(
    _ row: OptionDefinition, _ option: WrittenOption, in options: inout ParsedOptions
  ) throws(UsageProblem) {
    switch row.identifier {
    case .flag(let identifier):
      options.set(identifier, try Self.boolean(option))
    case .string(let identifier):
      let text = try value(of: option)
      try Self.check(text, of: option, against: row)
      options.set(identifier, text)
    case .strings(let identifier):
      options.add(identifier, try value(of: option))
    case .integer(let identifier):
      if let number = try identifier.read(value(of: option), option: option.name) {
        options.set(identifier, number)
      }
    case .integers(let identifier):
      options.add(identifier, try IntegerText.read(value(of: option), option: option.name))
    case .size(let identifier):
      if let size = try SizeText.read(value(of: option), option: option.name) {
        options.set(identifier, size)
      }
    case .duration(let identifier):
      options.set(identifier, try DurationText.read(value(of: option), option: option.name))
    case .global(let identifier):
      try setGlobal(identifier, option)
    }
  }

  private static func check(
    _ text: String, of option: WrittenOption, against row: OptionDefinition
  ) throws(UsageProblem) {
    guard case .choice(let choices) = row.completion, !text.isEmpty, !choices.contains(text) else { return }
    switch row.identifier {
    case .string(.format):
      throw .other("invalid format option \"\(text.escaped)\": must be \(choices.joined(separator: " or "))")
    case .string(.manageCgroupsMode):
      throw .other("invalid manage-cgroups-mode value \"\(text.escaped)\": must be soft, full, strict or ignore")
    default:
      throw .invalidValue(text, option: option.name, reason: "must be " + choices.joined(separator: ", "))
    }
  }

  private static func check(
    _ arguments: [String], against definition: CommandDefinition
  ) throws(UsageProblem) {
    let (command, given) = (definition.command, arguments.count)
    let minimum = definition.minimumArguments
    guard let maximum = definition.maximumArguments else {
      if given < minimum {
        throw .tooFewArguments(command, minimum: minimum, given: given)
      }
      return
    }
    if minimum == maximum, given != minimum {
      throw .argumentCount(command, exactly: minimum, given: given)
    }
    if given < minimum {
      throw .tooFewArguments(command, minimum: minimum, given: given)
    }
    if given > maximum {
      throw .tooManyArguments(command, maximum: maximum, given: given)
    }
    for (argument, word) in zip(definition.arguments, arguments) {
      if case .choice(let allowed) = argument.kind, !allowed.contains(word) {
        throw .invalidArgument(command, word, allowed: allowed)
      }
    }
  }
}

// MARK: - The program's options

extension CommandLineParser {
  private mutating func setGlobal(_ identifier: GlobalOption, _ option: WrittenOption) throws(UsageProblem) {
    switch identifier {
    case .debug: global.debug = try Self.boolean(option)
    case .systemdCgroup: global.systemdCgroup = try Self.boolean(option)
    case .log:
      let file = try value(of: option)
      global.log = file.isEmpty ? nil : file
    case .root:
      let folder = try value(of: option)
      if folder.isEmpty {
        throw .invalidValue(folder, option: option.name, reason: "must name a folder")
      }
      global.root = folder
    case .logFormat:
      let name = try value(of: option)
      guard let format = name.isEmpty ? .text : GlobalOptions.LogFormat(rawValue: name) else {
        throw .other("invalid log-format: \(name.escaped), must be text or json")
      }
      global.logFormat = format
    case .rootless:
      let word = try value(of: option)
      switch (word.isEmpty || word.lowercased() == "auto", BooleanText.read(word)) {
      case (true, _): global.rootless = .automatic
      case (false, true?): global.rootless = .on
      case (false, false?): global.rootless = .off
      case (false, nil):
        throw .invalidValue(word, option: option.name, reason: "must be true, false or auto")
      }
    case .criu: _ = try value(of: option)
    case .help, .version: break
    }
  }
}

// MARK: - Words

extension CommandLineParser {
  /// The value behind `=`, else the next word, whatever it looks like.
  private mutating func value(of option: WrittenOption) throws(UsageProblem) -> String {
    if let value = option.value {
      return value
    }
    guard next < words.count else { throw .missingValue(option: option.word) }
    next += 1
    return words[next - 1]
  }

  /// On without a value, and with an empty one.
  private static func boolean(_ option: WrittenOption) throws(UsageProblem) -> Bool {
    guard let value = option.value, !value.isEmpty else { return true }
    guard let answer = BooleanText.read(value) else {
      throw .invalidValue(value, option: option.name, reason: "must be true or false")
    }
    return answer
  }

  /// The word as an option: one or two dashes, and with one dash no digit or sign behind it. Nil for any other
  /// word, for `-` and for `--`.
  private static func option(_ word: String) -> WrittenOption? {
    let bytes = word.utf8
    guard bytes.first == UInt8(ascii: "-") else { return nil }
    var rest = bytes.dropFirst()
    guard let second = rest.first else { return nil }
    if second == UInt8(ascii: "-") {
      rest = rest.dropFirst()
      if rest.isEmpty {
        return nil
      }
    } else if !isLetter(second) {
      return nil
    }
    guard let sign = rest.firstIndex(of: UInt8(ascii: "=")) else {
      return WrittenOption(word: word, name: String(word[rest.startIndex...]), value: nil)
    }
    return WrittenOption(
      word: word, name: String(word[rest.startIndex..<sign]), value: String(word[bytes.index(after: sign)...]))
  }

  /// `-9` is no option, and what follows it is no option either.
  private static func endsOptions(_ word: String) -> Bool {
    word.utf8.count > 1 && word.utf8.first == UInt8(ascii: "-")
  }

  /// Bytes above ASCII count as letters, so that a misspelt option is told as one.
  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
    default: false
    }
  }

  private static func find(_ name: String, in definitions: [OptionDefinition]) -> OptionDefinition? {
    definitions.first { $0.long == name || $0.short == name }
  }

  private static func suggestion(for name: String, among tables: [[OptionDefinition]]) -> String? {
    let names = tables.flatMap { $0.filter { !$0.isHidden }.map(\.long) } + ["help"]
    return Suggestion.nearest(to: name, among: names)
  }
}
