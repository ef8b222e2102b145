import OCI

@testable import Seccomp

/// Compares our program for a profile with libseccomp's, and both with what the profile says (ProfileModel).
struct ProfileComparison {
  /// How many calls were compared, and why the programs differ where they do. libseccomp is 2.5.4.
  struct Tally {
    var profiles = 0
    var calls = 0
    /// Calls that our tables have and libseccomp's lack, where ours does what the profile says (SyscallTableTests
    /// lists them all).
    var unknownCalls = 0
    /// libseccomp compares the wrong half of an argument, or of another (AccumulatorFlow).
    var wrongWord = 0
    /// libseccomp gives an answer that no matching rule gives: it lost one when it merged trees. Where it did, another
    /// rule that matches as well may decide in its place.
    var lostRule = 0
    /// Rules of different actions match, and each program follows one.
    var otherOrder = 0
    /// Profiles that both refuse, since rules contradict.
    var refused = 0
    /// Profiles that libseccomp alone refuses.
    var refusedByLibseccomp = 0
    /// Profiles on which libseccomp crashes or does not end.
    var fatal = 0
    /// Differences of no such kind, and answers of ours that no rule gives.
    var unexplained: [String] = []

    static func += (sum: inout Tally, more: Tally) {
      sum.profiles += more.profiles
      sum.calls += more.calls
      sum.unknownCalls += more.unknownCalls
      sum.wrongWord += more.wrongWord
      sum.lostRule += more.lostRule
      sum.otherOrder += more.otherOrder
      sum.refused += more.refused
      sum.refusedByLibseccomp += more.refusedByLibseccomp
      sum.fatal += more.fatal
      sum.unexplained += more.unexplained
    }

    var summary: String {
      "\(profiles) profiles, \(calls) calls; calls that libseccomp lacks \(unknownCalls), "
        + "wrong words \(wrongWord), lost rules \(lostRule), other order \(otherOrder); profiles refused by both "
        + "\(refused), by libseccomp alone \(refusedByLibseccomp), fatal to libseccomp \(fatal); "
        + "unexplained \(unexplained.count)"
    }
  }

  private let profile: OCI.Seccomp
  private let abis: [SystemCallABI]
  private let model: ProfileModel
  private let ours: BPFMachine
  private let theirs: BPFMachine
  private let flow: AccumulatorFlow
  /// By convention, the number above which calls get ENOSYS, which runc puts before libseccomp's program; to runc ARM's
  /// private calls are no block of their own.
  private var newest: [SystemCallABI: [ProfileModel.Block: UInt32]] = [:]
  /// Numbers that libseccomp lacks.
  private var unknown: [SystemCallABI: Set<UInt32>] = [:]
  private var tally = Tally()
  /// Calls for which libseccomp has lost a rule, and other differences of which that may be the cause.
  private var losers: Set<Place> = []
  private var orders: [(place: Place, text: String)] = []

  private struct Place: Hashable {
    let architecture: UInt32
    let number: UInt32

    init(_ call: BPFMachine.Call) {
      architecture = call.architecture
      number = call.number
    }
  }

  /// Compiles and compares.
  static func run(
    _ profile: OCI.Seccomp, native: Architecture, abis: [SystemCallABI], oracle: Oracle, answer: Oracle.Answer,
    seed: UInt64
  ) throws -> Tally {
    let ours: FilterProgram
    do {
      ours = try FilterProgram(compiling: profile, native: native)
    } catch {
      var tally = Tally(profiles: 1)
      if case .refusal = answer, error.problem.hasPrefix("contradicts ") {
        tally.refused = 1
      } else {
        tally.unexplained = ["seed \(seed): \(error)"]
      }
      return tally
    }
    switch answer {
    case .refusal: return Tally(profiles: 1, refusedByLibseccomp: 1)
    case .death: return Tally(profiles: 1, fatal: 1)
    case .program(let theirs):
      var comparison = try ProfileComparison(profile, abis, oracle, ours: ours.instructions, theirs: theirs)
      comparison.compareAll(seed: seed)
      return comparison.tally
    }
  }

  private init(
    _ profile: OCI.Seccomp, _ abis: [SystemCallABI], _ oracle: Oracle, ours: [FilterProgram.Instruction],
    theirs: [FilterProgram.Instruction]
  ) throws {
    self.profile = profile
    self.abis = abis
    model = ProfileModel(profile, conventions: abis)
    self.ours = try BPFMachine(ours)
    self.theirs = try BPFMachine(theirs)
    flow = AccumulatorFlow(theirs)
    tally.profiles = 1
    if !AccumulatorFlow(ours).isSound { tally.unexplained.append("our comparisons see different words") }
    let action = FilterAction(rawValue: profile.defaultAction)!
    let hidesNewer = ![.allow, .log, .trace].contains(action) && profile.defaultErrnoRet != 38
    for abi in abis {
      for name in (profile.syscalls ?? []).flatMap(\.names) {
        guard let index = SystemCallNames.index(of: name) else { continue }
        let number = abi.number(ofNameAt: index).map { $0 + abi.numberBase }
        let other = abi.multiplexed(nameAt: index).map { $0.number + abi.numberBase }
        if let number, oracle.number(of: name, abi) == nil, other == nil { unknown[abi, default: []].insert(number) }
        // runc leaves out calls that libseccomp reaches by socketcall(2) or ipc(2), which would give ENOSYS for a call
        // that the profile names when it names no other of a larger number.
        for number in [oracle.number(of: name, abi), number, other].compactMap(\.self) where hidesNewer {
          let block = ProfileModel.Block(number, abi)
          newest[abi, default: [:]][block] = max(newest[abi]?[block] ?? 0, number)
        }
      }
    }
  }

  private mutating func compareAll(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    for abi in SystemCallABI.allCases {
      let isListed = abis.contains(abi)
      for number in isListed ? CallCases.numbers(abi) : [abi.numberBase, abi.numberBase + 1, 0x4000_0001] {
        let conditions = isListed ? model.conditions(of: number, abi) : []
        for arguments in CallCases.arguments(conditions, &random) {
          compare(BPFMachine.Call(number: number, architecture: abi.auditArchitecture, arguments: arguments))
        }
      }
    }
    // An architecture that no profile can list (AUDIT_ARCH_SPARC).
    compare(BPFMachine.Call(number: 1, architecture: 0x0000_0002))
    for (place, text) in orders {
      if losers.contains(place) { tally.lostRule += 1 } else { tally.unexplained.append(text) }
    }
  }

  private mutating func compare(_ call: BPFMachine.Call) {
    tally.calls += 1
    let abi: SystemCallABI? =
      switch call.architecture {
      case SystemCallABI.x86_64.auditArchitecture: call.number & 0x4000_0000 == 0 ? .x86_64 : .x32
      case let architecture: SystemCallABI.allCases.first { $0.auditArchitecture == architecture }
      }
    let limit = abi.flatMap { newest[$0]?[ProfileModel.Block(call.number, $0)] ?? newest[$0]?[.common] }
    let isNewer = limit.map { call.number > $0 } ?? false
    let (our, their) = (ours.run(call), isNewer ? 0x0005_0026 : theirs.run(call))
    let meant = model.answers(to: call)
    if !meant.contains(our) {
      tally.unexplained.append("\(call): \(our) is none of \(meant)")
    } else if our != their {
      explain(call, abi, our, their, meant)
    }
  }

  private mutating func explain(
    _ call: BPFMachine.Call, _ abi: SystemCallABI?, _ our: UInt32, _ their: UInt32, _ meant: Set<UInt32>
  ) {
    if let abi, unknown[abi]?.contains(call.number) ?? false, meant == [our] {
      tally.unknownCalls += 1
    } else if flow.isAmbiguous(theirs.path(of: call)) {
      tally.wrongWord += 1
    } else if !meant.contains(their) {
      tally.lostRule += 1
      losers.insert(Place(call))
    } else if let abi, model.sharesUpperHalf(call, abi) {
      tally.otherOrder += 1
    } else {
      orders.append((Place(call), "\(call): ours \(our), theirs \(their), meant \(meant)"))
    }
  }
}
