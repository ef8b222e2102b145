extension JSONReader {
  /// Reads an integer of a type; 1.0 and 1e3 are none, and -0 is none of an unsigned type, as in Go.
  public mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) throws(JSONError)
    -> Integer
  {
    let number = try signedNumber()
    if let magnitude = number.magnitude {
      if !number.isNegative {
        if let value = Integer(exactly: magnitude) { return value }
      } else if Integer.isSigned, magnitude <= 1 << 63 {
        if let value = Integer(exactly: 0 &- Int64(truncatingIfNeeded: magnitude)) { return value }
      }
    }
    throw failure(
      "expected an integer from \(Integer.min) to \(Integer.max), found \(excerpt(number.range))",
      at: number.range.lowerBound)
  }

  /// Reads a number as it is written, such as `1.50`; for values that nobody calculates with.
  public mutating func numberText() throws(JSONError) -> String {
    let number = try number(or: "a number")
    return JSONText.string(bytes.extracting(number.range), isEscaped: false)
  }

  private mutating func signedNumber() throws(JSONError) -> NumberText {
    var number = try number(or: "an integer")
    if !number.isInteger { number.magnitude = nil }
    return number
  }

  private mutating func number(or expected: String) throws(JSONError) -> NumberText {
    switch peek() {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanNumber()
    default: throw mismatch(expected)
    }
  }

  /// The text at `range`, cut after 40 characters: a number may be as long as the document.
  private func excerpt(_ range: Range<Int>) -> String {
    let end = min(range.upperBound, range.lowerBound + 40)
    let text = JSONText.string(bytes.extracting(range.lowerBound..<end), isEscaped: false)
    return end == range.upperBound ? text : text + "…"
  }
}
