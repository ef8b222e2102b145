/// An architecture of the specification (config-linux.md, "Seccomp", `architectures`).
public enum Architecture: String, Sendable, CaseIterable {
  case x86 = "SCMP_ARCH_X86"
  case x86_64 = "SCMP_ARCH_X86_64"
  case x32 = "SCMP_ARCH_X32"
  case arm = "SCMP_ARCH_ARM"
  case aarch64 = "SCMP_ARCH_AARCH64"
  case loongarch64 = "SCMP_ARCH_LOONGARCH64"
  case m68k = "SCMP_ARCH_M68K"
  case mips = "SCMP_ARCH_MIPS"
  case mips64 = "SCMP_ARCH_MIPS64"
  case mips64n32 = "SCMP_ARCH_MIPS64N32"
  case mipsel = "SCMP_ARCH_MIPSEL"
  case mipsel64 = "SCMP_ARCH_MIPSEL64"
  case mipsel64n32 = "SCMP_ARCH_MIPSEL64N32"
  case ppc = "SCMP_ARCH_PPC"
  case ppc64 = "SCMP_ARCH_PPC64"
  case ppc64le = "SCMP_ARCH_PPC64LE"
  case s390 = "SCMP_ARCH_S390"
  case s390x = "SCMP_ARCH_S390X"
  case sh = "SCMP_ARCH_SH"
  case sheb = "SCMP_ARCH_SHEB"
  case parisc = "SCMP_ARCH_PARISC"
  case parisc64 = "SCMP_ARCH_PARISC64"
  case riscv64 = "SCMP_ARCH_RISCV64"

  #if arch(x86_64)
    /// The architecture of this program.
    public static var native: Architecture { .x86_64 }
  #elseif arch(arm64)
    /// The architecture of this program.
    public static var native: Architecture { .aarch64 }
  #endif

  /// Whether a filter can hold rules for it. The calls of one that it cannot hold rules for are never allowed: the
  /// filter kills a thread that makes one, as it does for an architecture that the profile does not list.
  public var isSupported: Bool { abi != nil }

  /// Its table of numbers, if there is one.
  var abi: SystemCallABI? {
    switch self {
    case .x86_64: .x86_64
    case .x86: .x86
    case .x32: .x32
    case .aarch64: .aarch64
    case .arm: .arm
    case .loongarch64, .m68k, .mips, .mips64, .mips64n32, .mipsel, .mipsel64, .mipsel64n32, .ppc, .ppc64, .ppc64le,
      .s390, .s390x, .sh, .sheb, .parisc, .parisc64, .riscv64:
      nil
    }
  }
}
