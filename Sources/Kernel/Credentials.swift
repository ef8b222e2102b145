internal import CLinux

/// A set of capabilities (capabilities(7)) as the kernel's bit mask.
public struct CapabilityMask: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(number: Int) { rawValue = 1 << UInt64(number) }
  /// CAP_SYS_ADMIN.
  public static let systemAdministration = CapabilityMask(number: 21)
  /// Every capability up to the last that the kernel knows.
  public static func all(last: Int) -> CapabilityMask {
    CapabilityMask(rawValue: last >= 63 ? .max : (1 << UInt64(last + 1)) - 1)
  }
}

public enum Credentials {
  /// Real, effective and saved user id at once.
  public static func setUser(_ uid: UInt32) throws(SystemCallError) {
    try cl_setresuid(uid).check("setresuid", "uid \(uid)")
  }
  public static func setGroup(_ gid: UInt32) throws(SystemCallError) {
    try cl_setresgid(gid).check("setresgid", "gid \(gid)")
  }
  public static func setGroups(_ gids: [UInt32]) throws(SystemCallError) {
    try unsafe gids.withUnsafeBufferPointer { buffer in
      unsafe cl_setgroups(buffer.count, buffer.baseAddress)
    }
    .check("setgroups")
  }

  public static func setCapabilities(
    effective: CapabilityMask, permitted: CapabilityMask, inheritable: CapabilityMask
  ) throws(SystemCallError) {
    try cl_capset(effective.rawValue, permitted.rawValue, inheritable.rawValue).check("capset")
  }

  public static func capabilities() throws(SystemCallError) -> (
    effective: CapabilityMask, permitted: CapabilityMask, inheritable: CapabilityMask
  ) {
    var (effective, permitted, inheritable) = (UInt64(0), UInt64(0), UInt64(0))
    try unsafe cl_capget(&effective, &permitted, &inheritable).check("capget")
    return (.init(rawValue: effective), .init(rawValue: permitted), .init(rawValue: inheritable))
  }

  public static func permittedCapabilities() throws(SystemCallError) -> CapabilityMask { try capabilities().permitted }

  /// Takes one capability out of the bounding set.
  public static func dropBounding(_ number: Int) throws(SystemCallError) {
    try CurrentProcess.control(.dropBounding, UInt(number))
  }

  public static func clearAmbient() throws(SystemCallError) {
    try CurrentProcess.control(.ambientCapabilities, 4)
  }
  public static func raiseAmbient(_ number: Int) throws(SystemCallError) {
    try CurrentProcess.control(.ambientCapabilities, 2, UInt(number))
  }
}

/// Limits of a process (setrlimit(2)).
public enum ResourceLimits {
  public static func set(_ resource: Int32, soft: UInt64, hard: UInt64) throws(SystemCallError) {
    let limits: InlineArray<2, UInt64> = [soft, hard]
    try unsafe limits.span.withUnsafeBufferPointer { buffer in
      unsafe cl_prlimit(0, resource, buffer.baseAddress, nil)
    }.check("setrlimit")
  }
}

/// Attributes that a process inherits through execve(2) and that apus sets from the config.
public enum ProcessAttributes {
  public static func setPersonality(_ persona: UInt) throws(SystemCallError) {
    try cl_personality(persona).check("personality")
  }

  public static func setScheduler(
    policy: UInt32, flags: UInt64, nice: Int32, priority: UInt32, runtime: UInt64, deadline: UInt64,
    period: UInt64
  ) throws(SystemCallError) {
    try cl_sched_setattr(policy, flags, nice, priority, runtime, deadline, period).check(
      "sched_setattr")
  }

  public static func setIOPriority(_ value: Int32) throws(SystemCallError) {
    try cl_ioprio_set(1, 0, value).check("ioprio_set")
  }

  /// Lets the calling thread run on these CPUs alone (sched_setaffinity(2)).
  public static func setAffinity(_ cpus: NumberSet) throws(SystemCallError) {
    let words = cpus.words
    try unsafe words.withUnsafeBufferPointer { buffer in
      unsafe cl_sched_setaffinity(0, buffer.count * 8, buffer.baseAddress)
    }.check("sched_setaffinity", "CPUs \(cpus)")
  }

  /// Sets where the calling thread's memory comes from (set_mempolicy(2)); the mode holds its flags.
  public static func setMemoryPolicy(mode: Int32, nodes: NumberSet) throws(SystemCallError) {
    let words = nodes.words
    try unsafe words.withUnsafeBufferPointer { buffer in
      // The kernel takes one bit less than it is told of (mm/mempolicy.c, get_nodes).
      unsafe cl_set_mempolicy(
        mode, buffer.isEmpty ? nil : buffer.baseAddress, buffer.isEmpty ? 0 : UInt(buffer.count * 64 + 1))
    }.check("set_mempolicy", nodes.isEmpty ? "" : "nodes \(nodes)")
  }

  /// Joins a new session keyring of this name (keyctl_join_session_keyring(3)) and lets its possessor search it.
  public static func joinSessionKeyring(_ name: String) throws(SystemCallError) -> Int32 {
    Int32(truncatingIfNeeded: try unsafe cl_keyctl(1, name).checked("keyctl", name))
  }

  public static func setKeyPermissions(_ key: Int32, _ permissions: UInt32) throws(SystemCallError) {
    try cl_keyctl_setperm(key, permissions).check("keyctl", "key \(key)")
  }
}
