internal import OCI

/// A condition on one argument, in the form that its calling convention can see.
struct Condition: Equatable {
  /// Which argument, 0 to 5.
  let argument: UInt8
  let comparison: Comparison
  /// What the argument is compared with; has no bit outside `mask`.
  let value: UInt64
  /// The bits of the argument that count: all that the convention can see, unless the comparison brings a mask.
  let mask: UInt64

  /// Nil when the condition always holds, since its mask leaves no bit.
  init?(_ argument: OCI.Seccomp.Argument, _ comparison: Comparison, wide: Bool) {
    let visible: UInt64 = wide ? .max : 0xffff_ffff
    mask = comparison == .maskedEqual ? argument.value & visible : visible
    value = (comparison == .maskedEqual ? argument.valueTwo ?? 0 : argument.value) & mask
    self.comparison = comparison
    self.argument = UInt8(truncatingIfNeeded: argument.index)
    if mask == 0 { return nil }
  }

  /// The condition that the first argument is an operation of socketcall(2) or ipc(2).
  init(operation: UInt32) {
    argument = 0
    comparison = .equal
    value = UInt64(operation)
    mask = 0xffff_ffff
  }
}

/// What one rule of a profile says of one system call, for one calling convention.
struct CallRule: Equatable {
  /// The filter's return value.
  let answer: UInt32
  /// All must hold; sorted by argument, at most one for each. Not empty.
  let conditions: [Condition]
  /// The place of the rule in the profile's `syscalls`.
  let source: Int

  /// Whether both stand for the same instructions.
  func hasSameEffect(as other: CallRule) -> Bool { answer == other.answer && conditions == other.conditions }
}
