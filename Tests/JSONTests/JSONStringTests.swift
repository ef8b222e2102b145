import JSON
import Testing

struct JSONStringTests {
  @Test(arguments: [
    (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
    (#""\u0000a""#, "\0a"), (#""é€😀""#, "é€😀"), ("\"\u{7F}\"", "\u{7F}"), (#""\ud83d\ude00""#, "😀"),
    (#""a\u2028b""#, "a\u{2028}b"), ("\"\u{2028}\"", "\u{2028}"), (#""\uFFFF""#, "\u{FFFF}"),
  ])
  func readsStrings(_ text: String, _ value: String) {
    let read = read(String.self, text).value
    #expect(read.map { Array($0.utf8) } == Array(value.utf8))
  }

  /// What Go makes of surrogates without their other half.
  @Test(arguments: [
    (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800a""#, "\u{FFFD}a"),
    (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\ude00\ude00""#, "😀\u{FFFD}"),
    (#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
  ])
  func replacesLoneSurrogates(_ text: String, _ value: String) {
    #expect(read(String.self, text).value == value)
  }

  /// What Go makes of bytes that are no UTF-8: U+FFFD for each one.
  @Test(arguments: [
    ([0xFF], 1), ([0x80], 1), ([0xC3], 1), ([0xC0, 0xAF], 2), ([0xE0, 0x80, 0xAF], 3), ([0xE2, 0x82], 2),
    ([0xED, 0xA0, 0x80], 3), ([0xED, 0xBF, 0xBF], 3), ([0xF0, 0x9F, 0x98], 3), ([0xF0, 0x80, 0x80, 0x80], 4),
    ([0xF4, 0x90, 0x80, 0x80], 4), ([0xF5, 0x80, 0x80, 0x80], 4), ([0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF], 6),
  ])
  func replacesWhatIsNoUTF8(_ bytes: [UInt8], _ count: Int) {
    let expected = "a" + String(repeating: "\u{FFFD}", count: count) + "b"
    let text = Array("\"a".utf8) + bytes + Array("b\"".utf8)
    #expect(read(String.self, text).value == expected)
    // The same where an escape is in the string, in a name, and at the end.
    let escaped = Array("\"\\u0061".utf8) + bytes + Array("b\"".utf8)
    #expect(read(String.self, escaped).value == expected)
    let named = Array("{".utf8) + text + Array(":1}".utf8)
    #expect(read([String: Int].self, named).value == [expected: 1])
    let atEnd = Array("\"a".utf8) + bytes + Array("\"".utf8)
    #expect(read(String.self, atEnd).value == String(expected.dropLast()))
  }

  @Test(arguments: [0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF])
  func keepsEveryScalar(_ range: ClosedRange<Int>) throws {
    var text = "\\u0061"
    for value in [range.lowerBound, (range.lowerBound + range.upperBound) / 2, range.upperBound] {
      text.unicodeScalars.append(try #require(Unicode.Scalar(UInt32(value))))
    }
    #expect(read(String.self, "\"\(text)\"").value == "a" + text.dropFirst(6))
    #expect(read(String.self, "\"\(text.dropFirst(6))\"").value == String(text.dropFirst(6)))
  }

  @Test func everyControlCharacterMustBeEscaped() {
    for byte in UInt8(0)..<0x20 {
      #expect(read(String.self, [0x22, byte, 0x22]).error?.offset == 1)
      let digits = "0123456789abcdef".utf8.map { $0 }
      let text = Array("\"\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x22]
      #expect(read(String.self, text).value == String(Unicode.Scalar(byte)))
    }
  }
}
