/// Reads one command line, word by word.
///
/// The rules are those of urfave/cli v3 as newest runc uses it: a word that is not an option and names a command
/// ends the program's own options; options and words mix, except in commands that end their options at the first
/// word; an option in a command is looked up among the command's own, then among the program's.
struct CommandLineParser {
  private let words: [String]
  private var next = 1
  private(set) var command: Command?
  private(set) var global = GlobalOptions()

  init(_ commandLine: [String]) {
    words = commandLine
  }

  mutating func parse() throws(UsageProblem) -> Request {
    var wantsHelp = false
    var wantsVersion = false
    while next < words.count, let option = WrittenOption(words[next]) {
      next += 1
      let found = Self.findGlobal(option) ?? Self.find(option, in: GlobalOptions.leadingOptions)
      switch found {
      case .global(.help): wantsHelp = try Self.boolean(option)
      case .global(.version): wantsVersion = try Self.boolean(option)
      case .global(let identifier): try setGlobal(identifier, option)
      case .flag, .string, .strings, .integer, .integers, .size, .duration, nil:
        let names = GlobalOptions.options.list + GlobalOptions.leadingOptions.list
        throw .unknownOption(option.name, suggestion: Self.suggestion(for: option.name, among: names))
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
    guard let command = Command(name: name) else {
      let names = Command.allCases.map { $0.name } + ["help"]
      throw .unknownCommand(
        name, suggestion: name == "version" ? "--version" : Suggestion.nearest(to: name, among: names))
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
      guard let option = WrittenOption(word) else {
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
        path: words[0], global: global, command: definition.command, options: options, arguments: arguments))
  }

  private enum OptionResult {
    case taken, helpWanted
  }

  private mutating func parse(
    _ option: WrittenOption, of definition: CommandDefinition, into options: inout ParsedOptions
  ) throws(UsageProblem) -> OptionResult {
    let found =
      Self.find(option, in: definition.options) ?? Self.find(option, in: definition.obsoleteOptions)
      ?? Self.findGlobal(option)
    guard let found else {
      let names = definition.options.list + GlobalOptions.options.list
      throw .unknownOption(option.name, suggestion: Self.suggestion(for: option.name, among: names))
    }
    if found == .global(.help) {
      return try Self.boolean(option) ? .helpWanted : .taken
    }
    try set(found, option, in: &options)
    return .taken
  }

  private mutating func set(
    _ identifier: OptionIdentifier, _ option: WrittenOption, in options: inout ParsedOptions
  ) throws(UsageProblem) {
    switch identifier {
    case .flag(let identifier):
      options.set(identifier, try Self.boolean(option))
    case .string(let identifier):
      let text = try value(of: option)
      try Self.check(text, of: identifier)
      options.set(identifier, text)
    case .strings(let identifier):
      let text = try value(of: option)
      if identifier == .emptyNs, text != "network" {
        throw .other("namespace \"\(text.escaped)\" is not supported, only network is")
      }
      options.add(identifier, text)
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
      options.set(identifier, nanoseconds: try DurationText.read(value(of: option), option: option.name))
    case .global(let identifier):
      try setGlobal(identifier, option)
    }
  }

  /// Refuses a word that is none of a fixed set, in runc's words; an empty one is as good as none.
  private static func check(_ text: String, of identifier: StringOption) throws(UsageProblem) {
    if text.isEmpty {
      return
    }
    if identifier == .format, OutputFormat(rawValue: text) == nil {
      throw .other("invalid format option \"\(text.escaped)\": must be table or json")
    }
    if identifier == .manageCgroupsMode, CgroupsMode(rawValue: text) == nil {
      throw .other("invalid manage-cgroups-mode value \"\(text.escaped)\": must be soft, full, strict or ignore")
    }
  }

  private static func check(
    _ arguments: [String], against definition: CommandDefinition
  ) throws(UsageProblem) {
    let (command, given) = (definition.command, arguments.count)
    let (minimum, maximum) = (definition.arguments.minimum, definition.arguments.maximum)
    if minimum == maximum, given != minimum {
      throw .argumentCount(command, exactly: minimum, given: given)
    }
    if given < minimum {
      throw .tooFewArguments(command, minimum: minimum, given: given)
    }
    if let maximum, given > maximum {
      throw .tooManyArguments(command, maximum: maximum, given: given)
    }
    if command == .completion, Shell(rawValue: arguments[0]) == nil {
      throw .unknownShell(arguments[0])
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
      switch try value(of: option) {
      case "", "text": global.logFormat = .text
      case "json": global.logFormat = .json
      case let name: throw .other("invalid log-format: \(name.escaped), must be text or json")
      }
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

  /// `-9` is no option, and what follows it is no option either.
  private static func endsOptions(_ word: String) -> Bool {
    word.utf8.count > 1 && word.utf8.first == UInt8(ascii: "-")
  }

  private static func find(_ option: WrittenOption, in options: OptionList) -> OptionIdentifier? {
    options.first { identifier in
      option.isNamed(identifier.long) || identifier.short.map(option.isNamed) == true
    }
  }

  private static func findGlobal(_ option: WrittenOption) -> OptionIdentifier? {
    find(option, in: GlobalOptions.options) ?? find(option, in: GlobalOptions.obsoleteOptions)
  }

  private static func suggestion(for name: String, among options: [OptionIdentifier]) -> String? {
    Suggestion.nearest(to: name, among: options.map { $0.long })
  }
}
