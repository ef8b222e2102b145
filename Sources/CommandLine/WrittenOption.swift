/// An option as it stands on the command line. Finding one compares bytes in place and cuts no text out of the word.
struct WrittenOption {
  /// The whole word.
  let word: String
  /// Where the name begins: behind one dash or two.
  private let start: Int
  /// Where the name ends: at the `=` or the end of the word.
  private let end: Int

  /// The word as an option: one or two dashes with something behind, which with one dash is no digit or sign. Nil for
  /// any other word.
  init?(_ word: String) {
    var bytes = word.utf8.makeIterator()
    guard bytes.next() == UInt8(ascii: "-"), let second = bytes.next() else { return nil }
    let isLong = second == UInt8(ascii: "-")
    if !isLong, !Self.isLetter(second) {
      return nil
    }
    var end = 2
    while let byte = bytes.next(), byte != UInt8(ascii: "=") {
      end += 1
    }
    if isLong, word.utf8.count == 2 {
      return nil
    }
    self.word = word
    self.start = isLong ? 2 : 1
    self.end = end
  }

  /// Bytes above ASCII count as letters, so that a misspelt option is told as one.
  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
    default: false
    }
  }

  /// Whether the name is this one.
  func isNamed(_ name: String) -> Bool {
    guard name.utf8.count == end - start else { return false }
    var bytes = word.utf8.makeIterator()
    for _ in 0..<start {
      _ = bytes.next()
    }
    for byte in name.utf8 where bytes.next() != byte {
      return false
    }
    return true
  }

  /// The name without dashes and value.
  var name: String {
    let bytes = word.utf8
    return String(word[bytes.index(bytes.startIndex, offsetBy: start)..<bytes.index(bytes.startIndex, offsetBy: end)])
  }

  /// What stands behind the `=`; nil without one.
  var value: String? {
    let bytes = word.utf8
    return bytes.count == end ? nil : String(word[bytes.index(bytes.startIndex, offsetBy: end + 1)...])
  }
}
