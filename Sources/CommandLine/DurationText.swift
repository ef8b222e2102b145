/// Lengths of time on the command line, as Go's `time.ParseDuration` reads them.
enum DurationText {
  /// Nanoseconds above zero: `5s`, `1m30s`, `1.5h`, `250ms`, `10us`, `10µs`, `10ns`.
  static func read(_ text: String, option: String) throws(UsageProblem) -> Int {
    guard let nanoseconds = nanoseconds(text) else {
      throw .invalidValue(text, option: option, reason: "must be a length of time with units, as in 5s or 1m30s")
    }
    if nanoseconds <= 0 {
      throw .other("duration \(option) must be greater than 0")
    }
    return nanoseconds
  }

  /// Nanoseconds; nil for what is no length of time or exceeds 64 bits, which is 292 years.
  static func nanoseconds(_ text: String) -> Int? {
    var rest = text.utf8[...]
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    if rest.elementsEqual("0".utf8) {
      return 0
    }
    guard !rest.isEmpty else { return nil }
    var total = 0
    while !rest.isEmpty {
      guard let number = FractionText(takingFrom: &rest), let unit = takeUnit(&rest), let part = number.times(unit)
      else { return nil }
      let (sum, overflows) = total.addingReportingOverflow(part)
      if overflows {
        return nil
      }
      total = sum
    }
    return isNegative ? -total : total
  }

  private static func takeUnit(_ text: inout Substring.UTF8View) -> UInt64? {
    let end = text.firstIndex { byte in
      byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let name = Substring(text[..<(end ?? text.endIndex)])
    text = text[(end ?? text.endIndex)...]
    switch name {
    case "ns": return 1
    case "us", "\u{B5}s", "\u{3BC}s": return 1_000
    case "ms": return 1_000_000
    case "s": return 1_000_000_000
    case "m": return 60_000_000_000
    case "h": return 3_600_000_000_000
    default: return nil
    }
  }
}
