/// Numbers of bytes on the command line, as Docker's `RAMInBytes` reads them for runc.
enum SizeText {
  /// The number of bytes: `67108864`, `64M`, `64mb`, `64 MiB`, `1.5g`; the units are powers of 1024. `-1` stands
  /// for unlimited; nil for an empty text, which runc takes as absent.
  static func read(_ text: String, option: String) throws(UsageProblem) -> Int? {
    if text.isEmpty {
      return nil
    }
    if text == "-1" {
      return -1
    }
    var rest = text.utf8[...]
    guard let number = FractionText(takingFrom: &rest) else {
      throw .invalidValue(text, option: option, reason: "must be a number of bytes, as in 64M, or -1")
    }
    if rest.first == UInt8(ascii: " ") {
      rest = rest.dropFirst()
    }
    guard let unit = unit(Substring(rest)) else {
      throw .invalidValue(text, option: option, reason: "the unit must be b, k, m, g, t or p")
    }
    guard let size = number.times(unit) else {
      throw .invalidValue(text, option: option, reason: "must be at most \(Int.max) bytes")
    }
    return size
  }

  private static func unit(_ suffix: Substring) -> UInt64? {
    switch suffix.lowercased() {
    case "", "b": 1
    case "k", "kb", "kib": 1 << 10
    case "m", "mb", "mib": 1 << 20
    case "g", "gb", "gib": 1 << 30
    case "t", "tb", "tib": 1 << 40
    case "p", "pb", "pib": 1 << 50
    default: nil
    }
  }
}
