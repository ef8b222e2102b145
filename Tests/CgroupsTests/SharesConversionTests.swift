import Foundation
import Testing

@testable import Cgroups

@Suite struct SharesConversionTests {
  /// Known from runc's own tests.
  @Test(
    arguments: [
      (0, 1), (1, 1), (2, 1), (1024, 100), (262_144, 10_000), (262_145, 10_000), (UInt64.max, 10_000),
    ] as [(UInt64, UInt64)])
  func knownValues(shares: UInt64, weight: UInt64) { #expect(cpuWeight(shares: shares) == weight) }

  @Test func everyValueAgreesWithTheMathematicsLibrary() {
    var last: UInt64 = 1
    for shares in UInt64(3)..<262_144 {
      let logarithm = log2(Double(shares))
      let exponent = (logarithm * logarithm + 125 * logarithm) / 612.0 - 7.0 / 34.0
      let expected = UInt64(ceil(pow(10, exponent)))
      let weight = cpuWeight(shares: shares)
      if weight != expected { Issue.record("\(shares) shares: \(weight), not \(expected)") }
      if weight < last { Issue.record("\(shares) shares: less than before") }
      last = weight
    }
  }
}
