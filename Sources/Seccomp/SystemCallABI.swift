/// A calling convention of system calls with numbers of its own (seccomp(2), "the arch field").
///
/// Nothing but this type and the generated tables knows one convention from another.
enum SystemCallABI: CaseIterable {
  case x86_64, x86, x32, aarch64, arm

  /// AUDIT_ARCH_* of linux/audit.h: what the kernel puts in `seccomp_data.arch`. x32 shares that of x86_64.
  var auditArchitecture: UInt32 {
    switch self {
    case .x86_64, .x32: 0xc000_003e
    case .x86: 0x4000_0003
    case .aarch64: 0xc000_00b7
    case .arm: 0x4000_0028
    }
  }

  /// Whether conditions see all 64 bits of an argument. libseccomp lets the 32-bit ones, x32 among them, see the lower
  /// half of argument and value alone, so that a value of -1 means the same everywhere.
  var hasWideArguments: Bool {
    switch self {
    case .x86_64, .aarch64: true
    case .x86, .x32, .arm: false
    }
  }

  /// What is added to the numbers of its table; __X32_SYSCALL_BIT of asm/unistd.h for x32.
  var numberBase: UInt32 { self == .x32 ? 0x4000_0000 : 0 }

  /// Where numbers start that do not grow with the kernel: ARM's private calls (__ARM_NR_BASE of asm/unistd.h).
  var privateBase: UInt32? { self == .arm ? 0xf_0000 : nil }

  /// The number of a call, without `numberBase`; nil when this convention lacks it.
  func number(ofNameAt index: Int) -> UInt32? {
    let number =
      switch self {
      case .x86_64: SystemCallNumbers.x86_64[index]
      case .x86: SystemCallNumbers.x86[index]
      case .x32: SystemCallNumbers.x32[index]
      case .aarch64: SystemCallNumbers.aarch64[index]
      case .arm: SystemCallNumbers.arm[index]
      }
    return number == SystemCallNumbers.absent ? nil : number
  }

  /// The second way to a call where this convention has one.
  func multiplexed(nameAt index: Int) -> MultiplexedCall? {
    guard self == .x86 else { return nil }
    let code = SystemCallNumbers.multiplexed[index]
    if code == 0 { return nil }
    return code & 0x80 == 0
      ? MultiplexedCall(number: 102, operation: UInt32(code))
      : MultiplexedCall(number: 117, operation: UInt32(code & 0x7f))
  }
}

/// A call that is also an operation of socketcall(2) or ipc(2).
struct MultiplexedCall: Equatable {
  /// The number of socketcall or ipc.
  let number: UInt32
  /// What the first argument must be (linux/net.h, linux/ipc.h).
  let operation: UInt32
}

/// The generated tables of numbers, each in the order of `SystemCallNames`.
enum SystemCallNumbers {
  /// Stands for a call that an architecture lacks.
  static var absent: UInt32 { 0xffff_ffff }
}
