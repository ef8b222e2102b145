import Testing

@testable import CommandLine

@Suite struct SizeTextTests {
  @Test(arguments: [
    ("0", 0), ("1024", 1024), ("-1", -1), ("1b", 1), ("1B", 1), ("2k", 2048), ("2K", 2048), ("2kb", 2048),
    ("2KiB", 2048), ("64M", 64 << 20), ("64 M", 64 << 20), ("64 ", 64), ("1.5g", 3 << 29), (".5m", 1 << 19),
    ("5.m", 5 << 20), ("1t", 1 << 40), ("2pib", 2 << 50), ("0.1k", 102), ("1.999", 1),
    ("9223372036854775807", Int.max), ("8191p", 8191 << 50), ("1.00000000000000000000000001k", 1024),
  ])
  func reads(_ text: String, _ expected: Int) throws {
    #expect(try SizeText.read(text, option: "memory") == expected)
  }

  @Test func anEmptyTextIsAbsent() throws {
    #expect(try SizeText.read("", option: "memory") == nil)
  }

  @Test(arguments: [
    "x", "M", "-2", "-1M", "1q", "1kib2", "1mibs", "1bb", "1ki", "1 2", "1  k", " 1", "+1", "1e3", "0x10", ".", "1.2.3",
    "9223372036854775808", "18446744073709551616", "8192p", "99999999999999999999p", "1\u{301}",
  ])
  func refuses(_ text: String) {
    #expect(throws: UsageProblem.self) { try SizeText.read(text, option: "memory") }
  }

  @Test func saysWhatIsTooMuch() {
    #expect(
      throws: UsageProblem.invalidValue(
        "8192p", option: "memory", reason: "must be at most 9223372036854775807 bytes")
    ) {
      try SizeText.read("8192p", option: "memory")
    }
  }
}
