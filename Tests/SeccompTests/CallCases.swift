import OCI

@testable import Seccomp

/// The calls on which compilers are compared.
enum CallCases {
  /// Numbers of one convention: those that exist, some hundred above, and the corners of 32 bits.
  static func numbers(_ abi: SystemCallABI) -> [UInt32] {
    var numbers = (0...1100).map { abi.numberBase + $0 }
    if abi == .arm { numbers += (0xe_ffff...0xf_0006).map(\.self) }
    if 1..<0x1_0000 ~= abi.numberBase { numbers += [0, 1, 2, abi.numberBase - 1] }
    if abi != .x32 {
      numbers += [
        0x3fff_fffe, 0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xbfff_ffff, 0xc000_0000, 0xc000_0001,
        0xffff_fffe, 0xffff_ffff,
      ]
    }
    return numbers
  }

  /// Arguments around the values of conditions, alone and combined.
  static func arguments(_ conditions: [[OCI.Seccomp.Argument]], _ random: inout RandomNumbers) -> [[UInt64]] {
    var cases: [[UInt64]] = [[0, 0, 0, 0, 0, 0], (0..<6).map { _ in random.next() }]
    var values: [[UInt64]] = Array(repeating: [0, .max], count: 6)
    for condition in conditions.joined() { values[Int(condition.index)] += interesting(condition) }
    for alternative in conditions where !alternative.isEmpty {
      var matching: [UInt64] = (0..<6).map { values[$0].randomElement(using: &random)! }
      for condition in alternative { matching[Int(condition.index)] = satisfying(condition) }
      cases.append(matching)
      for condition in alternative {
        let index = Int(condition.index)
        for value in values[index].shuffled(using: &random).prefix(12) {
          var near = matching
          near[index] = value
          cases.append(near)
        }
      }
    }
    if cases.count > 2 {
      for _ in 0..<12 { cases.append((0..<6).map { values[$0].randomElement(using: &random)! }) }
    }
    return cases
  }

  private static func interesting(_ condition: OCI.Seccomp.Argument) -> [UInt64] {
    let values = [condition.value, condition.valueTwo ?? 0]
    return values.flatMap { value in
      [value, value &+ 1, value &- 1, value ^ 1 << 32, value & 0xffff_ffff, value | 1 << 63, ~value]
    } + [condition.value & (condition.valueTwo ?? .max)]
  }

  private static func satisfying(_ condition: OCI.Seccomp.Argument) -> UInt64 {
    switch condition.op {
    case "SCMP_CMP_NE", "SCMP_CMP_GT": condition.value &+ 1
    case "SCMP_CMP_LT": condition.value &- 1
    case "SCMP_CMP_MASKED_EQ": ((condition.valueTwo ?? 0) & condition.value) | ~condition.value
    default: condition.value
    }
  }
}
