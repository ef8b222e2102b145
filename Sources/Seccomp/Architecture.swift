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

  /// Its numbers and its conventions.
  var abi: SystemCallABI {
    switch self {
    case .x86: .x86
    case .x86_64: .x86_64
    case .x32: .x32
    case .arm: .arm
    case .aarch64: .aarch64
    case .loongarch64: .loongarch64
    case .m68k: .m68k
    case .mips: .mips
    case .mips64: .mips64
    case .mips64n32: .mips64n32
    case .mipsel: .mipsel
    case .mipsel64: .mipsel64
    case .mipsel64n32: .mipsel64n32
    case .ppc: .ppc
    case .ppc64: .ppc64
    case .ppc64le: .ppc64le
    case .s390: .s390
    case .s390x: .s390x
    case .sh: .sh
    case .sheb: .sheb
    case .parisc: .parisc
    case .parisc64: .parisc64
    case .riscv64: .riscv64
    }
  }
}
