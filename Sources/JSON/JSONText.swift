/// What the bytes between the quotes of a JSON string stand for.
@usableFromInline
enum JSONText {
  /// Whether both are the same but for the case of ASCII letters.
  @usableFromInline
  static func equalsIgnoringCase(_ text: Span<UInt8>, _ name: String) -> Bool {
    guard text.count == name.utf8.count else { return false }
    var index = 0
    for byte in name.utf8 {
      let other = text[index]
      if byte != other {
        let folded = byte | 0x20
        guard folded == other | 0x20, folded >= UInt8(ascii: "a"), folded <= UInt8(ascii: "z") else { return false }
      }
      index += 1
    }
    return true
  }

  /// The string of a text whose escapes are known to be well formed.
  static func string(_ text: Span<UInt8>, isEscaped: Bool) -> String {
    if !isEscaped {
      do throws(UTF8.ValidationError) {
        return String(copying: try UTF8Span(validating: text))
      } catch {
        // Falls through: the slow way replaces what is not UTF-8.
      }
    }
    return String(decoding: unescape(text), as: UTF8.self)
  }

  /// The UTF-8 of a text whose escapes are known to be well formed.
  ///
  /// As in Go, every byte that is not part of valid UTF-8 becomes one U+FFFD, as does every surrogate without
  /// its other half.
  static func unescape(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "\\"), index + 1 < text.count {
        index = appendEscape(text, at: index, to: &result)
      } else if byte < 0x80 {
        result.append(byte)
        index += 1
      } else if let length = sequenceLength(text, at: index) {
        for offset in 0..<length { result.append(text[index + offset]) }
        index += length
      } else {
        append(scalar: 0xFFFD, to: &result)
        index += 1
      }
    }
    return result
  }

  /// Appends what the escape at `index` stands for; gives the index after it.
  private static func appendEscape(_ text: Span<UInt8>, at index: Int, to result: inout [UInt8]) -> Int {
    let escape = text[index + 1]
    switch escape {
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): return appendUnicodeEscape(text, at: index, to: &result)
    default: result.append(escape)
    }
    return index + 2
  }

  private static func appendUnicodeEscape(_ text: Span<UInt8>, at index: Int, to result: inout [UInt8]) -> Int {
    guard let unit = unicodeEscape(text, at: index) else {
      append(scalar: 0xFFFD, to: &result)
      return index + 2
    }
    switch unit {
    case 0xD800...0xDBFF:
      if let low = unicodeEscape(text, at: index + 6), (0xDC00...0xDFFF).contains(low) {
        append(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &result)
        return index + 12
      }
      append(scalar: 0xFFFD, to: &result)
    case 0xDC00...0xDFFF:
      append(scalar: 0xFFFD, to: &result)
    default:
      append(scalar: unit, to: &result)
    }
    return index + 6
  }

  /// The number of an escape such as `\u00e9` at `index`, if there is one.
  static func unicodeEscape(_ text: Span<UInt8>, at index: Int) -> UInt32? {
    guard index + 6 <= text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var value: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = hexDigit(text[index + offset]) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  /// The value of a hexadecimal digit.
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// Appends the UTF-8 of a scalar value below 0x110000 that is no surrogate.
  private static func append(scalar: UInt32, to result: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
      result.append(UInt8(scalar))
    case 0x80..<0x800:
      result.append(UInt8(0xC0 | scalar >> 6))
      result.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      result.append(UInt8(0xE0 | scalar >> 12))
      result.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      result.append(UInt8(0x80 | scalar & 0x3F))
    default:
      result.append(UInt8(0xF0 | scalar >> 18 & 0x07))
      result.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      result.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      result.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// The length of the valid sequence of several bytes at `index` (Unicode, table 3-7), if there is one.
  private static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int? {
    let length: Int
    let second: ClosedRange<UInt8>
    switch text[index] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard index + length <= text.count, second.contains(text[index + 1]) else { return nil }
    for offset in 2..<max(length, 2) {
      guard (0x80...0xBF).contains(text[index + offset]) else { return nil }
    }
    return length
  }
}
