/// Reads `12`, `12.5`, `.5` and `12.` from the front of a text, without floating point.
struct FractionText {
  /// In front of the point.
  let whole: UInt64
  /// Behind the point, as a part of ``scale``; digits after the eighteenth are dropped.
  let fraction: UInt64
  /// The power of ten that belongs to ``fraction``.
  let scale: UInt64

  /// Takes the number off the front; nil, with nothing taken, when there is no digit or it exceeds 64 bits.
  init?(takingFrom text: inout Substring.UTF8View) {
    var rest = text
    var whole: UInt64 = 0
    var hasDigits = false
    while let digit = Self.takeDigit(&rest) {
      hasDigits = true
      let (product, productOverflows) = whole.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = product.addingReportingOverflow(digit)
      if productOverflows || sumOverflows {
        return nil
      }
      whole = sum
    }
    var fraction: UInt64 = 0
    var scale: UInt64 = 1
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      while let digit = Self.takeDigit(&rest) {
        hasDigits = true
        if scale < 1_000_000_000_000_000_000 {
          fraction = fraction * 10 + digit
          scale *= 10
        }
      }
    }
    guard hasDigits else { return nil }
    (self.whole, self.fraction, self.scale) = (whole, fraction, scale)
    text = rest
  }

  private static func takeDigit(_ text: inout Substring.UTF8View) -> UInt64? {
    guard let byte = text.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    text = text.dropFirst()
    return UInt64(byte - UInt8(ascii: "0"))
  }

  /// The number times a unit, rounded down; nil when that exceeds `Int`.
  func times(_ unit: UInt64) -> Int? {
    let (product, productOverflows) = whole.multipliedReportingOverflow(by: unit)
    // The fraction is below the scale, so that the quotient is below the unit and the division cannot trap.
    let part = scale.dividingFullWidth(fraction.multipliedFullWidth(by: unit)).quotient
    let (sum, sumOverflows) = product.addingReportingOverflow(part)
    return productOverflows || sumOverflows ? nil : Int(exactly: sum)
  }
}
