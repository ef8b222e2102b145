/// How a condition compares an argument (config-linux.md, "Seccomp", `op`).
public enum Comparison: String, Sendable, CaseIterable {
  case notEqual = "SCMP_CMP_NE"
  case less = "SCMP_CMP_LT"
  case lessOrEqual = "SCMP_CMP_LE"
  case equal = "SCMP_CMP_EQ"
  case greaterOrEqual = "SCMP_CMP_GE"
  case greater = "SCMP_CMP_GT"
  case maskedEqual = "SCMP_CMP_MASKED_EQ"
}
