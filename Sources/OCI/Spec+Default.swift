// The configuration that `spec` writes: that of runc 1.5 in content and order, since scripts edit it in place.
// No capability is inheritable or ambient (CVE-2022-29162).
extension Spec {
  /// A configuration to start from: `sh` on a terminal in new namespaces, with few capabilities.
  ///
  /// - Parameter cgroupNamespace: Whether it has a cgroup namespace; runc gives it one where cgroup v2 is all there is.
  public static func `default`(cgroupNamespace: Bool) -> Spec {
    Spec(
      ociVersion: "1.3.0",
      process: Process(
        terminal: true,
        user: User(uid: 0, gid: 0),
        args: ["sh"],
        env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
        cwd: "/",
        capabilities: Capabilities(
          bounding: defaultCapabilities, effective: defaultCapabilities, permitted: defaultCapabilities),
        rlimits: [ResourceLimit(type: "RLIMIT_NOFILE", soft: 1024, hard: 1024)],
        noNewPrivileges: true),
      root: Root(path: "rootfs", readonly: true),
      hostname: "runc",
      mounts: defaultMounts,
      linux: Linux(
        resources: Resources(devices: [Resources.DeviceRule(allow: false, access: "rwm")]),
        namespaces: namespaces(["pid", "network", "ipc", "uts", "mount"] + (cgroupNamespace ? ["cgroup"] : [])),
        maskedPaths: [
          "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
        ],
        readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]))
  }

  /// The same for a user without privileges: a user namespace with one user and group, the network and the
  /// limits of the host, and its /sys.
  ///
  /// - Parameters:
  ///   - userID: The effective user id of the caller, which is root inside.
  ///   - groupID: The effective group id of the caller, which is root's inside.
  ///   - cgroupNamespace: As for `default`.
  public static func rootlessDefault(userID: UInt32, groupID: UInt32, cgroupNamespace: Bool) -> Spec {
    var spec = Spec.default(cgroupNamespace: cgroupNamespace)
    spec.mounts = spec.mounts?.map(rootless)
    spec.linux?.namespaces?.removeAll { $0.type == "network" }
    spec.linux?.namespaces?.append(Namespace(type: "user"))
    spec.linux?.uidMappings = [IDMapping(containerID: 0, hostID: userID, size: 1)]
    spec.linux?.gidMappings = [IDMapping(containerID: 0, hostID: groupID, size: 1)]
    spec.linux?.resources = nil
    return spec
  }

  private static var defaultCapabilities: [String] { ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"] }

  private static var defaultMounts: [Mount] {
    [
      Mount(destination: "/proc", type: "proc", source: "proc"),
      Mount(
        destination: "/dev", type: "tmpfs", source: "tmpfs",
        options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
      Mount(
        destination: "/dev/pts", type: "devpts", source: "devpts",
        options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
      Mount(
        destination: "/dev/shm", type: "tmpfs", source: "shm",
        options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
      Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
      Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]),
      Mount(
        destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
        options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ]
  }

  private static func namespaces(_ types: [String]) -> [Namespace] { types.map { Namespace(type: $0) } }

  /// A sysfs belongs to the network namespace, so /sys is that of the host; a group that is not mapped has no id.
  private static func rootless(_ mount: Mount) -> Mount {
    if mount.destination == "/sys" {
      return Mount(
        destination: "/sys", type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"])
    }
    var mount = mount
    mount.options?.removeAll { $0.hasPrefix("gid=") || $0.hasPrefix("uid=") }
    return mount
  }
}
