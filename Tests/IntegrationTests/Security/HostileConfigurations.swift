import Foundation
import Testing

/// Configurations that ask for what must not be: each is refused before anything is made, with the property's name.
@Suite(.scratch) struct HostileConfigurations {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let property: String
    let value: JSONValue
    /// What the message names, when it is not the property itself.
    var named: String?
    var testDescription: String { "\(id): \(property)" }
  }

  static let cases: [Case] = [
    Case(id: "E26", property: "linux.netDevices", value: ["lo": ["name": "../../x"]]),
    Case(
      id: "E32", property: "hostname", value: .string(String(repeating: "h", count: 65))),
    Case(id: "E32", property: "linux.timeOffsets", value: ["boottime": ["secs": 1]]),
    Case(
      id: "E33", property: "mounts.1",
      value: ["destination": "/x", "type": "bind", "source": "/tmp", "options": ["bind", "idmap"]],
      named: "mounts[1].options"),
    Case(
      id: "E33", property: "mounts.1",
      value: [
        "destination": "/x", "type": "bind", "source": "/tmp", "options": ["bind"],
        "uidMappings": [["containerID": 0, "hostID": 0, "size": 1]],
      ], named: "mounts[1].gidMappings"),
    Case(
      id: "E33", property: "mounts.1",
      value: [
        "destination": "/x", "type": "tmpfs", "source": "tmpfs",
        "uidMappings": [["containerID": 0, "hostID": 0, "size": 1]],
        "gidMappings": [["containerID": 0, "hostID": 0, "size": 1]],
      ], named: "mounts[1].uidMappings"),
    Case(
      id: "E34", property: "linux.devices",
      value: [["path": "/dev/x", "type": "c", "major": 1, "minor": 3, "fileMode": 2541]], named: "fileMode"),
    Case(
      id: "E34", property: "linux.devices", value: [["path": "/proc/x", "type": "c", "major": 1, "minor": 3]],
      named: "linux.devices[0].path"),
    Case(
      id: "E34", property: "linux.devices", value: [["path": "/dev/x", "type": "z", "major": 1, "minor": 3]],
      named: "linux.devices[0].type"),
    Case(id: "E35", property: "linux.intelRdt", value: ["closID": ".."]),
    Case(id: "C12", property: "process.apparmorProfile", value: "docker-default"),
    Case(id: "C12", property: "process.selinuxLabel", value: "system_u:system_r:container_t:s0"),
    Case(id: "D4", property: "linux.sysctl", value: ["net/../../kernel/core_pattern": "x"]),
    Case(id: "D4", property: "linux.sysctl", value: ["kernel.shmmax ": "1"]),
  ]

  @Test(arguments: cases) func isRefused(_ attack: Case) throws {
    let container = try Container { config in
      if attack.property.hasPrefix("mounts.1") { config["mounts"] = .array([config["mounts.0"] ?? .null]) }
      config[attack.property] = attack.value
    }
    try container.expectRefusal(saying: attack.named ?? String(attack.property.split(separator: ".").last ?? ""))
  }

  /// The path is the container's: it climbs to the container's own root.
  @Test("E34: a device above the root is made inside") func climbingDevice() throws {
    let container = try Container { config in
      config["root.readonly"] = false
      config["linux.devices"] = [["path": "/../../../tmp/apus-null", "type": "c", "major": 1, "minor": 3]]
    }
    let output = try container.run("stat -c %t:%T /tmp/apus-null")
    #expect(output.status != 0 || output.stdout == "1:3\n")
    #expect(!fileExists("/tmp/apus-null"))
  }

  /// What changes the behaviour is listed, and nothing else in an annotation does.
  @Test("E36: annotations of other runtimes have no effect") func annotations() throws {
    let container = try Container { config in
      config["annotations"] = .object([
        "run.oci.handler": "krun", "run.oci.hooks.stdout": "/tmp/apus-hooks",
        "run.oci.mount_context_type": "rootcontext",
        "module.wasm.image/variant": "compat", "run.oci.delegate-cgroup": "../../x",
      ])
    }
    #expect(try container.run("echo plain").succeed().stdout == "plain\n")
    #expect(!fileExists("/tmp/apus-hooks"))
  }

  @Test("D1 (CVE-2023-25809): a container in a user namespace does not write the host's cgroups")
  func writableCgroups() throws {
    let container = try Container { config in
      CloneShapeTests.map(&config)
      config.append(["type": "user"], to: "linux.namespaces")
      config.dropNamespace("cgroup")
      config.dropMounts(below: "/sys/fs/cgroup")
      config.append(
        ["destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw", "nosuid"]],
        to: "mounts")
    }
    let script = "for d in /sys/fs/cgroup/*; do mkdir $d/escape 2>/dev/null && echo $d; done; echo end"
    let output = try container.run(script)
    #expect(output.status != 0 || output.stdout == "end\n", "\(output)")
  }

  @Test("C8: without privileges there are no additional groups to be had, and it is told")
  func groupsWithoutPrivileges() throws {
    let container = try Container { $0["process.user.additionalGids"] = [7, 8] }
    let words = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount"] + container.words("run")
    let output = try container.scratch.run(words)
    #expect(output.isRefusal && output.stderr.split(separator: "\n").count == 1, "\(output)")
  }
}
