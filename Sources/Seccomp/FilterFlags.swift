/// Flags of seccomp(2) with SECCOMP_SET_MODE_FILTER, in the kernel's values.
public struct FilterFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// SECCOMP_FILTER_FLAG_TSYNC
  public static var synchronizeThreads: FilterFlags { FilterFlags(rawValue: 1 << 0) }
  /// SECCOMP_FILTER_FLAG_LOG
  public static var log: FilterFlags { FilterFlags(rawValue: 1 << 1) }
  /// SECCOMP_FILTER_FLAG_SPEC_ALLOW
  public static var allowSpeculation: FilterFlags { FilterFlags(rawValue: 1 << 2) }
  /// SECCOMP_FILTER_FLAG_NEW_LISTENER
  public static var newListener: FilterFlags { FilterFlags(rawValue: 1 << 3) }
  /// SECCOMP_FILTER_FLAG_TSYNC_ESRCH, which the kernel demands when the two others are combined
  public static var synchronizationErrno: FilterFlags { FilterFlags(rawValue: 1 << 4) }
  /// SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
  public static var waitKillable: FilterFlags { FilterFlags(rawValue: 1 << 5) }

  /// The names that a profile may use, for `features`.
  public static var knownNames: [String] { known.map { $0.name } }

  /// The flag of a name of the specification.
  init?(named name: String) {
    guard let flag = Self.known.first(where: { $0.name == name })?.flag else { return nil }
    self = flag
  }

  private static var known: [(name: String, flag: FilterFlags)] {
    [
      ("SECCOMP_FILTER_FLAG_TSYNC", synchronizeThreads),
      ("SECCOMP_FILTER_FLAG_SPEC_ALLOW", allowSpeculation),
      ("SECCOMP_FILTER_FLAG_LOG", log),
      ("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", waitKillable),
    ]
  }
}
