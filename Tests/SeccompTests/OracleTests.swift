import Foundation
import OCI
import Testing

@testable import Seccomp

/// For every number, architecture and case of arguments our program and libseccomp's have one answer, and every
/// exception is accounted for.
@Suite struct OracleTests {
  /// How many random profiles of each shape; more with APUS_ORACLE_PROFILES.
  static let randomProfiles = ProcessInfo.processInfo.environment["APUS_ORACLE_PROFILES"].flatMap { Int($0) } ?? 50

  @Test(
    .enabled(if: SharedConfigurations.isPresent),
    arguments: [
      "docker", "docker-exec", "docker-limits", "docker-tty", "ctr", "cri-container", "cri-sandbox",
      "cri-userns-container", "cri-userns-sandbox", "podman", "podman-exec", "podman-limits", "buildah",
    ])
  func realProfilesMeanWhatTheyMeanToRunc(name: String) throws {
    let oracle = try Oracle.shared.get()
    let profile = try #require(try SharedConfigurations.profile(name))
    let abis: [SystemCallABI] = [.x86_64, .x86, .x32]
    let answer = try oracle.compile([(profile, abis)])[0]
    let tally = try ProfileComparison.run(
      profile, native: .x86_64, abis: abis, oracle: oracle, answer: answer, seed: 1)
    print("oracle: \(name): \(tally.summary)")
    #expect(tally.calls > 5000)
    #expect(tally.unexplained.isEmpty, "\(tally.unexplained.prefix(3))")
    #expect(tally.wrongWord + tally.lostRule + tally.otherOrder + tally.refusedByLibseccomp + tally.fatal == 0)
    // Only containerd 2.4's profile names calls that libseccomp 2.5.4 has not heard of.
    #expect((tally.unknownCalls > 0) == name.hasPrefix("cri-"))
  }

  @Test(arguments: RandomProfile.Shape.allCases)
  func randomProfilesMeanWhatTheyMeanToLibseccomp(shape: RandomProfile.Shape) throws {
    let tally = try Self.tally(shape, Self.machines, seeds: 0..<UInt64(Self.randomProfiles))
    print("oracle: \(shape): \(tally.summary)")
    #expect(tally.unexplained.isEmpty, "\(tally.unexplained.prefix(3))")
    #expect(tally.calls > Self.randomProfiles * 3500)
    // With at most a few overlapping rules for a call libseccomp keeps all of them.
    if shape != .crowded { #expect(tally.lostRule + tally.fatal == 0) }
  }

  /// The architectures that this machine cannot run, of both orders of bytes.
  @Test(arguments: foreign.indices)
  func foreignArchitecturesMeanWhatTheyMeanToLibseccomp(index: Int) throws {
    let machine = Self.foreign[index]
    let count = UInt64(max(2, Self.randomProfiles / 25))
    var tally = ProfileComparison.Tally()
    for shape in RandomProfile.Shape.allCases { tally += try Self.tally(shape, [machine], seeds: 2000..<2000 + count) }
    print("oracle: \(machine.abis): \(tally.summary)")
    #expect(tally.unexplained.isEmpty, "\(tally.unexplained.prefix(3))")
    #expect(tally.calls > 5000)
  }

  @Test func everyArchitectureOfLibseccompIsCompared() {
    #expect(Set((Self.machines + Self.foreign).flatMap(\.abis)) == Set(Oracle.abis))
  }

  private static func tally(
    _ shape: RandomProfile.Shape, _ machines: [Machine], seeds: Range<UInt64>
  ) throws -> ProfileComparison.Tally {
    let oracle = try Oracle.shared.get()
    let cases = seeds.map { seed in
      var profile = RandomProfile.make(shape, seed: seed)
      let machine = machines[Int(seed) % machines.count]
      profile.architectures = machine.listed
      return (profile: profile, machine: machine, seed: seed)
    }
    let answers = try oracle.compile(cases.map { ($0.profile, $0.machine.abis) })
    var tally = ProfileComparison.Tally()
    for (item, answer) in zip(cases, answers) {
      tally += try ProfileComparison.run(
        item.profile, native: item.machine.native, abis: item.machine.abis, oracle: oracle, answer: answer,
        seed: item.seed)
    }
    return tally
  }

  /// Why the comparisons are made with libseccomp's tree: without it the program for this profile never looks at the
  /// number of a call of x86_64, and so forbids mkdir(2) with every mode.
  @Test func libseccompForgetsTheNumberWithoutItsTree() throws {
    let oracle = try Oracle.shared.get()
    let profile = OCI.Seccomp(
      defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X32"],
      syscalls: [
        .init(names: ["socketcall"], action: "SCMP_ACT_ALLOW"),
        .init(
          names: ["mkdir"], action: "SCMP_ACT_ALLOW", args: [.init(index: 1, value: 0o755, op: "SCMP_CMP_EQ")]),
      ])
    let mkdir = BPFMachine.Call(
      number: 83, architecture: SystemCallABI.x86_64.auditArchitecture, arguments: [0, 0o755, 0, 0, 0, 0])
    for (layout, expected) in [(Oracle.Layout.list, 0x0005_0001), (.tree, 0x7fff_0000)] {
      guard case .program(let program) = try oracle.compile([(profile, [.x86_64, .x32])], layout: layout)[0] else {
        Issue.record("no program")
        continue
      }
      #expect(try BPFMachine(program).run(mkdir) == UInt32(expected))
    }
    #expect(try BPFMachine(FilterProgram(compiling: profile, native: .x86_64).instructions).run(mkdir) == 0x7fff_0000)
  }

  /// One of the exceptions that the comparisons allow for: between two ranges that both miss it, libseccomp finds
  /// 0xffff_ffff in the second, since it compares the lower half with the bound's upper half.
  @Test func libseccompComparesTheWrongHalf() throws {
    let profile = OCI.Seccomp(
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [
        .init(
          names: ["ioctl"], action: "SCMP_ACT_ALLOW",
          args: [
            .init(index: 1, value: 0xffff_ffff, op: "SCMP_CMP_LT"),
            .init(index: 1, value: 1 << 32, op: "SCMP_CMP_GE"),
          ])
      ])
    guard case .program(let theirs) = try Oracle.shared.get().compile([(profile, [.x86_64])])[0] else {
      Issue.record("no program")
      return
    }
    let ours = try FilterProgram(compiling: profile, native: .x86_64).instructions
    let call = BPFMachine.Call(
      number: 16, architecture: SystemCallABI.x86_64.auditArchitecture, arguments: [0, 0xffff_ffff, 0, 0, 0, 0])
    #expect(try BPFMachine(ours).run(call) == 0x0005_0001)
    #expect(try BPFMachine(theirs).run(call) == 0x7fff_0000)
    #expect(AccumulatorFlow(ours).isSound && !AccumulatorFlow(theirs).isSound)
  }

  private struct Machine {
    let native: Architecture
    let listed: [String]?
    let abis: [SystemCallABI]

    init(_ architectures: [Architecture]) {
      native = architectures[0]
      listed = architectures.count == 1 ? nil : architectures.dropFirst().map(\.rawValue)
      abis = architectures.map(\.abi)
    }
  }

  private static let machines = [
    Machine([.x86_64, .x86, .x32]), Machine([.x86_64]), Machine([.aarch64, .arm]), Machine([.aarch64, .x32]),
  ]

  private static let foreign = [
    Machine([.mips, .mips64, .mips64n32]), Machine([.mipsel, .mipsel64, .mipsel64n32]), Machine([.parisc64, .parisc]),
    Machine([.ppc64, .ppc]), Machine([.s390x, .s390]), Machine([.x86_64, .riscv64, .ppc64le, .mipsel64n32]),
    Machine([.ppc64le]), Machine([.riscv64]), Machine([.mips64n32]),
  ]
}
