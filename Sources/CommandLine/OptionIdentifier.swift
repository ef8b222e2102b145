/// An option that is on or off: `--detach`, `--detach=false`.
public enum FlagOption: UInt8, CaseIterable, Sendable {
  case all, autoDedup, detach, extUnixSk, fileLocks, force, ignorePaused, keep, lazyPages, leaveRunning, linkRemap
  case noNewKeyring, noNewPrivs, noPivot, noSubreaper, preDump, quiet, rootless, shellJob, stats, tcpEstablished
  case tcpSkipInFlight, tty
}

/// An option with one text: a path, a name. Given twice, the last one counts.
public enum StringOption: UInt8, CaseIterable, Sendable {
  case apparmor, bundle, consoleSocket, cpusetCpus, cpusetMems, cwd, format, imagePath, l3CacheSchema
  case lsmMountContext, lsmProfile, manageCgroupsMode, memBwSchema, pageServer, parentPath, pidFile, pidfdSocket
  case process, processLabel, resources, trace, user, workPath
}

/// An option that may be given several times, each time with one text. A comma is part of the text.
public enum StringListOption: UInt8, CaseIterable, Sendable {
  case cap, cgroup, emptyNs, env
}

/// An option with one whole number.
public enum IntegerOption: UInt8, CaseIterable, Sendable {
  case blkioWeight, cpuBurst, cpuIdle, cpuPeriod, cpuQuota, cpuRtPeriod, cpuRtRuntime, cpuShare, pidsLimit
  case preserveFds, statusFd
}

/// An option that may be given several times, each time with one whole number.
public enum IntegerListOption: UInt8, CaseIterable, Sendable {
  case additionalGids
}

/// An option with a number of bytes, with or without a unit: `64M`; `-1` is unlimited.
public enum SizeOption: UInt8, CaseIterable, Sendable {
  case kernelMemory, kernelMemoryTcp, memory, memoryReservation, memorySwap
}

/// An option with a length of time above zero: `5s`, `1m30s`.
public enum DurationOption: UInt8, CaseIterable, Sendable {
  case interval
}

/// An option of the program itself; it stands before the command, or among the command's own options.
public enum GlobalOption: UInt8, CaseIterable, Sendable {
  case debug, log, logFormat, root, systemdCgroup, rootless, criu, help, version
}

/// Which option a row of the table is about; its case is also the kind of its value.
public enum OptionIdentifier: Equatable, Sendable {
  case flag(FlagOption)
  case string(StringOption)
  case strings(StringListOption)
  case integer(IntegerOption)
  case integers(IntegerListOption)
  case size(SizeOption)
  case duration(DurationOption)
  case global(GlobalOption)
}

extension OptionIdentifier {
  /// Whether the next word belongs to the option. An option that is on or off takes a value after `=` only.
  var takesValue: Bool {
    switch self {
    case .flag: false
    case .global(let option):
      switch option {
      case .debug, .help, .systemdCgroup, .version: false
      case .criu, .log, .logFormat, .root, .rootless: true
      }
    case .string, .strings, .integer, .integers, .size, .duration: true
    }
  }

  /// Whether the option may stand several times on a line, each time adding a value.
  var isRepeatable: Bool {
    switch self {
    case .strings, .integers: true
    case .flag, .string, .integer, .size, .duration, .global: false
    }
  }
}
