extension OptionIdentifier {
  /// How the option is explained and completed. An option means the same in every command that takes it.
  public var definition: OptionDefinition {
    switch self {
    case .flag(let option): option.definition
    case .string(let option): option.definition
    case .strings(let option): option.definition
    case .integer(let option): option.definition
    case .integers(.additionalGids):
      OptionDefinition(self, "gid", help: "Add a supplementary group; may be repeated.")
    case .size(let option): option.definition
    case .duration(.interval):
      OptionDefinition(self, "time", help: "Wait this long between statistics.", defaultText: "5s")
    case .global(let option): option.definition
    }
  }
}

extension FlagOption {
  fileprivate var definition: OptionDefinition {
    OptionDefinition(.flag(self), help: help)
  }

  private var help: String {
    switch self {
    case .all: "Reach all processes of the container; no error when it has stopped."
    case .autoDedup: "Drop memory from earlier image files once it is in later ones."
    case .detach: "Return as soon as the process runs, instead of waiting for its end."
    case .extUnixSk: "Allow unix sockets that are connected to the outside."
    case .fileLocks: "Keep file locks."
    case .force: "Kill the container first if it has not stopped; no error when there is no such container."
    case .ignorePaused: "Go ahead in a paused container; the process waits until it is resumed."
    case .keep: "Keep the container after its process has ended."
    case .lazyPages: "Fetch memory when it is used, through userfaultfd."
    case .leaveRunning: "Let the container go on afterwards."
    case .linkRemap: "Give open files without a name one for the time being."
    case .noNewKeyring: "Keep the caller's session keyring instead of making a new one."
    case .noNewPrivs: "Keep the process from gaining privileges through execve."
    case .noPivot: "Enter the root file system without pivot_root, as is needed when it lies on a ramdisk."
    case .noSubreaper: "Do not adopt processes whose parent has ended."
    case .preDump: "Save memory only and let the container go on, so that the next checkpoint is short."
    case .quiet: "Show the ids only."
    case .rootless: "Write a config.json for a container that an ordinary user can run."
    case .shellJob: "Allow a session and a terminal from outside the container."
    case .stats: "Write the statistics once and end."
    case .tcpEstablished: "Keep open TCP connections."
    case .tcpSkipInFlight: "Leave out TCP connections that are not yet accepted."
    case .tty: "Give the process a terminal."
    }
  }
}

extension StringOption {
  fileprivate var definition: OptionDefinition {
    switch self {
    case .apparmor: text("profile", "Confine the process by this AppArmor profile.")
    case .bundle: folder("Use this folder as the bundle.", defaultText: "the current folder")
    case .consoleSocket: file("socket", "Send the master end of the terminal over this unix socket.")
    case .cpusetCpus: text("list", "Choose the processors, as in 0-2,4.")
    case .cpusetMems: text("list", "Choose the memory nodes, as in 0-1.")
    case .cwd: text("path", "Start in this folder of the container.")
    case .format:
      OptionDefinition(
        .string(self), "format", help: "Answer as table or json.", defaultText: "table",
        completion: .choice(OutputFormat.allCases.map { $0.rawValue }))
    case .imagePath: folder("Keep the image files of CRIU in this folder.", defaultText: "checkpoint")
    case .l3CacheSchema: text("schema", "Set the part of the L3 cache by Intel RDT.")
    case .lsmMountContext: text("context", "Mount under this security context.")
    case .lsmProfile: text("type:name", "Restore under this security profile.")
    case .manageCgroupsMode:
      OptionDefinition(
        .string(self), "mode", help: "Choose what is saved and restored of cgroups: soft, full, strict or ignore.",
        defaultText: "soft", completion: .choice(CgroupsMode.allCases.map { $0.rawValue }))
    case .memBwSchema: text("schema", "Set the memory bandwidth by Intel RDT.")
    case .pageServer: text("address:port", "Send memory to this page server.")
    case .parentPath:
      folder("Save only what has changed since this checkpoint; the path is relative to the image path.")
    case .pidFile: file("file", "Write the process id to this file.")
    case .pidfdSocket: file("socket", "Send a pidfd of the new process over this unix socket.")
    case .process: file("file", "Take the process from this file, in the form of process in config.json.")
    case .processLabel: text("label", "Give the process this SELinux label.")
    case .resources: file("file", "Take the limits from this JSON file, or from standard input for -.")
    case .trace: file("file", "Write how long each step took to this file, in the trace format of Chrome.")
    case .user: text("uid[:gid]", "Run as this user, and group.")
    case .workPath: folder("Put the log and the work files of CRIU in this folder.")
    }
  }

  private func text(_ placeholder: String, _ help: String) -> OptionDefinition {
    OptionDefinition(.string(self), placeholder, help: help)
  }

  private func file(_ placeholder: String, _ help: String) -> OptionDefinition {
    OptionDefinition(.string(self), placeholder, help: help, completion: .file)
  }

  private func folder(_ help: String, defaultText: String? = nil) -> OptionDefinition {
    OptionDefinition(.string(self), "folder", help: help, defaultText: defaultText, completion: .folder)
  }
}

extension StringListOption {
  fileprivate var definition: OptionDefinition {
    switch self {
    case .cap:
      OptionDefinition(
        .strings(self), "capability", help: "Add a capability, as in CAP_SYS_TIME; may be repeated.")
    case .cgroup:
      OptionDefinition(
        .strings(self), "cgroup",
        help: """
          Put the process in this cgroup below the container's, which has to be there; with controllers in front, \
          as in cpu,memory:sub, on cgroup v1; may be repeated.
          """)
    case .emptyNs:
      OptionDefinition(
        .strings(self), "namespace",
        help: "Leave out what is in this namespace, which can be network; may be repeated.",
        completion: .choice(["network"]))
    case .env:
      OptionDefinition(.strings(self), "name=value", help: "Set an environment variable; may be repeated.")
    }
  }
}

extension IntegerOption {
  fileprivate var definition: OptionDefinition {
    switch self {
    case .blkioWeight: number("n", "Set the weight of disk access, from 10 to 1000.")
    case .cpuBurst: number("us", "Let unused quota add up to this many microseconds.")
    case .cpuIdle: number("0|1", "Run only when the processors are idle (1), or as usual (0).")
    case .cpuPeriod: number("us", "Set the period that the quota is for, in microseconds.")
    case .cpuQuota: number("us", "Limit processor time within a period, in microseconds; -1 for no limit.")
    case .cpuRtPeriod: number("us", "Set the period of realtime scheduling, in microseconds.")
    case .cpuRtRuntime: number("us", "Limit realtime scheduling within its period, in microseconds.")
    case .cpuShare: number("n", "Set the share of processor time against other containers.")
    case .pidsLimit: number("n", "Limit the number of processes; -1 for no limit.")
    case .preserveFds:
      number(
        "n", "Pass on this many open files from descriptor 3 on, behind those that LISTEN_FDS counts.",
        defaultText: "0")
    case .statusFd: number("fd", "Write a zero byte to this descriptor when lazy pages can be asked for.")
    }
  }

  private func number(_ placeholder: String, _ help: String, defaultText: String? = nil) -> OptionDefinition {
    OptionDefinition(.integer(self), placeholder, help: help, defaultText: defaultText)
  }
}

extension SizeOption {
  fileprivate var definition: OptionDefinition {
    switch self {
    case .kernelMemory, .kernelMemoryTcp:
      size("Obsolete, ignored: the kernel has no such limit.")
    case .memory: size("Limit memory; -1 for no limit.")
    case .memoryReservation: size("Keep this much memory for the container when memory runs short.")
    case .memorySwap: size("Limit memory and swap together; -1 for no limit on swap.")
    }
  }

  private func size(_ help: String) -> OptionDefinition {
    OptionDefinition(.size(self), "size", help: help)
  }
}

extension GlobalOption {
  fileprivate var definition: OptionDefinition {
    switch self {
    case .debug: OptionDefinition(.global(self), help: "Write debug lines to the log.")
    case .log:
      OptionDefinition(
        .global(self), "file", help: "Append the log to this file.", defaultText: "standard error",
        completion: .file)
    case .logFormat:
      OptionDefinition(
        .global(self), "format", help: "Write the log as text or json.", defaultText: "text",
        completion: .choice(GlobalOptions.LogFormat.allCases.map { $0.rawValue }))
    case .root:
      OptionDefinition(
        .global(self), "folder", help: "Keep the state of containers in this folder, which should be on a tmpfs.",
        defaultText: GlobalOptions.defaultRoot, completion: .folder)
    case .systemdCgroup:
      OptionDefinition(
        .global(self),
        help: "Make cgroups through systemd; cgroupsPath is then slice:prefix:name, as in system.slice:apus:web.")
    case .rootless:
      OptionDefinition(
        .global(self), "mode", help: "Ignore errors of permission on cgroups: true, false or auto.",
        defaultText: "auto", completion: .choice(["true", "false", "auto"]))
    case .criu:
      OptionDefinition(.global(self), "path", help: "Obsolete, ignored: criu is looked up in PATH.")
    case .help: OptionDefinition(.global(self), help: "Show help.")
    case .version: OptionDefinition(.global(self), help: "Show the version.")
    }
  }
}
