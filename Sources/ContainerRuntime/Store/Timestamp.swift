/// A moment as RFC 3339 writes it, in UTC with nanoseconds, trailing zeros cut off as Go's RFC3339Nano does.
package enum Timestamp {
  static func text(nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    var fraction = digits(nanoseconds % 1_000_000_000, 9)
    while fraction.last == "0" { fraction.removeLast() }
    let (year, month, day) = date(days: seconds / 86400)
    let time = seconds % 86400
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\(digits(time / 3600, 2)):"
      + "\(digits(time / 60 % 60, 2)):\(digits(time % 60, 2))\(fraction.isEmpty ? "" : "." + fraction)Z"
  }

  /// The same without the fraction.
  package static func seconds(nanoseconds: Int64) -> String {
    text(nanoseconds: nanoseconds / 1_000_000_000 * 1_000_000_000)
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// The Gregorian date of a day after 1970-01-01, counted in eras of 400 years that begin in March.
  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
