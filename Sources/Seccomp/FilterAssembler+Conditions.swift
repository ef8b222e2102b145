extension FilterAssembler {
  /// The checks of rules in their order: the first whose conditions all hold decides, `otherwise` none.
  mutating func check(_ rules: [CallRule], _ form: ArgumentForm, otherwise: Target) -> Target {
    var next = otherwise
    for rule in rules.reversed() {
      var holds = answer(rule.answer)
      for condition in rule.conditions.reversed() { holds = check(condition, form, holds, next) }
      next = holds
    }
    return next
  }

  private mutating func check(
    _ condition: Condition, _ form: ArgumentForm, _ holds: Target, _ fails: Target
  ) -> Target {
    // struct seccomp_data: nr, arch, instruction_pointer (8 bytes), args[6] of 8 bytes each, in the machine's order.
    let offset = 16 + 8 * UInt32(condition.argument)
    let (lowerOffset, upperOffset) = form.isBigEndian ? (offset + 4, offset) : (offset, offset + 4)
    let lower = UInt32(truncatingIfNeeded: condition.value)
    let upper = UInt32(truncatingIfNeeded: condition.value >> 32)
    let lowerMask = UInt32(truncatingIfNeeded: condition.mask)
    let upperMask = UInt32(truncatingIfNeeded: condition.mask >> 32)
    let (yes, no) = condition.comparison.isNegated ? (fails, holds) : (holds, fails)
    switch condition.comparison {
    case .equal, .notEqual, .maskedEqual:
      var result = yes
      if lowerMask != 0 { result = compare(wordAt: lowerOffset, mask: lowerMask, Code.ifEqual, lower, result, no) }
      if form.isWide, upperMask != 0 {
        result = compare(wordAt: upperOffset, mask: upperMask, Code.ifEqual, upper, result, no)
      }
      return result
    case .greater, .greaterOrEqual, .less, .lessOrEqual:
      let code = condition.comparison.includesEqual ? Code.ifGreaterOrEqual : Code.ifGreater
      let result = compare(wordAt: lowerOffset, code, lower, yes, no)
      guard form.isWide else { return result }
      let equal = branch(Code.ifEqual, upper, result, no)
      return compare(wordAt: upperOffset, Code.ifGreater, upper, yes, equal)
    }
  }
}

extension Comparison {
  /// Whether it is the opposite of equal, greater or greaterOrEqual.
  fileprivate var isNegated: Bool {
    switch self {
    case .notEqual, .less, .lessOrEqual: true
    case .equal, .greaterOrEqual, .greater, .maskedEqual: false
    }
  }

  /// Whether it, or what it is the opposite of, is greaterOrEqual.
  fileprivate var includesEqual: Bool {
    switch self {
    case .greaterOrEqual, .less: true
    case .greater, .lessOrEqual, .equal, .notEqual, .maskedEqual: false
    }
  }
}
