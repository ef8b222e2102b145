/// Where the text of a string is, without its quotes.
struct StringText {
  var range: Range<Int>
  var isEscaped: Bool
}

/// A number as it is written; only an integer has a use for its value.
struct NumberText {
  var range: Range<Int>
  var isNegative = false
  /// Whether there is neither a fraction nor an exponent.
  var isInteger = true
  /// The digits before fraction and exponent; nil if they are too many for 64 bits.
  var magnitude: UInt64? = 0
}

extension JSONReader {
  /// Reads over the string whose opening quote the reader stands on, and checks its form (RFC 8259, section 7).
  mutating func scanString() throws(JSONError) -> StringText {
    let start = position + 1
    var index = start
    var isEscaped = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        position = index + 1
        return StringText(range: start..<index, isEscaped: isEscaped)
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        index += try escapeLength(at: index)
      } else if byte < 0x20 {
        throw failure("a string holds \(JSONReader.describe(byte)), which must be escaped", at: index)
      } else {
        index += 1
      }
    }
    throw failure("a string does not end", at: position)
  }

  private func escapeLength(at index: Int) throws(JSONError) -> Int {
    guard index + 1 < bytes.count else { throw failure("a string does not end", at: position) }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"):
      guard JSONText.unicodeEscape(bytes, at: index) != nil else {
        throw failure("expected four hexadecimal digits after \\u", at: index)
      }
      return 6
    default:
      throw failure("a backslash before \(JSONReader.describe(bytes[index + 1])), which is no escape", at: index)
    }
  }

  /// Reads over the number whose first character the reader stands on, and checks its form (RFC 8259, section 6).
  mutating func scanNumber() throws(JSONError) -> NumberText {
    var number = NumberText(range: position..<position)
    var index = position
    if bytes[index] == UInt8(ascii: "-") {
      number.isNegative = true
      index += 1
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: "0") {
      index += 1
    } else {
      let first = index
      var magnitude: UInt64 = 0
      var isTooLarge = false
      while index < bytes.count, let digit = decimalDigit(at: index) {
        let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
        magnitude = sum
        isTooLarge = isTooLarge || overflowed || carried
        index += 1
      }
      number.magnitude = isTooLarge ? nil : magnitude
      if index == first { throw failure("expected a digit, found \(describeByte(at: index))", at: index) }
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      number.isInteger = false
      index = try skipDigits(from: index + 1)
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      number.isInteger = false
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      index = try skipDigits(from: index)
    }
    number.range = position..<index
    position = index
    return number
  }

  private func decimalDigit(at index: Int) -> UInt8? {
    let digit = bytes[index] &- UInt8(ascii: "0")
    return digit <= 9 ? digit : nil
  }

  private func skipDigits(from first: Int) throws(JSONError) -> Int {
    var index = first
    while index < bytes.count, decimalDigit(at: index) != nil { index += 1 }
    if index == first { throw failure("expected a digit, found \(describeByte(at: index))", at: index) }
    return index
  }
}
