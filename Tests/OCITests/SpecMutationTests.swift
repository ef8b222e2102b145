import JSON
import OCI
import Testing

/// Random changes to a configuration: none traps, and what is read is written and read again as the same.
struct SpecMutationTests {
  /// Not random between runs, so that what fails once fails again (SplitMix64).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  static let tokens = [
    "null", "true", "-1", "0", "1e9", "18446744073709551616", "\"\"", "\"\\u0000\"", "{}", "[]", "{", "[", "}", "]",
    ",", ":", "\"", "\\", "\"linux\":{", "\"process\":null,", "\u{FEFF}", "\0",
  ]

  @Test(arguments: 1...10) func nothingTraps(_ seed: UInt64) throws {
    var generator = Generator(state: seed)
    var spec = Spec.rootlessDefault(userID: 1000, groupID: 1000, cgroupNamespace: true)
    spec.annotations = ["a": "b"]
    spec.linux?.resources = Spec.Resources(cpu: Spec.Resources.CPU(shares: 1, quota: -1))
    spec.linux?.seccomp = Seccomp(
      defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
      syscalls: [Seccomp.Syscall(names: ["read"], action: "A", args: [Seccomp.Argument(index: 0, value: 1, op: "E")])])
    let original = spec.json()
    var accepted = 0
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = .random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(contentsOf: (Self.tokens.randomElement(using: &generator) ?? "").utf8, at: index)
        default: bytes.removeSubrange(index..<min(index + 20, bytes.count))
        }
      }
      switch read(Spec.self, bytes) {
      case .success(let spec):
        accepted += 1
        #expect(read(Spec.self, spec.json()).value == spec)
      case .failure(let error):
        #expect(error.offset <= bytes.count)
        #expect("\(error)".unicodeScalars.allSatisfy { $0.value >= 0x20 })
      }
    }
    #expect((10...290).contains(accepted))
  }
}
