import OCI
import Testing

@testable import Seccomp

/// What is refused, and in which words; what only deserves a warning.
@Suite struct ProfileErrorTests {
  static func profile(
    _ action: String = "SCMP_ACT_ERRNO", _ rules: [OCI.Seccomp.Syscall] = [], errno: UInt32? = nil,
    architectures: [String]? = nil, flags: [String]? = nil, listener: String? = nil, metadata: String? = nil
  ) -> OCI.Seccomp {
    OCI.Seccomp(
      defaultAction: action, defaultErrnoRet: errno, architectures: architectures, flags: flags,
      listenerPath: listener, listenerMetadata: metadata, syscalls: rules)
  }

  static func rule(
    _ names: [String], _ action: String = "SCMP_ACT_ALLOW", errno: UInt32? = nil, args: [OCI.Seccomp.Argument] = []
  ) -> OCI.Seccomp.Syscall {
    OCI.Seccomp.Syscall(names: names, action: action, errnoRet: errno, args: args)
  }

  static func argument(
    _ index: UInt32, _ op: String, _ value: UInt64, _ second: UInt64? = nil
  ) -> OCI.Seccomp.Argument {
    OCI.Seccomp.Argument(index: index, value: value, valueTwo: second, op: op)
  }

  private static func problem(_ profile: OCI.Seccomp, native: Architecture = .x86_64) -> String? {
    do {
      _ = try FilterProgram(compiling: profile, native: native)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (profile(""), "defaultAction: string  is not a valid action for seccomp"),
    (profile("ALLOW"), "defaultAction: string ALLOW is not a valid action for seccomp"),
    (profile("SCMP_ACT_NOTIFY"), "defaultAction: SCMP_ACT_NOTIFY cannot be used as default action"),
    (profile("SCMP_ACT_KILL", errno: 1), "defaultErrnoRet: errno value specified for action SCMP_ACT_KILL"),
    (profile(errno: 4096), "defaultErrnoRet: 4096 is larger than 4095"),
    (profile("SCMP_ACT_TRACE", errno: 65536), "defaultErrnoRet: 65536 is larger than 65535"),
    (
      profile(architectures: ["SCMP_ARCH_X86", "x86"]),
      "architectures[1]: string x86 is not a valid arch for seccomp"
    ),
    (
      profile(flags: ["SECCOMP_FILTER_FLAG_LOG", "NEW_LISTENER"]),
      "flags[1]: seccomp flag NEW_LISTENER is not known"
    ),
    (
      profile(flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]),
      "flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with SCMP_ACT_NOTIFY"
    ),
    (profile(metadata: "x"), "listenerMetadata: must not be set without listenerPath"),
  ])
  func refusesTheProfile(profile: OCI.Seccomp, expected: String) {
    #expect(Self.problem(profile) == expected)
  }

  @Test(arguments: [
    (rule(["read"], "ALLOW"), "syscalls[1].action: string ALLOW is not a valid action for seccomp"),
    (rule(["read"], errno: 1), "syscalls[1].errnoRet: errno value specified for action SCMP_ACT_ALLOW"),
    (rule(["read"], "SCMP_ACT_ERRNO", errno: 5000), "syscalls[1].errnoRet: 5000 is larger than 4095"),
    (rule([]), "syscalls[1].names: must contain at least one name"),
    (rule(["read", ""]), "syscalls[1].names[1]: empty string is not a valid syscall"),
    (
      rule(["read"], args: [argument(0, "SCMP_CMP_EQ", 1), argument(1, "EQ", 1)]),
      "syscalls[1].args[1].op: string EQ is not a valid operator for seccomp"
    ),
    (
      rule(["read"], args: [argument(6, "SCMP_CMP_EQ", 1)]),
      "syscalls[1].args[0].index: syscalls only have up to 6 arguments (6 given)"
    ),
    (
      rule(["read"], args: [argument(.max, "SCMP_CMP_EQ", 1)]),
      "syscalls[1].args[0].index: syscalls only have up to 6 arguments (4294967295 given)"
    ),
    (rule(["read"], "SCMP_ACT_NOTIFY"), "listenerPath: is not set, and SCMP_ACT_NOTIFY needs it"),
    (
      rule(["raed"], "SCMP_ACT_KILL_PROCESS"),
      "syscalls[1].names[0]: unknown system call \"raed\", which SCMP_ACT_KILL_PROCESS is meant to restrict"
    ),
    (
      rule(["mkdir"], "SCMP_ACT_LOG", args: [argument(1, "SCMP_CMP_EQ", 7)]),
      "syscalls[1]: contradicts syscalls[0]: another action under the same conditions"
    ),
    (
      rule(["mkdir"], "SCMP_ACT_LOG", args: [argument(0, "SCMP_CMP_EQ", 1), argument(1, "SCMP_CMP_NE", 1)]), nil
    ),
  ])
  func refusesTheRule(rule: OCI.Seccomp.Syscall, expected: String?) {
    let first = Self.rule(["mkdir"], args: [Self.argument(1, "SCMP_CMP_EQ", 7)])
    #expect(Self.problem(Self.profile("SCMP_ACT_ERRNO", [first, rule])) == expected)
  }

  @Test func refusesToNotifyOfWrite() {
    let rule = Self.rule(["read", "write"], "SCMP_ACT_NOTIFY")
    #expect(
      Self.problem(Self.profile("SCMP_ACT_ERRNO", [rule], listener: "/run/agent"))
        == "syscalls[0].names[1]: SCMP_ACT_NOTIFY cannot be used for the write syscall")
  }

  /// A shorter rule decides if it comes first; behind a longer one of another action it contradicts that.
  @Test func refusesAShorterRuleBehindALongerOne() throws {
    let long = Self.rule(
      ["mkdir"], "SCMP_ACT_LOG", args: [Self.argument(0, "SCMP_CMP_EQ", 1), Self.argument(1, "SCMP_CMP_EQ", 2)])
    let short = Self.rule(["mkdir"], args: [Self.argument(0, "SCMP_CMP_EQ", 1)])
    let machine = try BPFMachine(
      FilterProgram(compiling: Self.profile("SCMP_ACT_ERRNO", [short, long]), native: .x86_64).instructions)
    let call = BPFMachine.Call(number: 83, architecture: 0xc000_003e, arguments: [1, 2, 0, 0, 0, 0])
    #expect(machine.run(call) == 0x7fff_0000)
    #expect(
      Self.problem(Self.profile("SCMP_ACT_ERRNO", [long, short]))
        == "syscalls[1]: contradicts syscalls[0]: another action under the same conditions")
  }

  @Test(arguments: [
    ("SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", true), ("SCMP_ACT_ERRNO", "SCMP_ACT_NOTIFY", true),
    ("SCMP_ACT_KILL", "SCMP_ACT_ERRNO", true), ("SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL", true),
    ("SCMP_ACT_TRACE", "SCMP_ACT_LOG", true), ("SCMP_ACT_ALLOW", "SCMP_ACT_LOG", false),
    ("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", false), ("SCMP_ACT_ERRNO", "SCMP_ACT_TRAP", false),
    ("SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", false),
  ])
  func anUnknownNameMayOnlyPermit(base: String, action: String, isPermitted: Bool) throws {
    let profile = Self.profile(base, [Self.rule(["read", "frobnicate"], action)], listener: "/run/agent")
    if isPermitted {
      #expect(
        try FilterProgram(compiling: profile, native: .x86_64).warnings.map(\.description)
          == ["syscalls[0].names[1]: unknown system call \"frobnicate\" is ignored"])
    } else {
      #expect(
        Self.problem(profile)
          == "syscalls[0].names[1]: unknown system call \"frobnicate\", which \(action) is meant to restrict")
    }
  }

  /// It says what the default says, or has another errno: nothing is left open by leaving it out.
  @Test(arguments: [(nil as UInt32?, 0), (38, 1)])
  func anUnknownNameThatSaysWhatTheDefaultSays(errno: UInt32?, warnings: Int) throws {
    let profile = Self.profile("SCMP_ACT_ERRNO", [Self.rule(["frobnicate"], "SCMP_ACT_ERRNO", errno: errno)])
    #expect(try FilterProgram(compiling: profile, native: .x86_64).warnings.count == warnings)
  }

  /// Names of calls that only other architectures have are neither wrong nor worth a word.
  @Test func namesOfOtherArchitecturesAreKnown() throws {
    let names = ["s390_pci_mmio_read", "riscv_flush_icache", "breakpoint", "spu_run", "sysmips"]
    let profile = Self.profile("SCMP_ACT_ALLOW", [Self.rule(names, "SCMP_ACT_KILL")])
    #expect(try FilterProgram(compiling: profile, native: .x86_64).warnings.isEmpty)
  }

  /// A profile for many machines is no fault, and says nothing that needs a word.
  @Test func everyArchitectureIsTaken() throws {
    let profile = Self.profile(architectures: Architecture.allCases.map(\.rawValue))
    #expect(try FilterProgram(compiling: profile, native: .x86_64).warnings.isEmpty)
  }
}
