/// What the rules of a profile say of each system call of one calling convention.
struct CallTable {
  enum Decision: Equatable {
    /// No rule names the call.
    case none
    /// The filter's return value, whatever the arguments.
    case answer(UInt32)
    /// The place in `conditional` of rules that look at the arguments.
    case conditional(UInt32)
  }

  let abi: SystemCallABI
  /// The rules of each call that depends on its arguments, in the profile's order.
  private(set) var conditional: [[CallRule]] = []
  /// The largest number that the profile names, in an effective rule or not; nil when it names none. Private numbers
  /// have one of their own, lest a profile that names them were taken to know all numbers below.
  private(set) var newest: UInt32?
  private(set) var newestPrivate: UInt32?
  private var decisions: [Decision]
  /// Decisions of numbers above those of `decisions`, such as the private ones of ARM from 0xf0000; in no order.
  private var distant: [(number: UInt32, decision: Decision)] = []

  init(_ abi: SystemCallABI) {
    self.abi = abi
    // Numbers grow by some ten a year, and x32 uses up to 547: the rest is distant.
    decisions = Array(repeating: .none, count: 640)
  }

  /// Notes that the profile knows of a call.
  mutating func mention(nameAt index: Int) {
    if let number = abi.number(ofNameAt: index) {
      if let base = abi.privateBase, number >= base {
        newestPrivate = max(newestPrivate ?? number, number)
      } else {
        newest = max(newest ?? number, number)
      }
    }
    if let other = abi.multiplexed(nameAt: index) { newest = max(newest ?? other.number, other.number) }
  }

  /// Adds a rule to the call of a name, in all the ways in which the call can be made.
  ///
  /// An empty element of `alternatives` is a rule without conditions; all of them are alternatives.
  ///
  /// - Throws: Two rules that contradict, when one without conditions settles what they disagree on.
  mutating func add(nameAt index: Int, answer: UInt32, alternatives: [[Condition]], source: Int)
    throws(RuleOrder.Contradiction)
  {
    if let number = abi.number(ofNameAt: index) {
      for conditions in alternatives {
        if conditions.isEmpty {
          try settle(number, answer)
        } else {
          add(number, CallRule(answer: answer, conditions: conditions, source: source))
        }
      }
    }
    if let other = abi.multiplexed(nameAt: index) {
      // The operation takes the place of the first argument; the others stay, as libseccomp has it, although
      // socketcall(2) and ipc(2) hand on arguments of their own.
      let operation = Condition(operation: other.operation)
      for conditions in alternatives {
        let conditions = [operation] + conditions.filter { $0.argument != 0 }
        add(other.number, CallRule(answer: answer, conditions: conditions, source: source))
      }
    }
  }

  /// The first rule without conditions decides, and no rule with conditions counts beside it.
  private mutating func settle(_ number: UInt32, _ answer: UInt32) throws(RuleOrder.Contradiction) {
    switch self[number] {
    case .answer: return
    case .none: break
    case .conditional(let index):
      // They do not count any more, yet libseccomp would have refused them.
      _ = try RuleOrder.sorted(conditional[Int(index)], wide: abi.hasWideArguments)
      conditional[Int(index)] = []
    }
    self[number] = .answer(answer)
  }

  private mutating func add(_ number: UInt32, _ rule: CallRule) {
    switch self[number] {
    case .answer: return
    case .none:
      self[number] = .conditional(UInt32(conditional.count))
      conditional.append([rule])
    case .conditional(let place):
      let index = Int(place)
      // Repeating a rule costs nothing; the search is bounded, since a hostile profile may have any number of rules.
      let isKnown = conditional[index].count < 256 && conditional[index].contains(where: rule.hasSameEffect)
      if !isKnown { conditional[index].append(rule) }
    }
  }

  private subscript(number: UInt32) -> Decision {
    get {
      if number < UInt32(decisions.count) { return decisions[Int(number)] }
      return distant.first { $0.number == number }?.decision ?? .none
    }
    set {
      if number < UInt32(decisions.count) {
        decisions[Int(number)] = newValue
      } else if let index = distant.firstIndex(where: { $0.number == number }) {
        distant[index].decision = newValue
      } else {
        distant.append((number, newValue))
      }
    }
  }

  /// Calls `body` for each number that a rule names, in ascending order.
  func forEachDecision(isPrivate: Bool, _ body: (UInt32, Decision) -> Void) {
    let base = abi.privateBase ?? .max
    if !isPrivate {
      for (number, decision) in decisions.enumerated() where decision != .none { body(UInt32(number), decision) }
    }
    for (number, decision) in distant.sorted(by: { $0.number < $1.number }) where (number >= base) == isPrivate {
      body(number, decision)
    }
  }
}
