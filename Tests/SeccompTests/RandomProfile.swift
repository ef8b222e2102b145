import OCI

@testable import Seccomp

/// Profiles that nobody would write, to compare compilers on.
enum RandomProfile {
  /// Whether all rules of one call have one action.
  enum Shape: CaseIterable { case oneActionPerCall, manyActionsPerCall, crowded }

  static func make(_ shape: Shape, seed: UInt64) -> OCI.Seccomp {
    var random = RandomNumbers(seed: seed)
    if shape == .crowded { return crowded(&random) }
    let (action, errno) = self.action(&random, notify: false)
    var profile = OCI.Seccomp(defaultAction: action, defaultErrnoRet: errno)
    profile.listenerPath = "/run/agent"
    profile.syscalls = []
    // Names without conditions, few or many, so that both of libseccomp's layouts are met.
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let (action, errno) = self.action(&random)
      let names = plainNames.shuffled(using: &random).prefix(Int.random(in: 1...120, using: &random))
      profile.syscalls?.append(.init(names: names.filter { allows($0, action) }, action: action, errnoRet: errno))
    }
    var actions: [String: (String, UInt32?)] = [:]
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let name = testedNames.randomElement(using: &random)!
      var (action, errno) = self.action(&random)
      if shape == .oneActionPerCall {
        (action, errno) = actions[name] ?? (action, errno)
        actions[name] = (action, errno)
      }
      var arguments: [OCI.Seccomp.Argument] = []
      for _ in 0..<[0, 1, 1, 1, 1, 2, 2, 3].randomElement(using: &random)! { arguments.append(argument(&random)) }
      if !allows(name, action) { continue }
      profile.syscalls?.append(.init(names: [name], action: action, errnoRet: errno, args: arguments))
    }
    profile.syscalls = profile.syscalls?.filter { !$0.names.isEmpty }
    return profile
  }

  /// Many rules for two calls, with few values and actions, so that rules overlap, repeat and contradict.
  private static func crowded(_ random: inout RandomNumbers) -> OCI.Seccomp {
    var profile = OCI.Seccomp(defaultAction: "SCMP_ACT_KILL_PROCESS")
    profile.syscalls = []
    let isUniform = Int.random(in: 0..<3, using: &random) == 0
    for _ in 0..<Int.random(in: 2...7, using: &random) {
      var arguments: [OCI.Seccomp.Argument] = []
      for index in [0, 1, 3] as [UInt32]
      where Int.random(in: 0..<3, using: &random) > 0 || index == 3 && arguments.isEmpty {
        let value = ([0, 1, 5, 0x1_0000_0001, 0x1_0000_0005, 0x2_0000_0001] as [UInt64]).randomElement(using: &random)!
        let second = ([0, 1, 5, 0x1_0000_0005] as [UInt64]).randomElement(using: &random)
        let comparison = (Bool.random(using: &random) ? [.equal, .notEqual, .maskedEqual] : Comparison.allCases)
          .randomElement(using: &random)!
        arguments.append(
          .init(
            index: index, value: value, valueTwo: comparison == .maskedEqual ? second : nil, op: comparison.rawValue))
      }
      let action = isUniform ? FilterAction.allow : [.allow, .log, .errno].randomElement(using: &random)!
      profile.syscalls?.append(
        .init(names: [["ioctl", "socket"].randomElement(using: &random)!], action: action.rawValue, args: arguments))
    }
    return profile
  }

  private static func allows(_ name: String, _ action: String) -> Bool {
    action != "SCMP_ACT_NOTIFY" || name != "write"
  }

  private static func action(_ random: inout RandomNumbers, notify: Bool = true) -> (String, UInt32?) {
    let action = FilterAction.allCases.filter { notify || $0 != .notify }.randomElement(using: &random)!
    let errnos: [UInt32?] = [nil, 1, 22, 38, 4094]
    let errno = action.largestErrno == nil ? nil : errnos.randomElement(using: &random)!
    return (action.rawValue, errno)
  }

  private static func argument(_ random: inout RandomNumbers) -> OCI.Seccomp.Argument {
    let comparison = Comparison.allCases.randomElement(using: &random)!
    let index = [0, 0, 0, 1, 1, 2, 5].randomElement(using: &random)! as UInt32
    let value = values.randomElement(using: &random)!
    let second = Bool.random(using: &random) ? values.randomElement(using: &random) : nil
    return .init(
      index: index, value: value, valueTwo: comparison == .maskedEqual ? second : nil, op: comparison.rawValue)
  }

  private static let values: [UInt64] = [
    0, 1, 2, 5, 9, 16, 0x10_0000, 0x7e02_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0005,
    0x2_0000_0001, 0xffff_ffff_0000_0000, .max,
  ]

  /// Some of these are operations of socketcall(2) and ipc(2), some are missing on one architecture or another.
  private static let testedNames = [
    "read", "write", "openat", "clone", "personality", "ioctl", "socket", "accept", "recv", "sendto", "semop", "shmat",
    "msgctl", "socketcall", "ipc", "fadvise64_64", "mmap", "mmap2", "set_tls", "preadv", "statx", "io_uring_setup",
  ]

  private static let plainNames: [String] = (0..<SystemCallNames.count).map(SystemCallNames.name(at:))
}
