import Foundation
import OCI
import Testing

@testable import Seccomp

/// The running kernel takes the programs and does with calls what the tests' own machine does.
@Suite struct KernelTests {
  /// A call and what comes of it without a filter; nil where that depends on the machine.
  struct Call: Sendable {
    let way: String
    let number: UInt32
    let arguments: [UInt64]
    let unfiltered: String?

    init(_ way: String, _ number: UInt32, _ arguments: [UInt64] = [], unfiltered: String? = nil) {
      self.way = way
      self.number = number
      self.arguments = arguments
      self.unfiltered = unfiltered
    }
  }

  private static let runner = Result {
    try CProgram.build(
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/filter-runner.c"))
  }

  private static func run(_ script: String) throws -> [String] {
    try CProgram.run(try runner.get(), input: script).split(separator: "\n").map(String.init)
  }

  private static func script(_ program: FilterProgram, flags: FilterFlags? = nil) -> String {
    let flags = flags ?? program.flags
    return "program \(program.instructions.count) \(flags.rawValue)\n"
      + program.instructions.map { "\($0.code) \($0.jumpTrue) \($0.jumpFalse) \($0.operand)\n" }.joined()
  }

  #if arch(x86_64)
    /// Calls of x86_64, of i386 by int 0x80 and of x32.
    private static let calls = [
      Call("native", 110), Call("native", 135, [0xffff_ffff]), Call("native", 135, [5], unfiltered: "value"),
      Call("native", 56, [0x1_0000, 0, 0, 0, 0], unfiltered: "value -22"),  // clone(CLONE_THREAD) alone makes nobody
      Call("native", 435, [0, 0], unfiltered: "value -22"),  // clone3
      Call("native", 83, [0, 0o755], unfiltered: "value -14"),  // mkdir(NULL)
      Call("native", 83, [0, 0o700], unfiltered: "value -14"),
      Call("native", 165, [0, 0, 0, 0, 0], unfiltered: nil),  // mount
      Call("native", 310, [1, 0, 0, 0, 0, 0], unfiltered: nil),  // process_vm_readv
      Call("native", 1000, unfiltered: "value -38"), Call("native", 0x4000_0000 | 110), Call("native", 0x4000_005a),
      Call("int80", 64), Call("int80", 39, [0, 0o755], unfiltered: "value -14"),
      Call("int80", 102, [1, 0], unfiltered: "value -14"),  // socketcall(SYS_SOCKET, NULL)
      Call("int80", 102, [2, 0], unfiltered: "value -14"), Call("int80", 1000, unfiltered: "value -38"),
    ]

    private static let profiles: [OCI.Seccomp] = [
      .init(
        defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86"],
        syscalls: [
          .init(names: ["getppid", "personality", "mremap", "userfaultfd"], action: "SCMP_ACT_ALLOW"),
          .init(
            names: ["mkdir"], action: "SCMP_ACT_ALLOW", args: [.init(index: 1, value: 0o755, op: "SCMP_CMP_EQ")]),
          .init(names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38),
          .init(names: ["socket"], action: "SCMP_ACT_ALLOW"),
        ]),
      // Without x86 and x32: a call through their doors must end the process (security case C5).
      .init(
        defaultAction: "SCMP_ACT_ALLOW", syscalls: [.init(names: ["mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 5)]),
      .init(defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls: [.init(names: ["getppid"], action: "SCMP_ACT_LOG")]),
      .init(
        defaultAction: "SCMP_ACT_TRAP", architectures: ["SCMP_ARCH_X32"],
        syscalls: [.init(names: ["getppid", "mkdir"], action: "SCMP_ACT_TRACE", errnoRet: 7)]),
    ]

    @Test(arguments: profiles.indices)
    func theKernelDoesWhatTheMachineDoes(index: Int) throws {
      let program = try FilterProgram(compiling: Self.profiles[index])
      let machine = try BPFMachine(program.instructions)
      var script = Self.script(program)
      for call in Self.calls {
        script += "call \(call.way) \(call.number) \(call.arguments.map(String.init).joined(separator: " "))\n"
      }
      let answers = try Self.run(script)
      try #require(answers.count == Self.calls.count)
      for (call, answer) in zip(Self.calls, answers) {
        let abi: SystemCallABI = call.way == "int80" ? .x86 : .x86_64
        var data = BPFMachine.Call(number: call.number, architecture: abi.auditArchitecture)
        for (place, argument) in call.arguments.enumerated() { data.arguments[place] = argument }
        let verdict = machine.run(data)
        #expect(Self.agrees(answer, verdict, call), "\(call): \(answer) under \(String(verdict, radix: 16))")
      }
    }

    private static func agrees(_ answer: String, _ verdict: UInt32, _ call: Call) -> Bool {
      switch verdict & 0xffff_0000 {
      case 0x0005_0000: answer == "value -\(verdict & 0xffff)"
      case 0x0000_0000, 0x8000_0000, 0x0003_0000: answer == "signal 31"  // SIGSYS
      case 0x7ff0_0000: answer == "value -38"  // nobody traces
      default: answer.hasPrefix(call.unfiltered ?? "value")
      }
    }

    @Test func theCasesReachEveryKindOfVerdict() throws {
      var kinds: Set<UInt32> = []
      for profile in Self.profiles {
        let machine = try BPFMachine(FilterProgram(compiling: profile).instructions)
        for call in Self.calls where call.way == "native" {
          let data = BPFMachine.Call(number: call.number, architecture: 0xc000_003e)
          kinds.insert(machine.run(data) & 0xffff_0000)
        }
      }
      #expect(kinds == [0, 0x8000_0000, 0x0003_0000, 0x0005_0000, 0x7ff0_0000, 0x7ffc_0000, 0x7fff_0000])
    }
  #endif

  @Test(arguments: RandomProfile.Shape.allCases)
  func theKernelTakesRandomPrograms(shape: RandomProfile.Shape) throws {
    var script = ""
    var count = 0
    for seed in 1000..<UInt64(1040) {
      var profile = RandomProfile.make(shape, seed: seed)
      profile.architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_ARM"]
      do {
        script += Self.script(try FilterProgram(compiling: profile)) + "load\n"
        count += 1
      } catch {
        #expect(error.problem.hasPrefix("contradicts "))
      }
    }
    #expect(count > 30)
    #expect(try Self.run(script) == Array(repeating: "loaded", count: count))
  }

  @Test(
    .enabled(if: SharedConfigurations.isPresent),
    arguments: ["docker", "ctr", "cri-container", "podman", "podman-limits", "buildah"])
  func theKernelTakesRealPrograms(name: String) throws {
    let profile = try #require(try SharedConfigurations.profile(name))
    #expect(try Self.run(Self.script(FilterProgram(compiling: profile)) + "load\n") == ["loaded"])
  }

  @Test(arguments: [
    ([] as [String], false), (["SECCOMP_FILTER_FLAG_LOG"], false), (["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], false),
    (["SECCOMP_FILTER_FLAG_TSYNC"], false), (["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"], true),
    (["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], true), ([], true),
  ])
  func theKernelTakesTheFlags(flags: [String], notifies: Bool) throws {
    var profile = OCI.Seccomp(defaultAction: "SCMP_ACT_ALLOW", flags: flags)
    if notifies {
      profile.listenerPath = "/run/agent"
      profile.syscalls = [.init(names: ["mkdir"], action: "SCMP_ACT_NOTIFY")]
    }
    let program = try FilterProgram(compiling: profile)
    #expect(program.needsListener == notifies)
    #expect(try Self.run(Self.script(program) + "load\n") == ["loaded"])
  }

  /// The machine refuses what the kernel refuses, so that no test passes on a program that cannot be loaded.
  @Test func theMachineIsAsStrictAsTheKernel() throws {
    typealias Instruction = FilterProgram.Instruction
    let end = Instruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, operand: 0x7fff_0000)
    let load = Instruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, operand: 0)
    let programs: [[Instruction]] = [
      [], [load], [end, load], Array(repeating: end, count: 4097),
      [Instruction(code: 0x05, jumpTrue: 0, jumpFalse: 0, operand: 1), end],
      [Instruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, operand: 0), end],
      [Instruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, operand: 64), end],
      [Instruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, operand: 2), end],
      [Instruction(code: 0x28, jumpTrue: 0, jumpFalse: 0, operand: 0), end],
    ]
    for program in programs {
      #expect(throws: BPFMachine.Refusal.self) { try BPFMachine(program) }
      let lines = program.map { "\($0.code) \($0.jumpTrue) \($0.jumpFalse) \($0.operand)\n" }.joined()
      #expect(try Self.run("program \(program.count) 0\n\(lines)load\n") == ["refused 22"])
    }
  }
}
