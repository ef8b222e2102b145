import OCI
import Testing

@testable import Seccomp

/// Meanings that single profiles show, and the shape of programs.
@Suite struct FilterProgramTests {
  private static let x86_64: UInt32 = 0xc000_003e
  private static let x86: UInt32 = 0x4000_0003
  private static let allow: UInt32 = 0x7fff_0000
  private static let kill: UInt32 = 0
  private static let permissionDenied: UInt32 = 0x0005_0001
  private static let notImplemented: UInt32 = 0x0005_0026

  private typealias Errors = ProfileErrorTests

  private static func machine(_ profile: OCI.Seccomp, native: Architecture = .x86_64) throws -> BPFMachine {
    try BPFMachine(FilterProgram(compiling: profile, native: native).instructions)
  }

  // MARK: Other doors to the kernel (security case C5)

  @Test func withoutX86AndX32TheirCallsKill() throws {
    let machine = try Self.machine(Errors.profile("SCMP_ACT_ERRNO", [Errors.rule(["read", "write", "chmod"])]))
    #expect(machine.run(.init(number: 90, architecture: Self.x86_64)) == Self.allow)
    for number in [15, 90, 1000] as [UInt32] {
      #expect(machine.run(.init(number: number, architecture: Self.x86)) == Self.kill)
      #expect(machine.run(.init(number: 0x4000_0000 | number, architecture: Self.x86_64)) == Self.kill)
    }
    #expect(machine.run(.init(number: 1000, architecture: Self.x86_64)) == Self.notImplemented)
    // A tracer skips a call by -1.
    #expect(machine.run(.init(number: .max, architecture: Self.x86_64)) == Self.permissionDenied)
  }

  @Test func theNativeArchitectureNeedsNoMention() throws {
    let profile = Errors.profile(
      "SCMP_ACT_ERRNO", [Errors.rule(["read"])], architectures: ["SCMP_ARCH_ARM", "SCMP_ARCH_ARM"])
    let machine = try Self.machine(profile, native: .aarch64)
    #expect(machine.run(.init(number: 63, architecture: 0xc000_00b7)) == Self.allow)
    #expect(machine.run(.init(number: 3, architecture: 0x4000_0028)) == Self.allow)
    #expect(machine.run(.init(number: 0, architecture: Self.x86_64)) == Self.kill)
  }

  // MARK: Newer calls

  @Test(arguments: [
    ("SCMP_ACT_ERRNO", nil as UInt32?, true), ("SCMP_ACT_ERRNO", 1, true), ("SCMP_ACT_ERRNO", 38, false),
    ("SCMP_ACT_KILL", nil, true), ("SCMP_ACT_KILL_PROCESS", nil, true), ("SCMP_ACT_TRAP", nil, true),
    ("SCMP_ACT_ALLOW", nil, false), ("SCMP_ACT_LOG", nil, false), ("SCMP_ACT_TRACE", nil, false),
  ])
  func newerCallsAreNotImplemented(action: String, errno: UInt32?, isHidden: Bool) throws {
    // statx is 332, and a rule of no effect counts as well.
    for rule in ["SCMP_ACT_LOG", action] {
      let rule = Errors.rule(["statx"], rule, errno: rule == action ? errno : nil)
      let machine = try Self.machine(Errors.profile(action, [rule], errno: errno))
      let base = FilterAction(rawValue: action)!.returnValue(errno: errno)
      #expect(machine.run(.init(number: 331, architecture: Self.x86_64)) == base)
      #expect(machine.run(.init(number: 333, architecture: Self.x86_64)) == (isHidden ? Self.notImplemented : base))
    }
  }

  /// Profiles for ARM name its private calls, whose numbers are large and old.
  @Test(
    arguments: [
      (450, 0x0005_0001), (451, 0x0005_0026), (0xe_ffff, 0x0005_0026), (0xf_0001, 0x0005_0001), (0xf_0005, 0x7fff_0000),
      (0xf_0006, 0x0005_0026),
    ] as [(UInt32, UInt32)])
  func privateCallsAreNotTheNewest(number: UInt32, expected: UInt32) throws {
    let rules = [
      Errors.rule(["set_tls"]), Errors.rule(["set_mempolicy_home_node"], "SCMP_ACT_ERRNO"),  // 0xf0005 and 450
    ]
    let profile = Errors.profile("SCMP_ACT_ERRNO", rules, architectures: ["SCMP_ARCH_ARM"])
    let machine = try Self.machine(profile, native: .aarch64)
    #expect(machine.run(.init(number: number, architecture: 0x4000_0028)) == expected)
  }

  @Test func withoutNamesNothingIsNewer() throws {
    let machine = try Self.machine(Errors.profile("SCMP_ACT_KILL_PROCESS"))
    #expect(machine.run(.init(number: 500, architecture: Self.x86_64)) == 0x8000_0000)
  }

  // MARK: Several rules for a call

  @Test(arguments: [0, 1, 2])
  func theFirstRuleWithoutConditionsDecides(place: Int) throws {
    let condition = Errors.argument(0, "SCMP_CMP_EQ", 1)
    var rules = [
      Errors.rule(["read"], "SCMP_ACT_LOG", args: [condition]), Errors.rule(["read"], "SCMP_ACT_TRACE"),
    ]
    rules.insert(Errors.rule(["read"]), at: place)
    let machine = try Self.machine(Errors.profile("SCMP_ACT_ERRNO", rules))
    for argument in [0, 1] as [UInt64] {
      let call = BPFMachine.Call(number: 0, architecture: Self.x86_64, arguments: [argument, 0, 0, 0, 0, 0])
      #expect(machine.run(call) == (place == 2 ? 0x7ff0_0001 : Self.allow))
    }
  }

  /// libseccomp's order: the last argument first, equality before order, large values first but for upper bounds.
  @Test(
    arguments: [
      ((0, "SCMP_CMP_EQ", 7), (1, "SCMP_CMP_EQ", 7)), ((0, "SCMP_CMP_GE", 1), (0, "SCMP_CMP_EQ", 7)),
      ((0, "SCMP_CMP_GE", 1), (0, "SCMP_CMP_LE", 9)), ((0, "SCMP_CMP_LT", 9), (0, "SCMP_CMP_LT", 8)),
      ((0, "SCMP_CMP_GT", 1), (0, "SCMP_CMP_GT", 2)), ((0, "SCMP_CMP_NE", 8), (0, "SCMP_CMP_NE", 9)),
    ] as [((UInt32, String, UInt64), (UInt32, String, UInt64))])
  func overlappingRulesAreTriedInLibseccompsOrder(
    last: (UInt32, String, UInt64), first: (UInt32, String, UInt64)
  ) throws {
    let rules = [
      Errors.rule(["read"], "SCMP_ACT_LOG", args: [Errors.argument(last.0, last.1, last.2)]),
      Errors.rule(["read"], "SCMP_ACT_ALLOW", args: [Errors.argument(first.0, first.1, first.2)]),
    ]
    let call = BPFMachine.Call(number: 0, architecture: Self.x86_64, arguments: [7, 7, 0, 0, 0, 0])
    for rules in [rules, rules.reversed()] {
      let profile = Errors.profile("SCMP_ACT_ERRNO", rules)
      #expect(try Self.machine(profile).run(call) == Self.allow)
      guard case .program(let program) = try Oracle.shared.get().compile([(profile, [.x86_64])])[0] else {
        Issue.record("libseccomp refuses")
        continue
      }
      #expect(try BPFMachine(program).run(call) == Self.allow)
    }
  }

  /// Two conditions on one argument are alternatives, as they are to runc.
  @Test(arguments: [(1, true), (2, true), (3, false)] as [(UInt64, Bool)])
  func conditionsOnOneArgumentAreAlternatives(argument: UInt64, isAllowed: Bool) throws {
    let rule = Errors.rule(
      ["read"], args: [Errors.argument(0, "SCMP_CMP_EQ", 1), Errors.argument(0, "SCMP_CMP_EQ", 2)])
    let machine = try Self.machine(Errors.profile("SCMP_ACT_ERRNO", [rule]))
    let call = BPFMachine.Call(number: 0, architecture: Self.x86_64, arguments: [argument, 0, 0, 0, 0, 0])
    #expect(machine.run(call) == (isAllowed ? Self.allow : Self.permissionDenied))
  }

  // MARK: Flags

  @Test(
    arguments: [
      (nil, 4), ([], 0), (["SECCOMP_FILTER_FLAG_TSYNC"], 1), (["SECCOMP_FILTER_FLAG_LOG"], 2),
      (["SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_LOG"], 6),
    ] as [([String]?, UInt32)])
  func flagsAreTheKernels(flags: [String]?, expected: UInt32) throws {
    let program = try FilterProgram(compiling: Errors.profile(flags: flags), native: .x86_64)
    #expect(program.flags.rawValue == expected)
    #expect(!program.needsListener)
    let notify = Errors.profile(
      "SCMP_ACT_ERRNO", [Errors.rule(["read"], "SCMP_ACT_NOTIFY")], flags: flags, listener: "/run/agent")
    let listening = try FilterProgram(compiling: notify, native: .x86_64)
    #expect(listening.flags.rawValue == expected | 8 | (expected & 1) << 4)
    #expect(listening.needsListener)
  }

  // MARK: Shape

  @Test func oneAnswerToEverythingIsOneInstruction() throws {
    let program = try FilterProgram(compiling: Errors.profile("SCMP_ACT_KILL"), native: .x86_64)
    #expect(program.instructions == [.init(code: 6, jumpTrue: 0, jumpFalse: 0, operand: 0)])
  }

  /// A balanced search: no call of Docker's size of profile costs more than some comparisons.
  @Test func everyCallIsDecidedInAFewInstructions() throws {
    let names = SyscallTableTests.names.enumerated().filter { $0.offset % 4 != 0 }.map(\.element)
    let profile = Errors.profile(
      "SCMP_ACT_ERRNO", [Errors.rule(names)], architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"])
    let program = try FilterProgram(compiling: profile, native: .x86_64)
    let machine = try BPFMachine(program.instructions)
    #expect(program.instructions.count < 1000)
    for number in 0..<UInt32(600) {
      #expect(machine.path(of: .init(number: number, architecture: Self.x86_64)).count <= 20)
    }
  }

  @Test(.enabled(if: SharedConfigurations.isPresent))
  func everyCallUnderDockersProfileIsDecidedInAFewInstructions() throws {
    let profile = try #require(try SharedConfigurations.profile("docker"))
    let program = try FilterProgram(compiling: profile, native: .x86_64)
    let machine = try BPFMachine(program.instructions)
    #expect(program.instructions.count == 313)
    for number in 0..<UInt32(600) {
      // clone and personality look at an argument five times at most.
      let limit = [56, 135].contains(number) ? 40 : 20
      #expect(machine.path(of: .init(number: number, architecture: Self.x86_64)).count <= limit)
    }
  }

  /// Every call has checks of its own, so targets are far away: jumps must be bridged, and right.
  @Test func farTargetsAreReached() throws {
    let names = SyscallTableTests.names.filter { $0 != "socketcall" && $0 != "ipc" }
    let rules = names.enumerated().map { index, name in
      Errors.rule(
        [name], "SCMP_ACT_ERRNO", errno: UInt32(index % 40 + 1),
        args: [Errors.argument(UInt32(index % 6), "SCMP_CMP_GE", UInt64(index) << 20)])
    }
    let profile = Errors.profile("SCMP_ACT_KILL_PROCESS", rules)
    let program = try FilterProgram(compiling: profile, native: .x86_64)
    #expect(program.instructions.count > 1500)
    #expect(program.instructions.contains { $0.code == 0x05 })
    let machine = try BPFMachine(program.instructions)
    let model = ProfileModel(profile, conventions: [.x86_64])
    var random = RandomNumbers(seed: 7)
    for number in 0..<UInt32(600) {
      for arguments in CallCases.arguments(model.conditions(of: number, .x86_64), &random) {
        let call = BPFMachine.Call(number: number, architecture: Self.x86_64, arguments: arguments)
        #expect(model.answers(to: call) == [machine.run(call)])
      }
    }
  }

  @Test(arguments: [1000, 1030, 100_000])
  func programsBeyondTheKernelsLimitAreRefused(count: Int) throws {
    let rules = (0..<count).map { index in
      Errors.rule(["read"], args: [Errors.argument(0, "SCMP_CMP_EQ", UInt64(index) << 16)])
    }
    let profile = Errors.profile("SCMP_ACT_ERRNO", rules)
    if count == 1000 {
      let program = try FilterProgram(compiling: profile, native: .x86_64)
      #expect((4000...FilterProgram.maximumInstructions).contains(program.instructions.count))
      _ = try BPFMachine(program.instructions)
    } else {
      let error = #expect(throws: ProfileError.self) { try FilterProgram(compiling: profile, native: .x86_64) }
      #expect(
        error?.description
          == "syscalls: the rules need more than 4096 BPF instructions, the kernel's limit (BPF_MAXINSNS)")
    }
  }

  @Test func rulesThatAreRepeatedCostNothing() throws {
    let rule = Errors.rule(["read", "write"], args: [Errors.argument(0, "SCMP_CMP_EQ", 1)])
    let once = try FilterProgram(compiling: Errors.profile("SCMP_ACT_ERRNO", [rule]), native: .x86_64)
    let often = try FilterProgram(
      compiling: Errors.profile("SCMP_ACT_ERRNO", Array(repeating: rule, count: 500)), native: .x86_64)
    #expect(once == often)
  }
}
