import JSON
import Testing

struct JSONWriterTests {
  private static let value = JSONValue.object([
    "b": .array([.number("1"), .object([:]), .array([]), .array([.null])]), "a": .object(["x": .bool(true)]),
  ])

  @Test func writesCompactly() {
    #expect(text(Self.value, .compact) == #"{"a":{"x":true},"b":[1,{},[],[null]]}"#)
  }

  /// As MarshalIndent of Go with "  ".
  @Test func writesPretty() {
    let expected = """
      {
        "a": {
          "x": true
        },
        "b": [
          1,
          {},
          [],
          [
            null
          ]
        ]
      }
      """
    #expect(text(Self.value, .pretty) == expected)
    #expect(text(Self.value, .tabs) == expected.replacing("  ", with: "\t"))
  }

  /// As Go with SetEscapeHTML(false).
  @Test(arguments: [
    ("a", #""a""#), ("\"\\/", #""\"\\/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
    ("\0\u{1}\u{F}\u{10}\u{1F}", #""\u0000\u0001\u000f\u0010\u001f""#), ("<>&'\u{7F}", "\"<>&'\u{7F}\""),
    ("\u{2028}\u{2029}\u{202A}€", "\"\\u2028\\u2029\u{202A}€\""), ("é😀\n", "\"é😀\\n\""), ("", #""""#),
  ])
  func escapesStrings(_ value: String, _ expected: String) {
    #expect(text(.string(value), .compact) == expected)
    #expect(read(String.self, expected).value == value)
  }

  @Test func writesMembers() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("s", "x")
    writer.member("none", String?.none)
    writer.member("list", [UInt16.max])
    writer.member("none", [String: Bool]?.none)
    writer.member("map", ["é": -1, "b": Int64.min, "a": Int64.max])
    writer.member("flag", false)
    writer.endObject()
    #expect(
      writer.text
        == #"{"s":"x","list":[65535],"map":{"a":9223372036854775807,"b":-9223372036854775808,"é":-1},"flag":false}"#)
  }

  @Test func writesIntegersOfEveryType() {
    #expect([Int.min].json() == Array("[-9223372036854775808]".utf8))
    #expect([Int32.min, .max].json() == Array("[-2147483648,2147483647]".utf8))
    #expect([UInt32.max].json() == Array("[4294967295]".utf8))
    #expect([UInt64.max].json() == Array("[18446744073709551615]".utf8))
  }

  private func text(_ value: JSONValue, _ layout: JSONWriter.Layout) -> String {
    String(decoding: value.json(layout), as: UTF8.self)
  }
}
