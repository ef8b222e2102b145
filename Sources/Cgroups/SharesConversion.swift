/// cpu.shares of v1 (2 to 262144, 1024 by default) as cpu.weight of v2 (1 to 10000, 100 by default).
///
/// The formula is the newer one of the field (runc 1.4, crun 1.23): a quadratic in the logarithm which goes through
/// the least, the default and the greatest value of both. Logarithm and power are done here, since only Kernel imports
/// the C library; a test compares every value with its functions.
func cpuWeight(shares: UInt64) -> UInt64 {
  if shares <= 2 { return 1 }
  if shares >= 262_144 { return 10_000 }
  let logarithm = binaryLogarithm(Double(shares))
  let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
  // A whole number must not be rounded up because of the last bits: 1024 shares are a weight of 100.
  return UInt64(powerOfTen(exponent) + (1 - 1e-9))
}

private func binaryLogarithm(_ value: Double) -> Double {
  let part = (value.significand - 1) / (value.significand + 1)
  var (sum, power) = (0.0, part)
  for step in 0..<20 {
    sum += power / Double(2 * step + 1)
    power *= part * part
  }
  return Double(value.exponent) + 2 * sum / 0.693_147_180_559_945_3
}

/// - Parameter exponent: not negative.
private func powerOfTen(_ exponent: Double) -> Double {
  let binary = exponent * 3.321_928_094_887_362_3
  let whole = Int(binary)
  let part = (binary - Double(whole)) * 0.693_147_180_559_945_3
  var (sum, term) = (1.0, 1.0)
  for step in 1..<24 {
    term *= part / Double(step)
    sum += term
  }
  return Double(sign: .plus, exponent: whole, significand: sum)
}
