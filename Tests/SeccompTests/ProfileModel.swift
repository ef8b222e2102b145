import OCI

@testable import Seccomp

/// What a profile means, said as plainly as possible: no program, no order of rules, one call at a time.
struct ProfileModel {
  private struct Rule {
    let answer: UInt32
    /// The rule matches when all conditions of one of these hold.
    let alternatives: [[OCI.Seccomp.Argument]]
    /// What the first argument must be when the call is made through socketcall(2) or ipc(2).
    let operation: UInt32?
  }

  private struct Convention {
    var rules: [UInt32: [Rule]] = [:]
    /// The largest number of each block; ARM's private calls are one of their own.
    var newest: [Block: UInt32] = [:]
  }

  enum Block {
    case common, privateToARM

    init(_ number: UInt32, _ abi: SystemCallABI) {
      self = abi == .arm && number >= 0xf_0000 ? .privateToARM : .common
    }
  }

  let base: UInt32
  private let hidesNewer: Bool
  private var conventions: [SystemCallABI: Convention] = [:]

  init(_ profile: OCI.Seccomp, conventions abis: [SystemCallABI]) {
    let action = FilterAction(rawValue: profile.defaultAction)!
    base = action.returnValue(errno: profile.defaultErrnoRet)
    hidesNewer = ![.allow, .log, .trace].contains(action) && profile.defaultErrnoRet != 38
    for abi in abis {
      var convention = Convention()
      for rule in profile.syscalls ?? [] {
        for name in rule.names { Self.add(rule, name, abi, base, &convention) }
      }
      conventions[abi] = convention
    }
  }

  private static func add(
    _ rule: OCI.Seccomp.Syscall, _ name: String, _ abi: SystemCallABI, _ base: UInt32, _ convention: inout Convention
  ) {
    guard let index = SystemCallNames.index(of: name) else { return }
    let answer = FilterAction(rawValue: rule.action)!.returnValue(errno: rule.errnoRet)
    let arguments = rule.args ?? []
    let isSplit = Set(arguments.map(\.index)).count < arguments.count
    var ways: [(UInt32, UInt32?)] = []
    if let number = abi.number(ofNameAt: index) { ways.append((number + abi.numberBase, nil)) }
    if let other = abi.multiplexed(nameAt: index) { ways.append((other.number + abi.numberBase, other.operation)) }
    for (number, operation) in ways {
      convention.newest[Block(number, abi)] = max(convention.newest[Block(number, abi)] ?? 0, number)
      if answer == base { continue }
      convention.rules[number, default: []].append(
        Rule(answer: answer, alternatives: isSplit ? arguments.map { [$0] } : [arguments], operation: operation))
    }
  }

  /// The calls of a convention whose fate may depend on arguments, each with the conditions that may matter.
  func conditions(of number: UInt32, _ abi: SystemCallABI) -> [[OCI.Seccomp.Argument]] {
    (conventions[abi]?.rules[number] ?? []).flatMap { rule in
      rule.alternatives.map { alternative in
        guard let operation = rule.operation else { return alternative }
        return [.init(index: 0, value: UInt64(operation), op: "SCMP_CMP_EQ")] + alternative.filter { $0.index != 0 }
      }
    }
  }

  /// Whether two rules of a call compare an argument of 64 bits with values of the same upper half, and not for equality:
  /// libseccomp 2.5.4 then makes one test of the two, and gives one of the actions to both outcomes.
  func sharesUpperHalf(_ call: BPFMachine.Call, _ abi: SystemCallABI) -> Bool {
    guard abi.hasWideArguments else { return false }
    let tests = conditions(of: call.number, abi).joined().filter {
      $0.op != "SCMP_CMP_EQ" && $0.op != "SCMP_CMP_MASKED_EQ"
    }
    let places = tests.map { UInt64($0.index) << 32 | $0.value >> 32 }
    return Set(places).count < places.count
  }

  /// All answers that rules give to a call; more than one when rules of different actions match it.
  func answers(to call: BPFMachine.Call) -> Set<UInt32> {
    let number = call.number
    switch call.architecture {
    case 0xc000_003e where number & 0x4000_0000 != 0:
      if conventions[.x32] != nil { return answers(to: call, .x32) }
      return [conventions[.x86_64] != nil && number == .max ? base : 0]
    case 0xc000_003e:
      guard let convention = conventions[.x86_64] else {
        return [conventions[.x32] != nil && number >= 0x4000_0000 ? base : 0]
      }
      let isHidden = hidesNewer && convention.newest[.common].map { number > $0 } ?? false
      if number >= 0x4000_0000, conventions[.x32] == nil, !isHidden { return [0] }
      return answers(to: call, .x86_64)
    case let architecture:
      return SystemCallABI.allCases.first { $0.auditArchitecture == architecture }.map { answers(to: call, $0) } ?? [0]
    }
  }

  private func answers(to call: BPFMachine.Call, _ abi: SystemCallABI) -> Set<UInt32> {
    guard let convention = conventions[abi] else { return [0] }
    // A block of which the profile names nothing lies above all that it names.
    let newest = convention.newest[Block(call.number, abi)] ?? convention.newest[.common]
    if hidesNewer, let newest, call.number > newest { return [0x0005_0026] }
    let rules = convention.rules[call.number] ?? []
    var matching: Set<UInt32> = []
    for rule in rules {
      for alternative in rule.alternatives {
        let counting = alternative.filter { $0.index != 0 || rule.operation == nil }.filter { !Self.isVoid($0, abi) }
        if counting.isEmpty, rule.operation == nil { return [rule.answer] }
        let operationHolds = rule.operation.map { UInt32(truncatingIfNeeded: call.arguments[0]) == $0 } ?? true
        if operationHolds, counting.allSatisfy({ Self.holds($0, call.arguments, abi) }) {
          matching.insert(rule.answer)
        }
      }
    }
    return matching.isEmpty ? [base] : matching
  }

  private static func visible(_ value: UInt64, _ abi: SystemCallABI) -> UInt64 {
    abi.hasWideArguments ? value : value & 0xffff_ffff
  }

  private static func isVoid(_ condition: OCI.Seccomp.Argument, _ abi: SystemCallABI) -> Bool {
    condition.op == "SCMP_CMP_MASKED_EQ" && visible(condition.value, abi) == 0
  }

  private static func holds(_ condition: OCI.Seccomp.Argument, _ arguments: [UInt64], _ abi: SystemCallABI) -> Bool {
    let argument = visible(arguments[Int(condition.index)], abi)
    let value = visible(condition.value, abi)
    return switch condition.op {
    case "SCMP_CMP_NE": argument != value
    case "SCMP_CMP_LT": argument < value
    case "SCMP_CMP_LE": argument <= value
    case "SCMP_CMP_EQ": argument == value
    case "SCMP_CMP_GE": argument >= value
    case "SCMP_CMP_GT": argument > value
    default: argument & value == visible(condition.valueTwo ?? 0, abi) & value
    }
  }
}
