/// The order in which rules of different actions for one call are tried, and the refusal of those that contradict.
///
/// The specification says nothing of a call that two rules match. What callers rely on is libseccomp's order, which is
/// not that of the profile: its tests form a tree whose levels are sorted by argument (the last first), kind of
/// comparison and value. This builds the same tree from the tests of the rules, then reads the rules off it, so that
/// the first of them that matches decides.
struct RuleOrder {
  /// Two rules with the same conditions, or one of which has all conditions of an earlier one, and different actions.
  struct Contradiction: Error {
    let rule: CallRule
    let other: CallRule
  }

  /// One test of 32 bits of an argument.
  private struct Test: Equatable {
    enum Kind { case equal, greater, greaterOrEqual, maskedEqual }

    let argument: UInt8
    let isUpperHalf: Bool
    let kind: Kind
    let value: UInt32
    let mask: UInt32
    /// What the profile compares; for the order only.
    let comparison: Comparison

    static func == (one: Test, other: Test) -> Bool {
      one.argument == other.argument && one.isUpperHalf == other.isUpperHalf && one.kind == other.kind
        && one.value == other.value && one.mask == other.mask
    }

    /// Whether it comes after a new test of the same level.
    func yields(to new: Test) -> Bool {
      let place = (argument, isUpperHalf ? 1 : 0, Self.precedence(comparison))
      let newPlace = (new.argument, new.isUpperHalf ? 1 : 0, Self.precedence(new.comparison))
      if place != newPlace { return place < newPlace }
      switch comparison {
      // The smaller bound says more.
      case .less, .lessOrEqual: return value > new.value
      case .equal, .notEqual, .maskedEqual, .greater, .greaterOrEqual: return value < new.value
      }
    }

    private static func precedence(_ comparison: Comparison) -> Int {
      switch comparison {
      case .equal, .notEqual, .maskedEqual: 3
      case .less, .lessOrEqual: 2
      case .greater, .greaterOrEqual: 1
      }
    }
  }

  /// A test and the outcome by which the rule goes on to its next one.
  private typealias Step = (test: Test, outcome: Bool)

  /// What follows an outcome: the last test of a rule was this one, or a level of further tests.
  private struct Outcome {
    var rule: CallRule?
    var next: [Node] = []

    var rules: [CallRule] { rule.map { [$0] } ?? next.flatMap { $0.whenTrue.rules + $0.whenFalse.rules } }
  }

  private struct Node {
    let test: Test
    var whenTrue = Outcome()
    var whenFalse = Outcome()
  }

  /// The rules in the order in which they are tried; those that can never be reached are left out.
  static func sorted(_ rules: [CallRule], wide: Bool) throws(Contradiction) -> [CallRule] {
    guard let first = rules.first, rules.contains(where: { $0.answer != first.answer }) else { return rules }
    var top = Outcome()
    for rule in rules { try insert(rule, rule.conditions.flatMap { steps($0, wide: wide) }[...], into: &top) }
    return top.rules
  }

  private static func insert(_ rule: CallRule, _ steps: ArraySlice<Step>, into outcome: inout Outcome)
    throws(Contradiction)
  {
    // A rule with fewer conditions that came first has the say.
    if let shorter = outcome.rule {
      if steps.isEmpty, shorter.answer != rule.answer { throw Contradiction(rule: rule, other: shorter) }
      return
    }
    guard let step = steps.first else {
      if let longer = outcome.rules.first(where: { $0.answer != rule.answer }) {
        throw Contradiction(rule: rule, other: longer)
      }
      outcome = Outcome(rule: rule)
      return
    }
    var place = 0
    while place < outcome.next.count, outcome.next[place].test != step.test,
      !outcome.next[place].test.yields(to: step.test)
    {
      place += 1
    }
    if place == outcome.next.count || outcome.next[place].test != step.test {
      outcome.next.insert(Node(test: step.test), at: place)
    }
    if step.outcome {
      try insert(rule, steps.dropFirst(), into: &outcome.next[place].whenTrue)
    } else {
      try insert(rule, steps.dropFirst(), into: &outcome.next[place].whenFalse)
    }
  }

  private static func steps(_ condition: Condition, wide: Bool) -> [Step] {
    func test(_ kind: Test.Kind, upper: Bool) -> Test {
      let shift: UInt64 = upper ? 32 : 0
      return Test(
        argument: condition.argument, isUpperHalf: upper, kind: kind,
        value: UInt32(truncatingIfNeeded: condition.value >> shift),
        mask: UInt32(truncatingIfNeeded: condition.mask >> shift), comparison: condition.comparison)
    }
    let (kind, outcome): (Test.Kind, Bool) =
      switch condition.comparison {
      case .equal: (.equal, true)
      case .notEqual: (.equal, false)
      case .maskedEqual: (.maskedEqual, true)
      case .greater: (.greater, true)
      case .greaterOrEqual: (.greaterOrEqual, true)
      case .less: (.greaterOrEqual, false)
      case .lessOrEqual: (.greater, false)
      }
    let lower = (test(kind, upper: false), outcome)
    guard wide else { return [lower] }
    switch condition.comparison {
    case .equal, .notEqual: return [(test(.equal, upper: true), true), lower]
    case .maskedEqual: return [(test(.maskedEqual, upper: true), true), lower]
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return [(test(.greater, upper: true), false), (test(.equal, upper: true), true), lower]
    }
  }
}
