import JSON
import Testing

struct JSONNumberTests {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
  ])
  func readsIntegers(_ text: String, _ value: Int) {
    #expect(read(Int.self, text).value == value)
    #expect(read(Int64.self, text).value == Int64(value))
  }

  @Test(arguments: [
    ("65535", UInt16.max), ("0", 0),
  ])
  func readsUnsignedIntegers(_ text: String, _ value: UInt16) {
    #expect(read(UInt16.self, text).value == value)
  }

  @Test func readsTheWholeRange() {
    #expect(read(UInt64.self, "18446744073709551615").value == .max)
    #expect(read(UInt32.self, "4294967295").value == .max)
    #expect(read(Int32.self, "-2147483648").value == .min)
    #expect(read(Int32.self, "2147483647").value == .max)
  }

  @Test(arguments: [
    "-1", "-0", "4294967296", "18446744073709551616", "99999999999999999999999", "1.0", "1e3", "0.0", "1E0", "-1.5",
  ])
  func refusesWhatIsNoUInt32(_ text: String) {
    #expect(
      read([UInt32].self, "[ \(text) ]").error?.description
        == "[0]: expected an integer from 0 to 4294967295, found \(text) (line 1, column 3)")
  }

  @Test func refusesWhatIsOutOfRange() {
    func problem<Integer: JSONReadable>(_ type: Integer.Type, _ text: String) -> String? {
      read(type, text).error?.problem
    }
    #expect(problem(UInt16.self, "65536") == "expected an integer from 0 to 65535, found 65536")
    #expect(
      problem(Int32.self, "-2147483649")
        == "expected an integer from -2147483648 to 2147483647, found -2147483649")
    for text in ["9223372036854775808", "-9223372036854775809", "-99999999999999999999"] {
      #expect(
        problem(Int64.self, text)
          == "expected an integer from -9223372036854775808 to 9223372036854775807, found \(text)")
    }
    #expect(
      problem(UInt64.self, "18446744073709551616")
        == "expected an integer from 0 to 18446744073709551615, found 18446744073709551616")
  }

  @Test func aLongNumberIsCut() {
    let text = String(repeating: "9", count: 100_000)
    #expect(
      read(UInt16.self, text).error?.problem
        == "expected an integer from 0 to 65535, found \(String(repeating: "9", count: 40))…")
    #expect(tree(text).value == .number(text))
  }
}
