// The names on the command line. They are switches and no arrays, so that parsing builds no table.

extension OptionIdentifier {
  /// The long name, without dashes: `bundle` for `--bundle` and `-bundle`.
  var long: String {
    switch self {
    case .flag(let option): option.long
    case .string(let option): option.long
    case .strings(let option): option.long
    case .integer(let option): option.long
    case .integers(.additionalGids): "additional-gids"
    case .size(let option): option.long
    case .duration(.interval): "interval"
    case .global(let option): option.long
    }
  }

  /// The short name of one letter, without its dash. Two options of one letter never meet in a command.
  var short: String? {
    switch self {
    case .flag(.all): "a"
    case .flag(.detach): "d"
    case .flag(.force): "f"
    case .flag(.quiet): "q"
    case .flag(.tty): "t"
    case .string(.bundle): "b"
    case .string(.format): "f"
    case .string(.process): "p"
    case .string(.resources): "r"
    case .string(.user): "u"
    case .strings(.cap): "c"
    case .strings(.env): "e"
    case .integers(.additionalGids): "g"
    case .global(.help): "h"
    case .global(.version): "v"
    default: nil
    }
  }
}

extension FlagOption {
  fileprivate var long: String {
    switch self {
    case .all: "all"
    case .autoDedup: "auto-dedup"
    case .detach: "detach"
    case .extUnixSk: "ext-unix-sk"
    case .fileLocks: "file-locks"
    case .force: "force"
    case .ignorePaused: "ignore-paused"
    case .keep: "keep"
    case .lazyPages: "lazy-pages"
    case .leaveRunning: "leave-running"
    case .linkRemap: "link-remap"
    case .noNewKeyring: "no-new-keyring"
    case .noNewPrivs: "no-new-privs"
    case .noPivot: "no-pivot"
    case .noSubreaper: "no-subreaper"
    case .preDump: "pre-dump"
    case .quiet: "quiet"
    case .rootless: "rootless"
    case .shellJob: "shell-job"
    case .stats: "stats"
    case .tcpEstablished: "tcp-established"
    case .tcpSkipInFlight: "tcp-skip-in-flight"
    case .tty: "tty"
    }
  }
}

extension StringOption {
  fileprivate var long: String {
    switch self {
    case .apparmor: "apparmor"
    case .bundle: "bundle"
    case .consoleSocket: "console-socket"
    case .cpusetCpus: "cpuset-cpus"
    case .cpusetMems: "cpuset-mems"
    case .cwd: "cwd"
    case .format: "format"
    case .imagePath: "image-path"
    case .l3CacheSchema: "l3-cache-schema"
    case .lsmMountContext: "lsm-mount-context"
    case .lsmProfile: "lsm-profile"
    case .manageCgroupsMode: "manage-cgroups-mode"
    case .memBwSchema: "mem-bw-schema"
    case .pageServer: "page-server"
    case .parentPath: "parent-path"
    case .pidFile: "pid-file"
    case .pidfdSocket: "pidfd-socket"
    case .process: "process"
    case .processLabel: "process-label"
    case .resources: "resources"
    case .trace: "trace"
    case .user: "user"
    case .workPath: "work-path"
    }
  }
}

extension StringListOption {
  fileprivate var long: String {
    switch self {
    case .cap: "cap"
    case .cgroup: "cgroup"
    case .emptyNs: "empty-ns"
    case .env: "env"
    }
  }
}

extension IntegerOption {
  fileprivate var long: String {
    switch self {
    case .blkioWeight: "blkio-weight"
    case .cpuBurst: "cpu-burst"
    case .cpuIdle: "cpu-idle"
    case .cpuPeriod: "cpu-period"
    case .cpuQuota: "cpu-quota"
    case .cpuRtPeriod: "cpu-rt-period"
    case .cpuRtRuntime: "cpu-rt-runtime"
    case .cpuShare: "cpu-share"
    case .pidsLimit: "pids-limit"
    case .preserveFds: "preserve-fds"
    case .statusFd: "status-fd"
    }
  }
}

extension SizeOption {
  fileprivate var long: String {
    switch self {
    case .kernelMemory: "kernel-memory"
    case .kernelMemoryTcp: "kernel-memory-tcp"
    case .memory: "memory"
    case .memoryReservation: "memory-reservation"
    case .memorySwap: "memory-swap"
    }
  }
}

extension GlobalOption {
  fileprivate var long: String {
    switch self {
    case .debug: "debug"
    case .log: "log"
    case .logFormat: "log-format"
    case .root: "root"
    case .systemdCgroup: "systemd-cgroup"
    case .rootless: "rootless"
    case .criu: "criu"
    case .help: "help"
    case .version: "version"
    }
  }
}
