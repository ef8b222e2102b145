import Foundation
import Testing

/// Ways out through cgroups, devices and kernel parameters (section D of the security cases).
@Suite(.scratch) struct CgroupAttacks {
  @Test("D2 (CVE-2022-0492): release_agent and a cgroup mount of its own, as root with the default capabilities")
  func releaseAgent() throws {
    let script = """
      for f in $(find /sys/fs/cgroup -name release_agent); do echo x 2>/dev/null >$f && echo wrote $f; done
      for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/escape 2>/dev/null && echo made $d; done
      mount -t cgroup -o memory none /tmp 2>/dev/null && echo mounted
      mount -t cgroup2 none /tmp 2>/dev/null && echo mounted
      echo end
      """
    #expect(try Container().run(script).stdout == "end\n")
  }

  /// The kernel's log stands for a disk: reading it harms nobody.
  @Test("D3: a device node that the container makes for itself")
  func devicesOfTheHost() throws {
    try expectDefence("device-rules") {
      let container = try Container {
        $0["root.readonly"] = false
        $0.grant(["CAP_MKNOD", "CAP_SYSLOG"])
      }
      return try container.run("mknod /tmp/kmsg c 1 11 && : </tmp/kmsg").status == 0
    }
  }

  /// Only validated: a run would set the host's.
  @Test(
    "D4: a kernel parameter that the container does not own",
    arguments: ["kernel.core_pattern", "vm.overcommit_memory", "kernel.modprobe"])
  func parametersOfTheHost(key: String) throws {
    try expectDefence("sysctl-namespaces") {
      let container = try Container { $0["linux.sysctl"] = .object([key: "1"]) }
      return try container.apus("validate", "--bundle", container.bundle).status == 0
    }
  }

  /// In a cgroup v2 tree the kernel lets a frozen process die.
  @Test("D7: a paused container outlives SIGKILL", .v1Hierarchies)
  func pausedContainer() throws {
    try expectDefence("thaw-at-kill") {
      let container = try Container()
      try container.runDetached()
      try container.apus("pause", container.id).succeed()
      try container.kill("KILL").succeed()
      return !(eventually(within: 1.5) { (try? container.status) == "stopped" })
    }
  }

  @Test(
    "D11: the processors are those of the container's cpuset, whatever the caller's were", .controllers("cpuset"))
  func processorsOfTheCaller() throws {
    let cpuset = try Container { $0["linux.resources.cpu.cpus"] = "0" }
    let script = "grep Cpus_allowed_list /proc/self/status"
    #expect(try cpuset.run(script).succeed().stdout == "Cpus_allowed_list:\t0\n")
  }

  @Test("D13: hybrid cgroups: every hierarchy is joined, and each is gone afterwards")
  func everyHierarchy() throws {
    let container = try Container()
    try container.runDetached()
    for line in HostCgroups.memberships(of: "\(try container.pid)")
    where !line.contains("name=") || line.contains("name=systemd") {
      #expect(line.hasSuffix(container.id) || line.hasPrefix("0::"), "\(line)")
    }
  }

  @Test(
    "E12: a runtime that is killed for want of memory leaves nothing that a forced delete does not find",
    .controllers("memory"))
  func runtimeWithoutMemory() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    let cgroup = HostCgroups.path("memory", "caller-\(container.id)")
    let (limit, members) = HostCgroups.isPure ? ("memory.max", "cgroup.procs") : ("memory.limit_in_bytes", "tasks")
    if HostCgroups.isPure {
      try Data("+memory".utf8).write(to: URL(filePath: "/sys/fs/cgroup/cgroup.subtree_control"))
    }
    for kilobytes in stride(from: 200, through: 2600, by: 400) {
      let script =
        "mkdir -p \(cgroup) && echo \(kilobytes)K >\(cgroup)/\(limit) && echo $$ >\(cgroup)/\(members)"
      _ = try container.shell("\(script) && exec \"$@\"", container.words("create"))
      try container.delete("--force").succeed()
      #expect(try container.scratch.remains(of: container.id).filter { !$0.contains("caller-") }.isEmpty)
    }
    try container.scratch.run(["/bin/rmdir", cgroup]).succeed()
  }
}
