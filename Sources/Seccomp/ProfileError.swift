/// Why a profile cannot become a filter.
public struct ProfileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The property at fault, from `linux.seccomp`, such as `syscalls[3].args[0].op`.
  public let path: String
  /// What is wrong with it.
  public let problem: String

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  init(_ contradiction: RuleOrder.Contradiction) {
    self.init(
      "syscalls[\(contradiction.rule.source)]",
      "contradicts syscalls[\(contradiction.other.source)]: another action under the same conditions")
  }

  /// `syscalls[3].args[0].op: string SCMP_CMP_XX is not a valid operator for seccomp`
  public var description: String { "\(path): \(problem)" }
}

/// A part of a profile that has no effect on this machine.
public struct ProfileWarning: Sendable, Equatable, CustomStringConvertible {
  /// The part, from `linux.seccomp`, such as `syscalls[0].names[17]`.
  public let path: String
  /// Why it has none.
  public let problem: String

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  /// `syscalls[0].names[17]: unknown system call "frobnicate" is ignored`
  public var description: String { "\(path): \(problem)" }
}
