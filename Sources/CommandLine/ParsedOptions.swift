/// The values of a command's options, by typed name, so that an option is asked for in its own kind only:
///
///     options.flag(.detach)            // Bool
///     options.string(.bundle)          // String?
///     options.integer(.preserveFds)    // Int?
///     options.strings(.env)            // [String]
///
/// Inside, options are numbers and values lie in arrays of the standard library's own types: an array of a type of
/// ours costs the start of the program some ten microseconds for its metadata.
public struct ParsedOptions: Sendable {
  private var givenFlags: UInt64 = 0
  private var raisedFlags: UInt64 = 0
  private var textCodes: [UInt8] = []
  private var texts: [String] = []
  private var numberCodes: [UInt8] = []
  private var numbers: [Int] = []

  public init() {}
}

extension ParsedOptions {
  /// Whether the option is on; false when absent.
  public func flag(_ option: FlagOption) -> Bool {
    raisedFlags & Self.bit(option) != 0
  }

  /// The text; nil when the option is absent or its value is empty, which runc holds to be the same.
  public func string(_ option: StringOption) -> String? {
    guard let index = textCodes.lastIndex(of: Code.string(option)), !texts[index].isEmpty else { return nil }
    return texts[index]
  }

  /// All texts in the order given.
  public func strings(_ option: StringListOption) -> [String] {
    let code = Code.strings(option)
    return textCodes.indices.filter { textCodes[$0] == code }.map { texts[$0] }
  }

  /// The number; nil when absent. It lies within ``IntegerOption/range``.
  public func integer(_ option: IntegerOption) -> Int? {
    number(Code.integer(option))
  }

  /// All numbers in the order given.
  public func integers(_ option: IntegerListOption) -> [Int] {
    let code = Code.integers(option)
    return numberCodes.indices.filter { numberCodes[$0] == code }.map { numbers[$0] }
  }

  /// The number of bytes; nil when absent, -1 for unlimited, else not negative.
  public func size(_ option: SizeOption) -> Int? {
    number(Code.size(option))
  }

  /// The length of time, more than zero; nil when absent.
  public func duration(_ option: DurationOption) -> Duration? {
    number(Code.duration(option)).map { .nanoseconds($0) }
  }

  private func number(_ code: UInt8) -> Int? {
    numberCodes.lastIndex(of: code).map { numbers[$0] }
  }
}

extension ParsedOptions {
  /// Whether the option is on the line, be it as `=false`.
  public func has(_ option: FlagOption) -> Bool { givenFlags & Self.bit(option) != 0 }
  /// Whether the option is on the line, be it with an empty value.
  public func has(_ option: StringOption) -> Bool { textCodes.contains(Code.string(option)) }
  public func has(_ option: StringListOption) -> Bool { textCodes.contains(Code.strings(option)) }
  public func has(_ option: IntegerOption) -> Bool { numberCodes.contains(Code.integer(option)) }
  public func has(_ option: IntegerListOption) -> Bool { numberCodes.contains(Code.integers(option)) }
  public func has(_ option: SizeOption) -> Bool { numberCodes.contains(Code.size(option)) }
  public func has(_ option: DurationOption) -> Bool { numberCodes.contains(Code.duration(option)) }
}

extension ParsedOptions {
  public mutating func set(_ option: FlagOption, _ value: Bool) {
    givenFlags |= Self.bit(option)
    raisedFlags = value ? raisedFlags | Self.bit(option) : raisedFlags & ~Self.bit(option)
  }

  public mutating func set(_ option: StringOption, _ value: String) { append(value, Code.string(option)) }
  public mutating func add(_ option: StringListOption, _ value: String) { append(value, Code.strings(option)) }
  public mutating func set(_ option: IntegerOption, _ value: Int) { append(value, Code.integer(option)) }
  public mutating func add(_ option: IntegerListOption, _ value: Int) { append(value, Code.integers(option)) }
  /// - Parameter value: bytes, or -1 for unlimited.
  public mutating func set(_ option: SizeOption, _ value: Int) { append(value, Code.size(option)) }
  public mutating func set(_ option: DurationOption, nanoseconds: Int) { append(nanoseconds, Code.duration(option)) }

  private mutating func append(_ text: String, _ code: UInt8) {
    if texts.isEmpty {
      textCodes.reserveCapacity(8)
      texts.reserveCapacity(8)
    }
    textCodes.append(code)
    texts.append(text)
  }

  private mutating func append(_ number: Int, _ code: UInt8) {
    numberCodes.append(code)
    numbers.append(number)
  }

  private static func bit(_ option: FlagOption) -> UInt64 { 1 << UInt64(option.rawValue) }

  /// Numbers for options, different for each kind; every kind has fewer than 64.
  private enum Code {
    static func string(_ option: StringOption) -> UInt8 { option.rawValue }
    static func strings(_ option: StringListOption) -> UInt8 { option.rawValue | 0x40 }
    static func integer(_ option: IntegerOption) -> UInt8 { option.rawValue }
    static func integers(_ option: IntegerListOption) -> UInt8 { option.rawValue | 0x40 }
    static func size(_ option: SizeOption) -> UInt8 { option.rawValue | 0x80 }
    static func duration(_ option: DurationOption) -> UInt8 { option.rawValue | 0xC0 }
  }
}
