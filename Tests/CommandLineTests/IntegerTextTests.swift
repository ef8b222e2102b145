import Testing

@testable import CommandLine

@Suite struct IntegerTextTests {
  @Test(arguments: [
    ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("010", 8), ("00", 0), ("0x1f", 31), ("0X1F", 31), ("-0x10", -16),
    ("0b101", 5), ("0o17", 15), ("0O17", 15), ("1_000", 1000), ("0x_1f", 31), ("0_7", 7), ("0b_1", 1),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("0x7fffffffffffffff", Int.max),
  ])
  func readsWhatGoReads(_ text: String, _ expected: Int) throws {
    #expect(try IntegerText.parse(text, .prefixed) == expected)
  }

  @Test(arguments: [
    "", "-", "+", "x", "1x", "0x", "0b", "0o", "08", "0b2", "0o8", "1__0", "_1", "1_", "0x1_", " 1", "1 ", "--1", "1.0",
    "1e3", "٣", "0x-1",
  ])
  func refusesWhatGoRefuses(_ text: String) {
    #expect(throws: IntegerText.Failure.syntax) { try IntegerText.parse(text, .prefixed) }
  }

  @Test(arguments: ["9223372036854775808", "-9223372036854775809", "0x8000000000000000", "99999999999999999999999999"])
  func tellsOverflow(_ text: String) {
    #expect(throws: IntegerText.Failure.range) { try IntegerText.parse(text, .prefixed) }
  }

  @Test(arguments: [("010", 10), ("-5", -5), ("0", 0)]) func decimal(_ text: String, _ expected: Int) throws {
    #expect(try IntegerText.parse(text, .decimal) == expected)
  }

  @Test(arguments: ["0x10", "1_000", "0b1", ""]) func decimalHasNoPrefixes(_ text: String) {
    #expect(throws: IntegerText.Failure.syntax) { try IntegerText.parse(text, .decimal) }
  }

  @Test(arguments: IntegerOption.allCases) func anEmptyTextIsAbsentOnlyWhereRuncSaysSo(_ option: IntegerOption) {
    let isText: Set<IntegerOption> = [
      .cpuBurst, .cpuIdle, .cpuPeriod, .cpuQuota, .cpuRtPeriod, .cpuRtRuntime, .cpuShare,
    ]
    do throws(UsageProblem) {
      #expect(try option.read("", option: "x") == nil)
      #expect(isText.contains(option))
    } catch {
      #expect(!isText.contains(option))
    }
  }
}
