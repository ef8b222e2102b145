import Foundation
import Testing

/// User namespaces, sysctls, session keyrings and what else the config says of the kernel.
@Suite(.scratch) struct UserNamespaceTests {
  func mapped(_ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> Container {
    let container = try Container {
      $0.append(["type": "user"], to: "linux.namespaces")
      let map: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      $0["linux.uidMappings"] = map
      $0["linux.gidMappings"] = map
      try edit(&$0)
    }
    let folders = [container.scratch.directory, container.bundle]
    for folder in folders {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    }
    try container.scratch.run(["/bin/chown", "-R", "100000:100000", container.rootfs]).succeed()
    return container
  }

  @Test func idsAreMapped() throws {
    let container = try mapped()
    let output = try container.run("cat /proc/self/uid_map /proc/self/gid_map; id -u; cat /proc/self/setgroups")
    let lines = try output.succeed().lines.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines == ["0 100000 65536", "0 100000 65536", "0", "allow"])
  }

  @Test func processIsUnprivilegedOutside() throws {
    let container = try mapped()
    try container.runDetached()
    let status = processStatus(readText("/proc/\(try container.pid)/status"))
    #expect(status["Uid"] == "100000\t100000\t100000\t100000")
    #expect(status["Gid"] == "100000\t100000\t100000\t100000")
  }

  @Test func filesBelongToTheMappedUser() throws {
    let container = try mapped { $0["root.readonly"] = false }
    try container.run("touch /written").succeed()
    let attributes = try FileManager.default.attributesOfItem(atPath: container.rootfs + "/written")
    #expect(attributes[.ownerAccountID] as? Int == 100_000)
  }

  @Test func devicesAreThere() throws {
    let output = try mapped().run("echo x >/dev/null && head -c 2 /dev/zero | wc -c; stat -c %t:%T /dev/null")
    #expect(try output.succeed().lines == ["2", "1:3"])
  }

  /// C7: a user without a number in the host is refused before anything runs.
  @Test func unmappedUserIsRefused() throws {
    try mapped { $0["process.user"] = ["uid": 70000, "gid": 0] }.expectRefusal(saying: "process.user.uid")
  }

  /// C7: maps that cannot be.
  @Test(
    arguments: [
      [["containerID": 0, "hostID": 4_294_967_295, "size": 1]],
      [["containerID": 0, "hostID": 100_000, "size": 0]],
      [["containerID": 0, "hostID": 100_000, "size": 10], ["containerID": 5, "hostID": 200_000, "size": 10]],
      [["containerID": 4_294_967_290, "hostID": 100_000, "size": 100]],
    ] as [JSONValue])
  func impossibleMapIsRefused(map: JSONValue) throws {
    try mapped { $0["linux.uidMappings"] = map }.expectRefusal(saying: "linux.uidMappings")
  }

  /// C7: maps without a user namespace would be ignored in silence.
  @Test func mapWithoutNamespaceIsRefused() throws {
    try mapped { $0.dropNamespace("user") }.expectRefusal(saying: "linux.uidMappings")
  }

  @Test func sysctlOfTheContainerIsSet() throws {
    let container = try Container {
      $0["linux.sysctl"] = ["net.ipv4.ip_forward": "1", "kernel.msgmax": "65537", "fs.mqueue.msg_max": "20"]
    }
    let paths = "/proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax /proc/sys/fs/mqueue/msg_max"
    #expect(try container.run("cat \(paths)").succeed().lines == ["1", "65537", "20"])
  }

  /// D4: what belongs to the host is refused, however it is spelled.
  @Test(arguments: [
    "kernel.core_pattern", "kernel/core_pattern", "vm.swappiness", "kernel.hostname", "net/../kernel/core_pattern",
    "net.ipv4.../../kernel/core_pattern", "kernel.shmmax/../core_pattern", " net.ipv4.ip_forward", "", ".", "net",
    "fs.file-max", "kernel.shmmax\u{0}x",
  ])
  func sysctlOfTheHostIsRefused(key: String) throws {
    let before = readText("/proc/sys/kernel/core_pattern")
    try Container { $0["linux.sysctl"] = .object([key: "1"]) }.expectRefusal(saying: "linux.sysctl")
    #expect(readText("/proc/sys/kernel/core_pattern") == before)
  }

  /// D4: in the host's network namespace its settings are the host's.
  @Test(arguments: [
    ("network", "net.ipv4.ip_forward"), ("ipc", "kernel.shmmax"), ("ipc", "fs.mqueue.msg_max"),
    ("uts", "kernel.domainname"),
  ])
  func sysctlWithoutItsNamespaceIsRefused(namespace: String, key: String) throws {
    try Container {
      $0.dropNamespace(namespace)
      $0["hostname"] = nil
      $0["linux.sysctl"] = .object([key: "1"])
    }.expectRefusal(saying: "linux.sysctl")
  }

  /// C9: the session keyring is the container's own, unless the caller wants none made.
  @Test func keyringIsTheContainersOwn() throws {
    let keys: (inout JSONValue) -> Void = {
      $0["linux.maskedPaths"] = []
      $0["process.args"] = ["cat", "/proc/keys"]
    }
    let own = try Container(keys)
    #expect(try own.run().succeed().stdout.contains("_ses.\(own.id)"))
    // Another container: the kernel collects the keyring of one that has ended only later.
    let none = try Container(keys)
    #expect(!(try none.run(options: "--no-new-keyring").succeed().stdout.contains("_ses.\(none.id)")))
  }

  @Test func personalityIsTheConfigs() throws {
    let container = try Container { $0["linux.personality"] = ["domain": "LINUX32"] }
    #expect(try container.run("uname -m").succeed().stdout == "i686\n")
  }

  @Test func schedulingIsTheConfigs() throws {
    let container = try Container {
      $0["process.scheduler"] = ["policy": "SCHED_BATCH", "nice": 5]
      $0["process.ioPriority"] = ["class": "IOPRIO_CLASS_BE", "priority": 6]
    }
    let fields = try container.run("cat /proc/self/stat").succeed().stdout.split(separator: ")").last?.split(
      separator: " ")
    let stat = try #require(fields)
    #expect(stat[16] == "5")
    #expect(stat[38] == "3")
  }

  @Test func timeOffsetsAreTheConfigs() throws {
    let container = try Container {
      $0.append(["type": "time"], to: "linux.namespaces")
      $0["linux.timeOffsets"] = ["boottime": ["secs": 1_000_000]]
    }
    let uptime = try container.run("cut -d. -f1 /proc/uptime").succeed().stdout
    #expect(try #require(Int(uptime.trimmingCharacters(in: .whitespacesAndNewlines))) > 1_000_000)
  }

  @Test func execEntersTheUserNamespace() throws {
    let container = try mapped()
    try container.runDetached()
    let output = try container.exec(["cat", "/proc/self/uid_map"]).succeed()
    #expect(output.stdout.split(separator: " ").map(String.init).prefix(2) == ["0", "100000"])
  }
}
