/// An option that is on or off: `--detach`, `--detach=false`.
public enum FlagOption: String, Sendable {
  case all
  case autoDedup = "auto-dedup"
  case detach
  case extUnixSk = "ext-unix-sk"
  case fileLocks = "file-locks"
  case force
  case ignorePaused = "ignore-paused"
  case keep
  case lazyPages = "lazy-pages"
  case leaveRunning = "leave-running"
  case linkRemap = "link-remap"
  case noNewKeyring = "no-new-keyring"
  case noNewPrivs = "no-new-privs"
  case noPivot = "no-pivot"
  case noSubreaper = "no-subreaper"
  case preDump = "pre-dump"
  case quiet
  case rootless
  case shellJob = "shell-job"
  case stats
  case tcpEstablished = "tcp-established"
  case tcpSkipInFlight = "tcp-skip-in-flight"
  case tty
}

/// An option with one text: a path, a name. Given twice, the last one counts.
public enum StringOption: String, Sendable {
  case apparmor
  case bundle
  case consoleSocket = "console-socket"
  case cpusetCpus = "cpuset-cpus"
  case cpusetMems = "cpuset-mems"
  case cwd
  case format
  case imagePath = "image-path"
  case l3CacheSchema = "l3-cache-schema"
  case lsmMountContext = "lsm-mount-context"
  case lsmProfile = "lsm-profile"
  case manageCgroupsMode = "manage-cgroups-mode"
  case memBwSchema = "mem-bw-schema"
  case pageServer = "page-server"
  case parentPath = "parent-path"
  case pidFile = "pid-file"
  case pidfdSocket = "pidfd-socket"
  case process
  case processLabel = "process-label"
  case resources
  case user
  case workPath = "work-path"
}

/// An option that may be given several times, each time with one text. A comma is part of the text.
public enum StringListOption: String, Sendable {
  case cap
  case cgroup
  case emptyNs = "empty-ns"
  case env
}

/// An option with one whole number.
public enum IntegerOption: String, Sendable {
  case blkioWeight = "blkio-weight"
  case cpuBurst = "cpu-burst"
  case cpuIdle = "cpu-idle"
  case cpuPeriod = "cpu-period"
  case cpuQuota = "cpu-quota"
  case cpuRtPeriod = "cpu-rt-period"
  case cpuRtRuntime = "cpu-rt-runtime"
  case cpuShare = "cpu-share"
  case pidsLimit = "pids-limit"
  case preserveFds = "preserve-fds"
  case statusFd = "status-fd"
}

/// An option that may be given several times, each time with one whole number.
public enum IntegerListOption: String, Sendable {
  case additionalGids = "additional-gids"
}

/// An option with a number of bytes, with or without a unit: `64M`; `-1` is unlimited.
public enum SizeOption: String, Sendable {
  case kernelMemory = "kernel-memory"
  case kernelMemoryTcp = "kernel-memory-tcp"
  case memory
  case memoryReservation = "memory-reservation"
  case memorySwap = "memory-swap"
}

/// An option with a length of time above zero: `5s`, `1m30s`.
public enum DurationOption: String, Sendable {
  case interval
}

/// An option of the program itself; it stands before the command, or among the command's own options.
public enum GlobalOption: String, Sendable {
  case criu
  case debug
  case help
  case log
  case logFormat = "log-format"
  case root
  case rootless
  case systemdCgroup = "systemd-cgroup"
  case version
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
  /// The long name, without dashes.
  var name: String {
    switch self {
    case .flag(let option): option.rawValue
    case .string(let option): option.rawValue
    case .strings(let option): option.rawValue
    case .integer(let option): option.rawValue
    case .integers(let option): option.rawValue
    case .size(let option): option.rawValue
    case .duration(let option): option.rawValue
    case .global(let option): option.rawValue
    }
  }

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
