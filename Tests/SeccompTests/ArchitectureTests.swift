import OCI
import Testing

@testable import Seccomp

/// Every architecture of the specification, whether libseccomp 2.5 knows it or not, against what profiles say.
@Suite struct ArchitectureTests {
  private static let kinds = RandomProfile.Shape.allCases

  @Test(arguments: Architecture.allCases)
  func profilesMeanWhatTheySay(native: Architecture) throws {
    for seed in 3000..<UInt64(3006) {
      let profile = RandomProfile.make(Self.kinds[Int(seed) % Self.kinds.count], seed: seed)
      try Self.compare(profile, native: native, abis: [native.abi], seed: seed)
    }
  }

  /// libseccomp takes architectures of one order of bytes only; here the same rules look at other words of an argument.
  @Test func bothOrdersOfBytesInOneFilter() throws {
    let architectures: [Architecture] = [.x86_64, .s390x, .mips, .mipsel, .sh, .sheb, .x86]
    for seed in 4000..<UInt64(4006) {
      var profile = RandomProfile.make(Self.kinds[Int(seed) % Self.kinds.count], seed: seed)
      profile.architectures = architectures.map(\.rawValue)
      try Self.compare(profile, native: .x86_64, abis: architectures.map(\.abi), seed: seed)
    }
  }

  private static func compare(
    _ profile: OCI.Seccomp, native: Architecture, abis: [SystemCallABI], seed: UInt64
  ) throws {
    let program: FilterProgram
    do { program = try FilterProgram(compiling: profile, native: native) } catch {
      #expect(error.problem.hasPrefix("contradicts "))
      return
    }
    let machine = try BPFMachine(program.instructions)
    let model = ProfileModel(profile, conventions: abis)
    var random = RandomNumbers(seed: seed)
    var wrong: [String] = []
    for abi in SystemCallABI.allCases {
      for number in abis.contains(abi) ? CallCases.numbers(abi) : [abi.numberBase + 1] {
        for arguments in CallCases.arguments(model.conditions(of: number, abi), &random) {
          let call = BPFMachine.Call(number: number, architecture: abi.auditArchitecture, arguments: arguments)
          if !model.answers(to: call).contains(machine.run(call)) { wrong.append("\(abi) \(call)") }
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }

  /// Docker's profile for a machine of each kind at once is still one program.
  @Test(.enabled(if: SharedConfigurations.isPresent)) func realProfileForEveryArchitectureFits() throws {
    var profile = try #require(try SharedConfigurations.profile("docker"))
    profile.architectures = Architecture.allCases.map(\.rawValue)
    let program = try FilterProgram(compiling: profile, native: .x86_64)
    let machine = try BPFMachine(program.instructions)
    for architecture in Architecture.allCases {
      let abi = architecture.abi
      for (index, name) in SyscallTableTests.names.enumerated() where name == "read" || name == "mount" {
        let number = try #require(abi.number(ofNameAt: index)) + abi.numberBase
        let call = BPFMachine.Call(number: number, architecture: abi.auditArchitecture)
        #expect(machine.run(call) == (name == "read" ? 0x7fff_0000 : 0x0005_0001), "\(abi) \(name)")
      }
    }
  }

  /// linux/audit.h puts an architecture's machine of ELF beside three bits; two architectures never look alike.
  @Test func architecturesAreToldApart() {
    let audit = SystemCallABI.allCases.filter { $0 != .x32 }.map(\.auditArchitecture)
    #expect(Set(audit).count == audit.count)
    for abi in SystemCallABI.allCases where abi != .x32 {
      #expect(
        (abi.auditArchitecture & 0x8000_0000 != 0) == (abi.hasWideArguments || "\(abi)".hasSuffix("n32")), "\(abi)")
    }
  }
}
