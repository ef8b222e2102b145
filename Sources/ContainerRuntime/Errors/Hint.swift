internal import Kernel

/// What may mend a failed step: one pure table. No hint has words that callers look for in errors.
enum Hint {
  static func text(for step: InitStep, _ errno: Errno) -> String? {
    switch (step, errno) {
    case (.setResourceLimit, .notPermitted):
      "the limit is above the hard limit of the caller, and raising it takes CAP_SYS_RESOURCE"
    case (.setScheduler, .notPermitted):
      "process scheduler can't be used together with AllowedCPUs: SCHED_DEADLINE needs every processor "
        + "(linux.resources.cpu.cpus); real-time policies need linux.resources.cpu.realtimeRuntime on cgroup v1, and "
        + "CAP_SYS_NICE"
    case (.mount(let plan, _), .notPermitted) where plan.target.components == ["proc"]:
      "the user namespace may not have a fully visible procfs: something on the host covers a part of /proc"
    case (.mount(let plan, _), .notPermitted) where plan.keepsRestrictions:
      "the host's mount has attributes that a container with a user namespace cannot take back (ro, nosuid, nodev, noexec "
        + "and access times): leave their opposites out of the options, or change the mount on the host"
    case (.mount(let plan, _), .notPermitted) where plan.idMap != nil:
      "the ids of a mount can be mapped once, and only with CAP_SYS_ADMIN over its file system"
    case (.mount(let plan, _), .invalid) where plan.idMap != nil:
      "the file system may not support id-mapped mounts on this kernel: see mount_setattr(2)"
    case (.mount, .notPermitted), (.mountCgroups, .notPermitted):
      "a user namespace may mount only few file systems; bind the folder from the host instead"
    case (.mount, .noDevice): "the kernel does not know this type of file system: see /proc/filesystems"
    case (.mount, .invalid): "the file system refuses one of its options: see the kernel's log"
    case (.mount, .tooManyLinks): "/proc and /sys must be ordinary folders of the image, reached without a symlink"
    case (.openTerminal, .noSuchFile): "a terminal needs a mount of type devpts on /dev/pts"
    case (.pivotRoot, .invalid): "an initramfs cannot be pivoted: use --no-pivot"
    case (.enterNamespace(.pid, _, _), .invalid): "only an own or a descendant pid namespace can be joined"
    case (.makeNamespaces, .noSpace): "a limit of namespaces is reached: see /proc/sys/user"
    case (.becomeNamespaceRoot, .invalid): "uid 0 and gid 0 must be among the mappings"
    case (.setUser, .invalid): "the id is not mapped in the user namespace"
    case (.execute, .noSuchFile):
      "what the file's first line (#!) or its ELF header names as its interpreter is not in the image"
    case (.execute, .executableFormat):
      "a script needs a first line like #!/bin/sh, and a binary must be made for this machine's architecture"
    case (.makeDevice, .exists): "remove the file from the image, or mount a tmpfs on /dev"
    default: nil
    }
  }

  /// For failures of the runtime's own side.
  static func text(forCall call: String, _ errno: Errno) -> String? {
    switch (call, errno) {
    case ("clone", .noMemory): "the pid namespace to join has no living init any more"
    case ("clone", .noSpace): "a limit of namespaces is reached: see /proc/sys/user"
    case ("clone", .again): "a limit of processes is reached: see pids.max of the caller's cgroup and RLIMIT_NPROC"
    default: nil
    }
  }
}
