internal import OCI

/// What a profile says of calls that no rule matches.
struct ProfileBase: Equatable {
  let action: FilterAction
  /// The filter's return value.
  let answer: UInt32
  /// Whether calls newer than all that the profile names get ENOSYS in place of the default. So a C library falls back
  /// on an older call, as it would on an older kernel; on EPERM it would give up. runc's conditions.
  let hidesNewerCalls: Bool
}

/// Reads a profile's words and finds what is wrong with them.
struct ProfileReader {
  private let profile: OCI.Seccomp
  private(set) var warnings: [ProfileWarning] = []

  init(_ profile: OCI.Seccomp) { self.profile = profile }

  /// The flags of seccomp(2), that of a listener among them when a rule needs it.
  func flags() throws(ProfileError) -> FilterFlags {
    // runc's default: mitigations of speculation are the container's own choice (prctl(2), PR_SET_SPECULATION_CTRL).
    var flags: FilterFlags = profile.flags == nil ? .allowSpeculation : []
    for (index, name) in (profile.flags ?? []).enumerated() {
      guard let flag = FilterFlags(named: name) else {
        throw ProfileError("flags[\(index)]", "seccomp flag \(name) is not known")
      }
      flags.insert(flag)
    }
    let notifies = (profile.syscalls ?? []).contains { $0.action == FilterAction.notify.rawValue }
    if notifies {
      flags.insert(.newListener)
      // The kernel cannot report both a descriptor and a thread that did not follow.
      if flags.contains(.synchronizeThreads) { flags.insert(.synchronizationErrno) }
      if profile.listenerPath?.isEmpty ?? true {
        throw ProfileError("listenerPath", "is not set, and SCMP_ACT_NOTIFY needs it")
      }
    } else if flags.contains(.waitKillable) {
      throw ProfileError("flags", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with SCMP_ACT_NOTIFY")
    }
    if !(profile.listenerMetadata ?? "").isEmpty, profile.listenerPath?.isEmpty ?? true {
      throw ProfileError("listenerMetadata", "must not be set without listenerPath")
    }
    return flags
  }

  /// The default.
  func base() throws(ProfileError) -> ProfileBase {
    let action = try Self.action(profile.defaultAction, "defaultAction")
    if action == .notify {
      throw ProfileError("defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action")
    }
    let answer = try Self.answer(action, profile.defaultErrnoRet, "defaultErrnoRet")
    return ProfileBase(
      action: action, answer: answer,
      hidesNewerCalls: !action.letsNewerCallsThrough && profile.defaultErrnoRet != 38)
  }

  /// An empty table for each architecture; first that of the kernel, which is always among them, as with runc. The
  /// others may be ones that this kernel never runs: a profile is written for many machines.
  func tables(native: Architecture) throws(ProfileError) -> [CallTable] {
    var abis = [native.abi]
    for (index, name) in (profile.architectures ?? []).enumerated() {
      guard let architecture = Architecture(rawValue: name) else {
        throw ProfileError("architectures[\(index)]", "string \(name) is not a valid arch for seccomp")
      }
      if !abis.contains(architecture.abi) { abis.append(architecture.abi) }
    }
    return abis.map { CallTable($0) }
  }

  /// Puts all rules into the tables.
  mutating func addRules(to tables: inout [CallTable], base: ProfileBase) throws(ProfileError) {
    for (source, rule) in (profile.syscalls ?? []).enumerated() {
      let action = try Self.action(rule.action, "syscalls[\(source)].action")
      let answer = try Self.answer(action, rule.errnoRet, "syscalls[\(source)].errnoRet")
      let wide = try Self.alternatives(rule.args, source, wide: true)
      let narrow = try Self.alternatives(rule.args, source, wide: false)
      if rule.names.isEmpty { throw ProfileError("syscalls[\(source)].names", "must contain at least one name") }
      // A rule that says what the default says anyhow has no effect, not even on rules with conditions beside it.
      let isRedundant = answer == base.answer
      for (place, name) in rule.names.enumerated() {
        if name == "write", action == .notify {
          throw ProfileError(
            "syscalls[\(source)].names[\(place)]", "SCMP_ACT_NOTIFY cannot be used for the write syscall")
        }
        guard let index = SystemCallNames.index(of: name) else {
          try reportUnknown(name, source, place, action, base, isRedundant)
          continue
        }
        for table in tables.indices {
          tables[table].mention(nameAt: index)
          if isRedundant { continue }
          do {
            try tables[table].add(
              nameAt: index, answer: answer, alternatives: tables[table].abi.hasWideArguments ? wide : narrow,
              source: source)
          } catch {
            throw ProfileError(error)
          }
        }
      }
    }
  }

  /// Nobody has such a call: that cannot harm if the rule would have allowed it; one that would have forbidden it is
  /// taken for a misspelling, which must not leave the call open.
  private mutating func reportUnknown(
    _ name: String, _ source: Int, _ place: Int, _ action: FilterAction, _ base: ProfileBase, _ isRedundant: Bool
  ) throws(ProfileError) {
    let path = "syscalls[\(source)].names[\(place)]"
    if name.isEmpty { throw ProfileError(path, "empty string is not a valid syscall") }
    if isRedundant { return }
    if action.permissiveness < base.action.permissiveness {
      throw ProfileError(path, "unknown system call \"\(name)\", which \(action.rawValue) is meant to restrict")
    }
    warnings.append(ProfileWarning(path, "unknown system call \"\(name)\" is ignored"))
  }

  private static func action(_ name: String, _ path: @autoclosure () -> String) throws(ProfileError) -> FilterAction {
    guard let action = FilterAction(rawValue: name) else {
      throw ProfileError(path(), "string \(name) is not a valid action for seccomp")
    }
    return action
  }

  private static func answer(
    _ action: FilterAction, _ errno: UInt32?, _ path: @autoclosure () -> String
  ) throws(ProfileError) -> UInt32 {
    if let errno {
      guard let largest = action.largestErrno else {
        throw ProfileError(path(), "errno value specified for action \(action.rawValue)")
      }
      if errno > largest { throw ProfileError(path(), "\(errno) is larger than \(largest)") }
    }
    return action.returnValue(errno: errno)
  }

  /// The conditions of a rule, sorted by argument. When two look at one argument, each is an alternative of its own
  /// (runc's reading of profiles that were written for older libseccomp); else all of them must hold.
  private static func alternatives(
    _ arguments: [OCI.Seccomp.Argument]?, _ source: Int, wide: Bool
  ) throws(ProfileError) -> [[Condition]] {
    guard let arguments, !arguments.isEmpty else { return [[]] }
    var seen: UInt8 = 0
    var isSplit = false
    var alternatives: [[Condition]] = []
    for (place, argument) in arguments.enumerated() {
      guard let comparison = Comparison(rawValue: argument.op) else {
        throw ProfileError(
          "syscalls[\(source)].args[\(place)].op", "string \(argument.op) is not a valid operator for seccomp")
      }
      if argument.index > 5 {
        throw ProfileError(
          "syscalls[\(source)].args[\(place)].index", "syscalls only have up to 6 arguments (\(argument.index) given)")
      }
      let bit: UInt8 = 1 << argument.index
      if seen & bit != 0 { isSplit = true }
      seen |= bit
      alternatives.append(Condition(argument, comparison, wide: wide).map { [$0] } ?? [])
    }
    return isSplit ? alternatives : [alternatives.flatMap { $0 }.sorted { $0.argument < $1.argument }]
  }
}
