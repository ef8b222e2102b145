/// Whole numbers on the command line.
enum IntegerText {
  /// Why a text is no number.
  enum Failure: Error {
    case syntax, range
  }

  /// Which prefixes a number may have.
  enum Notation {
    /// Digits only; a leading zero means nothing.
    case decimal
    /// As Go's `strconv.ParseInt` with base 0: `0x`, `0o`, `0b`, a leading `0` for octal, `_` between digits.
    case prefixed
  }

  static func read(
    _ text: String, option: String, in range: ClosedRange<Int> = Int.min...Int.max, notation: Notation = .prefixed
  ) throws(UsageProblem) -> Int {
    do throws(Failure) {
      let number = try parse(text, notation)
      if range.contains(number) {
        return number
      }
    } catch {
      if error == .syntax {
        throw .invalidValue(text, option: option, reason: "must be a whole number")
      }
    }
    throw .invalidValue(text, option: option, reason: "must be \(describe(range))")
  }

  static func parse(_ text: String, _ notation: Notation) throws(Failure) -> Int {
    var digits = text.utf8[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits = digits.dropFirst()
    }
    var radix = 10
    // In Go an underscore stands between digits, and a prefix of two letters counts as one.
    var underscore = UnderscoreRule.never
    if notation == .prefixed {
      underscore = .afterDigit
      if digits.first == UInt8(ascii: "0"), digits.count > 1 {
        let length = digits.count
        (radix, digits) = prefix(digits)
        underscore = digits.count < length ? .atStartToo : .afterDigit
      }
    }
    return try accumulate(digits, radix: radix, isNegative: isNegative, underscore)
  }

  /// The radix that a leading zero stands for, and what follows its prefix. A zero alone stays as a digit, so that
  /// `0_7` has one in front of its underscore.
  private static func prefix(_ digits: Substring.UTF8View) -> (Int, Substring.UTF8View) {
    switch digits.dropFirst().first {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): (16, digits.dropFirst(2))
    case UInt8(ascii: "b"), UInt8(ascii: "B"): (2, digits.dropFirst(2))
    case UInt8(ascii: "o"), UInt8(ascii: "O"): (8, digits.dropFirst(2))
    default: (8, digits)
    }
  }

  private enum UnderscoreRule {
    case never, afterDigit, atStartToo
  }

  private static func accumulate(
    _ digits: Substring.UTF8View, radix: Int, isNegative: Bool, _ underscore: UnderscoreRule
  ) throws(Failure) -> Int {
    var number = 0
    var overflows = false
    var lastWasDigit = underscore == .atStartToo
    var count = 0
    for byte in digits {
      if byte == UInt8(ascii: "_"), underscore != .never, lastWasDigit {
        lastWasDigit = false
        continue
      }
      guard let digit = value(of: byte), digit < radix else { throw .syntax }
      lastWasDigit = true
      count += 1
      let (product, productOverflows) = number.multipliedReportingOverflow(by: radix)
      let (sum, sumOverflows) = product.addingReportingOverflow(isNegative ? -digit : digit)
      overflows = overflows || productOverflows || sumOverflows
      number = sum
    }
    guard count > 0, lastWasDigit else { throw .syntax }
    if overflows {
      throw .range
    }
    return number
  }

  private static func value(of byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max && range.lowerBound > .min
      ? "\(range.lowerBound) or more, up to \(Int.max)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}

extension IntegerOption {
  /// The numbers that the option takes.
  public var range: ClosedRange<Int> {
    switch self {
    case .preserveFds: 0...Int(Int32.max)
    case .statusFd: -1...Int(Int32.max)
    case .blkioWeight: 0...Int(UInt16.max)
    case .cpuBurst, .cpuPeriod, .cpuRtPeriod, .cpuShare: 0...Int.max
    case .cpuIdle, .cpuQuota, .cpuRtRuntime, .pidsLimit: Int.min...Int.max
    }
  }

  /// The number in the text; nil for an empty text where runc takes that as absent, which is where it keeps the
  /// option as a text and reads decimal digits later.
  func read(_ text: String, option: String) throws(UsageProblem) -> Int? {
    switch self {
    case .preserveFds, .statusFd, .blkioWeight, .pidsLimit:
      try IntegerText.read(text, option: option, in: range)
    case .cpuBurst, .cpuIdle, .cpuPeriod, .cpuQuota, .cpuRtPeriod, .cpuRtRuntime, .cpuShare:
      text.isEmpty ? nil : try IntegerText.read(text, option: option, in: range, notation: .decimal)
    }
  }
}
