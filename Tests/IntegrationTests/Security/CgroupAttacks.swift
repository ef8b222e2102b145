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
    // What stands in the way is what `spec` writes: with a mount that may be written the same script has success.
    let weak = try Container { config in
      for (index, mount) in (config["mounts"]?.array ?? []).enumerated() where mount["type"] == "cgroup" {
        config["mounts.\(index).options"] = ["nosuid", "noexec", "nodev", "rw"]
      }
    }
    #expect(try weak.run(script).stdout.contains("made "))
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

  /// Its pid namespace waits for what is frozen, and its first process for the namespace.
  @Test("D7: a container that may write its cgroups freezes a part of itself", .v1Hierarchies)
  func frozenPart() throws {
    try expectDefence("thaw-at-kill") {
      let container = try Container { config in
        for (index, mount) in (config["mounts"]?.array ?? []).enumerated() where mount["type"] == "cgroup" {
          config["mounts.\(index).options"] = ["nosuid", "noexec", "nodev", "rw"]
        }
      }
      try container.runDetached(
        """
        sleep 1000 &
        mkdir -p /sys/fs/cgroup/freezer/part && echo $! >/sys/fs/cgroup/freezer/part/tasks
        echo FROZEN >/sys/fs/cgroup/freezer/part/freezer.state; touch /dev/frozen; exec sleep 1000
        """)
      let pid = try container.pid
      #expect(eventually { fileExists("/proc/\(pid)/root/dev/frozen") })
      try container.kill("KILL").succeed()
      return try container.delete("--force").status != 0
    }
  }

  @Test(
    "D11: the processors are those of the container's cpuset, whatever the caller's were", .controllers("cpuset"))
  func processorsOfTheCaller() throws {
    let cpuset = try Container { $0["linux.resources.cpu.cpus"] = "0" }
    let script = "grep Cpus_allowed_list /proc/self/status"
    #expect(try cpuset.run(script).succeed().stdout == "Cpus_allowed_list:\t0\n")
  }

  @Test("D13: a hierarchy of cgroup v1 in which the container stays with its caller", .v1Hierarchies)
  func everyHierarchy() throws {
    try expectDefence("every-hierarchy") {
      let container = try Container()
      try container.runDetached()
      return HostCgroups.memberships(of: "\(try container.pid)").contains { line in
        (!line.contains("name=") || line.contains("name=systemd")) && !line.hasSuffix(container.id)
          && !line.hasPrefix("0::")
      }
    }
  }

  /// A container that may write its cgroups: 257 levels were too deep once, and a path of them all is too long.
  @Test("D5: cgroups that a container has nested deep")
  func deepCgroups() throws {
    try expectDefence("nested-cgroups") {
      let container = try Container()
      try container.runDetached()
      let folder = try container.folder(of: "pids")
      let program = """
        import os, sys
        at = os.open(sys.argv[1], os.O_RDONLY)
        for n in range(400):
            os.mkdir("a-long-name-for-a-cgroup", dir_fd=at)
            at = os.open("a-long-name-for-a-cgroup", os.O_RDONLY, dir_fd=at)
        """
      try container.scratch.run(["/usr/bin/env", "python3", "-c", program, folder]).succeed()
      _ = try container.delete("--force")
      return fileExists(folder)
    }
  }

  @Test("D6: a cgroup in which somebody else is", .placeByPath)
  func occupiedCgroup() throws {
    try expectDefence("foreign-cgroups") {
      let first = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      let second = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      for container in [first, second] {
        try container.edit { $0["linux.cgroupsPath"] = .string("/\(first.id)-shared") }
      }
      try first.createSleeping()
      if try second.create().status != 0 { return false }
      // Neither can remove the cgroup before the other is gone.
      for container in [second, first, second] { _ = try container.delete("--force") }
      return true
    }
  }

  @Test("D8: a process that enters a paused container hangs there, and its caller with it")
  func execIntoPaused() throws {
    try expectDefence("paused-exec") {
      let container = try Container()
      try container.runDetached()
      try container.apus("pause", container.id).succeed()
      return try container.hangs(container.execWords(["true"]))
    }
  }

  @Test("D9: why a start had not enough memory is not told", .controllers("memory"))
  func untoldShortage() throws {
    try expectDefence("shortage-told") {
      let container = try Container {
        $0["linux.resources.memory"] = ["limit": 16384, "swap": 16384]
        $0["process.args"] = ["/bin/sleep", "1000"]
      }
      let output = try container.create()
      #expect(output.status == 1)
      return !output.stderr.contains("memory limit (16384 bytes)")
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
