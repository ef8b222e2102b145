@testable import ContainerRuntime
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (951_868_799_999_999_999, "2000-02-29T23:59:59.999999999Z"),
    (1_709_164_800_500_000_000, "2024-02-29T00:00:00.5Z"), (4_107_542_400_000_000_000, "2100-03-01T00:00:00Z"),
    (1_735_689_599_120_000_000, "2024-12-31T23:59:59.12Z"), (Int64.max, "2262-04-11T23:47:16.854775807Z"),
  ])
  func isWrittenAsGoDoes(nanoseconds: Int64, text: String) {
    #expect(Timestamp.text(nanoseconds: nanoseconds) == text)
  }

  @Test func leavesTheFractionOut() {
    #expect(Timestamp.seconds(nanoseconds: 1_709_164_800_999_999_999) == "2024-02-29T00:00:00Z")
  }
}
