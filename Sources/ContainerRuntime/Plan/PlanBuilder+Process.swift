internal import Kernel
internal import OCI

extension PlanBuilder {
  mutating func decideProcess() -> ProcessPlan? {
    guard let process = spec.process else {
      problems.add("process", "is missing")
      return nil
    }
    return decide(process, "process")
  }

  /// Decides about a process of the config or of `exec`; `place` is where its properties stand.
  mutating func decide(_ process: Spec.Process, _ place: String) -> ProcessPlan? {
    let args = process.args ?? []
    if args.isEmpty {
      problems.add("\(place).args", "must not be empty")
    } else if args[0].isEmpty {
      problems.add("\(place).args[0]", "is empty")
    }
    for (index, text) in args.enumerated() { problems.requireNoNUL(text, "\(place).args[\(index)]") }
    for (index, text) in (process.env ?? []).enumerated() {
      problems.requireNoNUL(text, "\(place).env[\(index)]")
      if text.utf8.first == UInt8(ascii: "=") || !text.utf8.contains(UInt8(ascii: "=")) {
        problems.add("\(place).env[\(index)]", "\(quoted(text)) is not of the form NAME=value")
      }
    }
    if process.cwd.utf8.first != UInt8(ascii: "/") {
      problems.add("\(place).cwd", process.cwd.isEmpty ? "must not be empty" : "\(quoted(process.cwd)) is not absolute")
      return nil
    }
    guard let folder = problems.containerPath(process.cwd, "\(place).cwd") else { return nil }
    let user = process.user ?? Spec.User()
    checkUser(user, "\(place).user")
    return ProcessPlan(
      terminal: process.terminal ?? false,
      consoleSize: windowSize(process),
      args: args, env: process.env ?? [], workingDirectory: folder,
      uid: user.uid ?? 0, gid: user.gid ?? 0, additionalGids: user.additionalGids ?? [],
      mayChangeGroups: host.mayChangeGroups, umask: user.umask ?? 0o022,
      capabilities: decide(process.capabilities, "\(place).capabilities"),
      resourceLimits: decide(process.rlimits ?? [], "\(place).rlimits"),
      noNewPrivileges: process.noNewPrivileges ?? false,
      oomScoreAdj: decideOOMScore(process, place),
      scheduler: process.scheduler.flatMap { decide($0, "\(place).scheduler") },
      ioPriority: process.ioPriority.flatMap { decide($0, "\(place).ioPriority") },
      personality: decidePersonality(),
      memoryPolicy: decideMemoryPolicy(),
      initialCPUs: decideCPUs(process.execCPUAffinity?.initial, "\(place).execCPUAffinity.initial"),
      finalCPUs: decideCPUs(process.execCPUAffinity?.final, "\(place).execCPUAffinity.final"),
      labels: decideLabels(process, place))
  }

  private func windowSize(_ process: Spec.Process) -> WindowSize? {
    process.consoleSize.map {
      WindowSize(rows: UInt16(clamping: $0.height), columns: UInt16(clamping: $0.width))
    }
  }

  private mutating func checkUser(_ user: Spec.User, _ place: String) {
    if user.uid == UInt32.max { problems.add("\(place).uid", "4294967295 is no user id", .userSyntax) }
    if user.gid == UInt32.max { problems.add("\(place).gid", "4294967295 is no group id") }
    if let umask = user.umask, umask > 0o777 { problems.add("\(place).umask", "must be at most 511 (octal 777)") }
    if !host.mayChangeGroups && !(user.additionalGids ?? []).isEmpty {
      problems.warn("\(place).additionalGids", "have no effect: the user namespace denies setgroups")
    }
    guard namespaces.user == .new else { return }
    if !isMapped(user.uid ?? 0, linux?.uidMappings) {
      problems.add("\(place).uid", "cannot set uid to unmapped user \(user.uid ?? 0) in user namespace", .idMaps)
    }
    if !isMapped(user.gid ?? 0, linux?.gidMappings) {
      problems.add("\(place).gid", "cannot set gid to unmapped group \(user.gid ?? 0) in user namespace", .idMaps)
    }
    for (index, gid) in (user.additionalGids ?? []).enumerated() where !isMapped(gid, linux?.gidMappings) {
      problems.add("\(place).additionalGids[\(index)]", "group \(gid) is not mapped in the user namespace", .idMaps)
    }
    if host.rootless && !(user.additionalGids ?? []).isEmpty {
      problems.add("\(place).additionalGids", "cannot set any additional groups in a rootless container")
    }
  }

  private func isMapped(_ id: UInt32, _ mappings: [Spec.IDMapping]?) -> Bool {
    (mappings ?? []).contains {
      UInt64(id) >= UInt64($0.containerID) && UInt64(id) < UInt64($0.containerID) + UInt64($0.size)
    }
  }

  private mutating func decide(_ capabilities: Spec.Capabilities?, _ place: String) -> CapabilitySets {
    guard let capabilities else { return CapabilitySets() }
    var sets = CapabilitySets(
      bounding: mask(capabilities.bounding, "\(place).bounding"),
      effective: mask(capabilities.effective, "\(place).effective"),
      permitted: mask(capabilities.permitted, "\(place).permitted"),
      inheritable: mask(capabilities.inheritable, "\(place).inheritable"),
      ambient: mask(capabilities.ambient, "\(place).ambient"))
    withhold(&sets, place)
    let unusable = sets.ambient.subtracting(sets.permitted.intersection(sets.inheritable))
    for name in CapabilityNames.names(in: unusable) {
      problems.warn(
        "\(place).ambient", "can't raise ambient capability \(name): it must be permitted and inheritable too")
    }
    sets.ambient.subtract(unusable)
    return sets
  }

  /// What the caller does not have itself cannot be granted; the specification asks for a warning and no failure
  /// (config.md, “process.capabilities”). In a user namespace of its own the container starts with all of them.
  private mutating func withhold(_ sets: inout CapabilitySets, _ place: String) {
    if hasOwnUsers { return }
    let asked = sets.permitted.union(sets.effective).union(sets.bounding).union(sets.inheritable)
    let missing = asked.subtracting(host.capabilities)
    if missing.isEmpty { return }
    problems.warn(
      place, "\(CapabilityNames.names(in: missing).joined(separator: ", ")) cannot be granted: the caller lacks them")
    sets.permitted.subtract(missing)
    sets.effective.subtract(missing)
    sets.bounding.subtract(missing)
    sets.inheritable.subtract(missing)
    sets.ambient.subtract(missing)
  }

  private mutating func mask(_ names: [String]?, _ place: String) -> CapabilityMask {
    var mask: CapabilityMask = []
    for (index, name) in (names ?? []).enumerated() {
      if let number = CapabilityNames.number(name), number <= host.lastCapability {
        mask.insert(CapabilityMask(number: number))
      } else {
        problems.warn("\(place)[\(index)]", "\(quoted(name)) is not known to this kernel and is ignored")
      }
    }
    return mask
  }

  private mutating func decide(_ limits: [Spec.ResourceLimit], _ place: String) -> [ProcessPlan.ResourceLimit] {
    var result: [ProcessPlan.ResourceLimit] = []
    for (index, limit) in limits.enumerated() {
      guard let number = ResourceLimitNames.number(limit.type) else {
        problems.add("\(place)[\(index)].type", "\(quoted(limit.type)) is no resource limit")
        continue
      }
      if result.contains(where: { $0.number == number }) {
        problems.add("\(place)[\(index)].type", "\(limit.type) stands here twice")
      }
      if limit.soft > limit.hard {
        problems.add("\(place)[\(index)].soft", "\(limit.soft) is above the hard limit \(limit.hard)", .resourceLimits)
      }
      result.append(.init(number: number, soft: limit.soft, hard: limit.hard, property: "\(place)[\(index)]"))
    }
    return result
  }

  private mutating func decideOOMScore(_ process: Spec.Process, _ place: String) -> Int? {
    guard let score = process.oomScoreAdj else { return nil }
    if !(-1000...1000).contains(score) {
      problems.add("\(place).oomScoreAdj", "\(score) is not between -1000 and 1000")
    }
    return score
  }

  private mutating func decide(_ scheduler: Spec.Scheduler, _ place: String) -> ProcessPlan.Scheduler? {
    let policies: [(String, UInt32)] = [
      ("SCHED_OTHER", 0), ("SCHED_FIFO", 1), ("SCHED_RR", 2), ("SCHED_BATCH", 3), ("SCHED_ISO", 4), ("SCHED_IDLE", 5),
      ("SCHED_DEADLINE", 6),
    ]
    guard let policy = policies.first(where: { $0.0 == scheduler.policy })?.1 else {
      problems.add("\(place).policy", "unknown policy \(quoted(scheduler.policy))")
      return nil
    }
    let known: [(String, UInt64)] = [
      ("SCHED_FLAG_RESET_ON_FORK", 1), ("SCHED_FLAG_RECLAIM", 2), ("SCHED_FLAG_DL_OVERRUN", 4),
      ("SCHED_FLAG_KEEP_POLICY", 8), ("SCHED_FLAG_KEEP_PARAMS", 16), ("SCHED_FLAG_UTIL_CLAMP_MIN", 32),
      ("SCHED_FLAG_UTIL_CLAMP_MAX", 64),
    ]
    var flags = UInt64(0)
    for (index, name) in (scheduler.flags ?? []).enumerated() {
      if let flag = known.first(where: { $0.0 == name }) {
        flags |= flag.1
      } else {
        problems.add("\(place).flags[\(index)]", "unknown flag \(quoted(name))")
      }
    }
    let priority = scheduler.priority ?? 0
    let nice = scheduler.nice ?? 0
    if priority != 0 && policy != 1 && policy != 2 {
      problems.add("\(place).priority", "scheduler.priority can only be specified for SchedFIFO or SchedRR policy")
    } else if priority < 0 || priority > 99 {
      problems.add("\(place).priority", "\(priority) is not between 0 and 99")
    }
    if !(-20...19).contains(nice) { problems.add("\(place).nice", "\(nice) is not between -20 and 19") }
    let times = (scheduler.runtime ?? 0, scheduler.deadline ?? 0, scheduler.period ?? 0)
    if policy != 6 && times != (0, 0, 0) {
      problems.add(place, "scheduler runtime/deadline/period can only be specified for SchedDeadline policy")
    }
    return ProcessPlan.Scheduler(
      policy: policy, flags: flags, nice: nice, priority: UInt32(clamping: priority), runtime: times.0,
      deadline: times.1, period: times.2)
  }

  /// The value of ioprio_set(2): the class in the upper bits, the priority below.
  private mutating func decide(_ priority: Spec.IOPriority, _ place: String) -> Int32? {
    let classes: [(String, Int32)] = [("IOPRIO_CLASS_RT", 1), ("IOPRIO_CLASS_BE", 2), ("IOPRIO_CLASS_IDLE", 3)]
    guard let number = classes.first(where: { $0.0 == priority.class })?.1 else {
      problems.add("\(place).class", "unknown class \(quoted(priority.class))")
      return nil
    }
    let level = priority.priority ?? 0
    if !(0...7).contains(level) {
      problems.add("\(place).priority", "\(level) is not between 0 and 7")
      return nil
    }
    return number << 13 | level
  }

  private mutating func decidePersonality() -> UInt? {
    guard let personality = linux?.personality else { return nil }
    if !(personality.flags ?? []).isEmpty {
      problems.add("linux.personality.flags", "the specification defines no flags")
    }
    switch personality.domain ?? "" {
    case "LINUX": return 0
    case "LINUX32": return 8
    case let other:
      problems.add("linux.personality.domain", "unknown domain \(quoted(other)); one of LINUX, LINUX32")
      return nil
    }
  }
}
