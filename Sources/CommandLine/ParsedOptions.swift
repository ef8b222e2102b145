/// The values of a command's options, by typed name, so that an option is asked for in its own kind only:
///
///     options.flag(.detach)            // Bool
///     options.string(.bundle)          // String?
///     options.integer(.preserveFds)    // Int?
///     options.strings(.env)            // [String]
public struct ParsedOptions: Sendable {
  private var flags: [(option: FlagOption, value: Bool)] = []
  private var strings: [(option: StringOption, value: String)] = []
  private var stringLists: [(option: StringListOption, value: String)] = []
  private var integers: [(option: IntegerOption, value: Int)] = []
  private var integerLists: [(option: IntegerListOption, value: Int)] = []
  private var sizes: [(option: SizeOption, value: Int)] = []
  private var durations: [(option: DurationOption, value: Duration)] = []

  public init() {}
}

extension ParsedOptions {
  /// Whether the option is on; false when absent.
  public func flag(_ option: FlagOption) -> Bool {
    flags.last { $0.option == option }?.value ?? false
  }

  /// The text; nil when the option is absent or its value is empty, which runc holds to be the same.
  public func string(_ option: StringOption) -> String? {
    guard let value = strings.last(where: { $0.option == option })?.value, !value.isEmpty else { return nil }
    return value
  }

  /// All texts in the order given.
  public func strings(_ option: StringListOption) -> [String] {
    stringLists.filter { $0.option == option }.map(\.value)
  }

  /// The number; nil when absent. It lies within ``IntegerOption/range``.
  public func integer(_ option: IntegerOption) -> Int? {
    integers.last { $0.option == option }?.value
  }

  /// All numbers in the order given.
  public func integers(_ option: IntegerListOption) -> [Int] {
    integerLists.filter { $0.option == option }.map(\.value)
  }

  /// The number of bytes; nil when absent, -1 for unlimited, else not negative.
  public func size(_ option: SizeOption) -> Int? {
    sizes.last { $0.option == option }?.value
  }

  /// The length of time, more than zero; nil when absent.
  public func duration(_ option: DurationOption) -> Duration? {
    durations.last { $0.option == option }?.value
  }
}

extension ParsedOptions {
  /// Whether the option is on the line, be it as `=false`.
  public func has(_ option: FlagOption) -> Bool { flags.contains { $0.option == option } }
  /// Whether the option is on the line, be it with an empty value.
  public func has(_ option: StringOption) -> Bool { strings.contains { $0.option == option } }
  public func has(_ option: StringListOption) -> Bool { stringLists.contains { $0.option == option } }
  public func has(_ option: IntegerOption) -> Bool { integers.contains { $0.option == option } }
  public func has(_ option: IntegerListOption) -> Bool { integerLists.contains { $0.option == option } }
  public func has(_ option: SizeOption) -> Bool { sizes.contains { $0.option == option } }
  public func has(_ option: DurationOption) -> Bool { durations.contains { $0.option == option } }
}

extension ParsedOptions {
  public mutating func set(_ option: FlagOption, _ value: Bool) { flags.append((option, value)) }
  public mutating func set(_ option: StringOption, _ value: String) { strings.append((option, value)) }
  public mutating func add(_ option: StringListOption, _ value: String) { stringLists.append((option, value)) }
  public mutating func set(_ option: IntegerOption, _ value: Int) { integers.append((option, value)) }
  public mutating func add(_ option: IntegerListOption, _ value: Int) { integerLists.append((option, value)) }
  public mutating func set(_ option: SizeOption, _ value: Int) { sizes.append((option, value)) }
  public mutating func set(_ option: DurationOption, _ value: Duration) { durations.append((option, value)) }
}

/// The form of an answer (`--format` of `list` and `ps`).
public enum OutputFormat: String, CaseIterable, Sendable {
  case table, json
}

extension ParsedOptions {
  /// `--format` of `list` and `ps`: a table when absent. The parser lets no other word through.
  public var format: OutputFormat {
    string(.format).flatMap(OutputFormat.init(rawValue:)) ?? .table
  }
}
