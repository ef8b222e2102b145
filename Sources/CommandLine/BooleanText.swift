/// The words for on and off.
enum BooleanText {
  /// The words of Go's `strconv.ParseBool`; nil for any other.
  static func read(_ word: String) -> Bool? {
    switch word {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }
}
