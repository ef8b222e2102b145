/// The values of a command's options, by typed name, so that an option is asked for in its own kind only:
///
///     options.flag(.detach)            // Bool
///     options.string(.bundle)          // String?
///     options.integer(.preserveFds)    // Int?
///     options.strings(.env)            // [String]
///
/// Inside, every option has a place of its own, and an array is made only for one that may be repeated: the first
/// array of a new type costs the start of the program some twenty microseconds for its metadata.
public struct ParsedOptions: Sendable {
  private var givenFlags: UInt64 = 0
  private var raisedFlags: UInt64 = 0
  private var givenStrings: UInt64 = 0
  private var strings = InlineArray<23, String>(repeating: "")
  private var stringLists = InlineArray<4, [String]>(repeating: [])
  private var givenNumbers: UInt64 = 0
  private var numbers = InlineArray<17, Int>(repeating: 0)
  private var integerLists = InlineArray<1, [Int]>(repeating: [])

  public init() {}
}

extension ParsedOptions {
  /// Whether the option is on; false when absent.
  public func flag(_ option: FlagOption) -> Bool {
    raisedFlags & Self.bit(option.rawValue) != 0
  }

  /// The text; nil when the option is absent or its value is empty, which runc holds to be the same.
  public func string(_ option: StringOption) -> String? {
    let text = strings[Int(option.rawValue)]
    return text.isEmpty ? nil : text
  }

  /// All texts in the order given.
  public func strings(_ option: StringListOption) -> [String] {
    stringLists[Int(option.rawValue)]
  }

  /// The number; nil when absent. It lies within ``IntegerOption/range``.
  public func integer(_ option: IntegerOption) -> Int? {
    number(Self.place(option))
  }

  /// All numbers in the order given.
  public func integers(_ option: IntegerListOption) -> [Int] {
    integerLists[Int(option.rawValue)]
  }

  /// The number of bytes; nil when absent, -1 for unlimited, else not negative.
  public func size(_ option: SizeOption) -> Int? {
    number(Self.place(option))
  }

  /// The length of time, more than zero; nil when absent.
  public func duration(_ option: DurationOption) -> Duration? {
    number(Self.place(option)).map { .nanoseconds($0) }
  }

  private func number(_ place: UInt8) -> Int? {
    givenNumbers & Self.bit(place) == 0 ? nil : numbers[Int(place)]
  }
}

extension ParsedOptions {
  /// Whether the option is on the line, be it as `=false`.
  public func has(_ option: FlagOption) -> Bool { givenFlags & Self.bit(option.rawValue) != 0 }
  /// Whether the option is on the line, be it with an empty value.
  public func has(_ option: StringOption) -> Bool { givenStrings & Self.bit(option.rawValue) != 0 }
  public func has(_ option: StringListOption) -> Bool { !stringLists[Int(option.rawValue)].isEmpty }
  public func has(_ option: IntegerOption) -> Bool { givenNumbers & Self.bit(Self.place(option)) != 0 }
  public func has(_ option: IntegerListOption) -> Bool { !integerLists[Int(option.rawValue)].isEmpty }
  public func has(_ option: SizeOption) -> Bool { givenNumbers & Self.bit(Self.place(option)) != 0 }
  public func has(_ option: DurationOption) -> Bool { givenNumbers & Self.bit(Self.place(option)) != 0 }
}

extension ParsedOptions {
  public mutating func set(_ option: FlagOption, _ value: Bool) {
    let bit = Self.bit(option.rawValue)
    givenFlags |= bit
    raisedFlags = value ? raisedFlags | bit : raisedFlags & ~bit
  }

  public mutating func set(_ option: StringOption, _ value: String) {
    givenStrings |= Self.bit(option.rawValue)
    strings[Int(option.rawValue)] = value
  }

  public mutating func add(_ option: StringListOption, _ value: String) {
    stringLists[Int(option.rawValue)].append(value)
  }

  public mutating func add(_ option: IntegerListOption, _ value: Int) {
    integerLists[Int(option.rawValue)].append(value)
  }

  public mutating func set(_ option: IntegerOption, _ value: Int) { set(Self.place(option), value) }
  /// - Parameter value: bytes, or -1 for unlimited.
  public mutating func set(_ option: SizeOption, _ value: Int) { set(Self.place(option), value) }
  public mutating func set(_ option: DurationOption, nanoseconds: Int) { set(Self.place(option), nanoseconds) }

  private mutating func set(_ place: UInt8, _ number: Int) {
    givenNumbers |= Self.bit(place)
    numbers[Int(place)] = number
  }

  private static func bit(_ place: UInt8) -> UInt64 { 1 << UInt64(place) }

  // The numbers: eleven integers, then five sizes, then one duration. A test counts them.
  private static func place(_ option: IntegerOption) -> UInt8 { option.rawValue }
  private static func place(_ option: SizeOption) -> UInt8 { 11 + option.rawValue }
  private static func place(_ option: DurationOption) -> UInt8 { 16 + option.rawValue }
}
