/// A calling convention of system calls with numbers of its own (seccomp(2), "the arch field").
///
/// Nothing but this type and the generated tables knows one convention from another.
enum SystemCallABI: CaseIterable {
  case x86_64, x86, x32, aarch64, arm, loongarch64, m68k, mips, mips64, mips64n32, mipsel, mipsel64, mipsel64n32, ppc
  case ppc64, ppc64le, s390, s390x, sh, sheb, parisc, parisc64, riscv64

  /// AUDIT_ARCH_* of linux/audit.h: what the kernel puts in `seccomp_data.arch`. x32 shares that of x86_64. Bit 31 says
  /// 64 bits, bit 30 little-endian, bit 29 the convention n32 of MIPS; the rest is the machine's number in ELF.
  var auditArchitecture: UInt32 {
    switch self {
    case .x86_64, .x32: 0xc000_003e
    case .x86: 0x4000_0003
    case .aarch64: 0xc000_00b7
    case .arm: 0x4000_0028
    case .loongarch64: 0xc000_0102
    case .m68k: 0x0000_0004
    case .mips: 0x0000_0008
    case .mips64: 0x8000_0008
    case .mips64n32: 0xa000_0008
    case .mipsel: 0x4000_0008
    case .mipsel64: 0xc000_0008
    case .mipsel64n32: 0xe000_0008
    case .ppc: 0x0000_0014
    case .ppc64: 0x8000_0015
    case .ppc64le: 0xc000_0015
    case .s390: 0x0000_0016
    case .s390x: 0x8000_0016
    case .sh: 0x4000_002a
    case .sheb: 0x0000_002a
    case .parisc: 0x0000_000f
    case .parisc64: 0x8000_000f
    case .riscv64: 0xc000_00f3
    }
  }

  /// How the words of an argument are looked at.
  var arguments: ArgumentForm { ArgumentForm(isWide: hasWideArguments, isBigEndian: isBigEndian) }

  /// Whether conditions see all 64 bits of an argument. libseccomp lets the 32-bit ones, x32 and n32 among them, see the
  /// lower half of argument and value alone, so that a value of -1 means the same everywhere.
  var hasWideArguments: Bool {
    switch self {
    case .x86_64, .aarch64, .loongarch64, .mips64, .mipsel64, .ppc64, .ppc64le, .s390x, .parisc64, .riscv64: true
    case .x86, .x32, .arm, .m68k, .mips, .mips64n32, .mipsel, .mipsel64n32, .ppc, .s390, .sh, .sheb, .parisc: false
    }
  }

  /// Whether the upper half of an argument comes first in `seccomp_data`.
  var isBigEndian: Bool { auditArchitecture & 0x4000_0000 == 0 }

  /// What is added to the numbers of its table: __X32_SYSCALL_BIT or __NR_Linux of asm/unistd.h.
  var numberBase: UInt32 {
    switch self {
    case .x32: 0x4000_0000
    case .mips, .mipsel: 4000
    case .mips64, .mipsel64: 5000
    case .mips64n32, .mipsel64n32: 6000
    case .x86_64, .x86, .aarch64, .arm, .loongarch64, .m68k, .ppc, .ppc64, .ppc64le, .s390, .s390x, .sh, .sheb, .parisc,
      .parisc64, .riscv64:
      0
    }
  }

  /// Where numbers start that do not grow with the kernel: ARM's private calls (__ARM_NR_BASE of asm/unistd.h).
  var privateBase: UInt32? { self == .arm ? 0xf_0000 : nil }

  /// The number of a call, without `numberBase`; nil when this convention lacks it.
  func number(ofNameAt index: Int) -> UInt32? {
    let number: UInt16
    switch self {
    case .x86_64: number = SystemCallNumbers.x86_64[index]
    case .x86: number = SystemCallNumbers.x86[index]
    case .x32: number = SystemCallNumbers.x32[index]
    case .aarch64: number = SystemCallNumbers.aarch64[index]
    case .arm:
      let number = SystemCallNumbers.arm[index]
      return number == .max ? nil : number
    case .loongarch64: number = SystemCallNumbers.loongarch64[index]
    case .m68k: number = SystemCallNumbers.m68k[index]
    case .mips, .mipsel: number = SystemCallNumbers.mips[index]
    case .mips64, .mipsel64: number = SystemCallNumbers.mips64[index]
    case .mips64n32, .mipsel64n32: number = SystemCallNumbers.mips64n32[index]
    case .ppc: number = SystemCallNumbers.ppc[index]
    case .ppc64, .ppc64le: number = SystemCallNumbers.ppc64[index]
    case .s390: number = SystemCallNumbers.s390[index]
    case .s390x: number = SystemCallNumbers.s390x[index]
    case .sh, .sheb: number = SystemCallNumbers.sh[index]
    case .parisc: number = SystemCallNumbers.parisc[index]
    case .parisc64: number = SystemCallNumbers.parisc64[index]
    case .riscv64: number = SystemCallNumbers.riscv64[index]
    }
    return number == .max ? nil : UInt32(number)
  }

  /// The second way to a call where this convention has one.
  func multiplexed(nameAt index: Int) -> MultiplexedCall? {
    switch self {
    case .x86, .m68k, .mips, .mipsel, .ppc, .ppc64, .ppc64le, .s390, .s390x, .sh, .sheb: break
    case .x86_64, .x32, .aarch64, .arm, .loongarch64, .mips64, .mips64n32, .mipsel64, .mipsel64n32, .parisc, .parisc64,
      .riscv64:
      return nil
    }
    // All that have them have them at the numbers of x86.
    let code = SystemCallNumbers.multiplexed[index]
    if code == 0 { return nil }
    return code & 0x80 == 0
      ? MultiplexedCall(number: 102, operation: UInt32(code))
      : MultiplexedCall(number: 117, operation: UInt32(code & 0x7f))
  }
}

/// A call that is also an operation of socketcall(2) or ipc(2).
struct MultiplexedCall: Equatable {
  /// The number of socketcall or ipc, without `numberBase`.
  let number: UInt32
  /// What the first argument must be (linux/net.h, linux/ipc.h).
  let operation: UInt32
}

/// The form of an argument in `seccomp_data`, which always has 64 bits for it.
struct ArgumentForm: Equatable {
  /// Whether conditions see all of them.
  let isWide: Bool
  /// Whether the upper half comes first.
  let isBigEndian: Bool
}

/// The generated tables of numbers, each in the order of `SystemCallNames`; all bits set where an architecture lacks a
/// call.
enum SystemCallNumbers {}
