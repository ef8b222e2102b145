public import OCI

/// A seccomp profile as the kernel takes it: a program of the classic BPF and the flags of seccomp(2).
public struct FilterProgram: Sendable, Equatable {
  /// `struct sock_filter` of linux/filter.h.
  public struct Instruction: Sendable, Hashable {
    public let code: UInt16
    public let jumpTrue: UInt8
    public let jumpFalse: UInt8
    public let operand: UInt32

    init(code: UInt16, jumpTrue: UInt8, jumpFalse: UInt8, operand: UInt32) {
      self.code = code
      self.jumpTrue = jumpTrue
      self.jumpFalse = jumpFalse
      self.operand = operand
    }
  }

  /// BPF_MAXINSNS of linux/bpf_common.h: the longest program that the kernel takes.
  public static var maximumInstructions: Int { 4096 }

  /// At least one, at most `maximumInstructions`; every path ends in a return.
  public let instructions: [Instruction]
  /// The flags for seccomp(2).
  public let flags: FilterFlags
  /// Parts of the profile without effect: names that no architecture has.
  public let warnings: [ProfileWarning]

  /// Whether seccomp(2) returns a descriptor that must be sent to the profile's `listenerPath`.
  public var needsListener: Bool { flags.contains(.newListener) }

  /// Compiles a profile for a kernel whose own architecture is `native`, which a profile need not list.
  ///
  /// The meaning is that of runc with libseccomp (docs/seccomp.md lists the differences): among the rules of a call one
  /// without conditions decides; without such a rule a call that no rule matches gets `defaultAction`; calls newer than
  /// all that the profile names get ENOSYS unless `defaultAction` lets them through; calls of other architectures kill
  /// the thread.
  ///
  /// - Throws: The property that the specification forbids, that contradicts another, or that could restrict nothing
  ///   because no architecture has such a call; `syscalls` when the program would be longer than
  ///   `maximumInstructions`.
  public init(compiling profile: OCI.Seccomp, native: Architecture = .native) throws(ProfileError) {
    var reader = ProfileReader(profile)
    flags = try reader.flags()
    let base = try reader.base()
    var tables = try reader.tables(native: native)
    try reader.addRules(to: &tables, base: base)
    warnings = reader.warnings
    var layout = FilterLayout(tables, base: base)
    instructions = try layout.instructions()
  }
}
