import Testing

@testable import CommandLine

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("0", 0), ("+0", 0), ("5s", 5_000_000_000), ("1m30s", 90_000_000_000), ("1.5h", 5_400_000_000_000),
    ("250ms", 250_000_000), ("10us", 10_000), ("10µs", 10_000), ("10μs", 10_000), ("10ns", 10), ("-1s", -1_000_000_000),
    (".5s", 500_000_000), ("1.s", 1_000_000_000), ("0s", 0), ("1h1m1s1ms1us1ns", 3_661_001_001_001),
    ("0.3ns", 0), ("9223372036854775807ns", Int.max),
  ])
  func reads(_ text: String, _ expected: Int) {
    #expect(DurationText.nanoseconds(text) == expected)
  }

  @Test(arguments: [
    "", "-", "+", "5", "s", "5x", "5 s", " 5s", "1m30", ".s", "1..s", "5S", "--5s", "1d", "9223372036854775808ns",
    "3000000h", "2562048h", "9223372036s1h9223372036s",
  ])
  func refuses(_ text: String) {
    #expect(DurationText.nanoseconds(text) == nil)
  }
}
