import Foundation
import Testing

/// Configurations that ask for what must not be: each is refused before anything is made, with the property's name.
@Suite(.scratch) struct HostileConfigurations {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let property: String
    let value: JSONValue
    /// The defence that refuses it.
    let rule: String
    /// What the message names, when it is not the property itself.
    var named: String?
    var testDescription: String { "\(id): \(property)" }
  }

  private static func mount(_ changes: [String: JSONValue]) -> JSONValue {
    .object(
      changes.merging(["destination": "/x", "type": "bind", "source": "/tmp"]) { own, _ in own })
  }

  private static let map: JSONValue = [["containerID": 0, "hostID": 0, "size": 1]]

  private static func device(_ changes: [String: JSONValue]) -> JSONValue {
    [.object(changes.merging(["path": "/dev/x", "type": "c", "major": 1, "minor": 3]) { own, _ in own })]
  }

  static let cases: [Case] = [
    Case(id: "E26", property: "linux.netDevices", value: ["lo": ["name": "../../x"]], rule: "network-devices"),
    Case(
      id: "E32", property: "hostname", value: .string(String(repeating: "h", count: 65)), rule: "names-and-offsets"),
    Case(
      id: "E32", property: "linux.timeOffsets", value: ["boottime": ["secs": 1]], rule: "names-and-offsets"),
    Case(
      id: "E33", property: "mounts.1", value: mount(["options": ["bind", "idmap"]]), rule: "id-mapped-mounts",
      named: "mounts[1].options"),
    Case(
      id: "E33", property: "mounts.1", value: mount(["options": ["bind"], "uidMappings": map]),
      rule: "id-mapped-mounts", named: "mounts[1].gidMappings"),
    Case(
      id: "E33", property: "mounts.1", value: mount(["type": "tmpfs", "uidMappings": map, "gidMappings": map]),
      rule: "id-mapped-mounts", named: "mounts[1].uidMappings"),
    Case(
      id: "E34", property: "linux.devices", value: device(["fileMode": 2541]), rule: "device-list", named: "fileMode"),
    Case(
      id: "E34", property: "linux.devices", value: device(["path": "/proc/x"]), rule: "device-list",
      named: "linux.devices[0].path"),
    Case(
      id: "E34", property: "linux.devices", value: device(["type": "z"]), rule: "device-list",
      named: "linux.devices[0].type"),
    Case(
      id: "E35", property: "linux.intelRdt", value: ["closID": ".."], rule: "resource-control", named: "closID"),
    Case(id: "C7", property: "linux.uidMappings", value: map, rule: "id-maps"),
    Case(id: "C12", property: "process.apparmorProfile", value: "docker-default", rule: "labels"),
    Case(
      id: "C12", property: "process.selinuxLabel", value: "system_u:system_r:container_t:s0", rule: "labels"),
    Case(
      id: "C16", property: "process.rlimits", value: [["type": "RLIMIT_NOFILE", "soft": 1024, "hard": 512]],
      rule: "resource-limits"),
    Case(
      id: "D4", property: "linux.sysctl", value: ["net/../../kernel/core_pattern": "x"], rule: "sysctl-namespaces"),
    Case(id: "D4", property: "linux.sysctl", value: ["kernel.shmmax ": "1"], rule: "sysctl-namespaces"),
    Case(
      id: "D12", property: "linux.resources.unified", value: ["cgroup.freeze": "1"], rule: "unified-keys",
      named: "cgroup.freeze"),
    Case(
      id: "S12", property: "linux.seccomp",
      value: [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [["names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"]],
      ], rule: "filter-or-nothing", named: "no_such_call"),
  ]

  @Test(arguments: cases) func isRefused(_ attack: Case) throws {
    let container = try Container { config in
      if attack.property.hasPrefix("mounts.1") { config["mounts"] = .array([config["mounts.0"] ?? .null]) }
      config[attack.property] = attack.value
    }
    let named = attack.named ?? String(attack.property.split(separator: ".").last ?? "")
    try container.expectRefusal(saying: named)
    // Without a cgroup v2 tree there is no file to protect, and nothing of the kind is taken.
    if attack.rule == "unified-keys" && HostCgroups.layout == .v1 { return }
    // Only validated: what must not be is not to be done to the machine of the test.
    try expectDefence(attack.rule) {
      try !container.apus("validate", "--bundle", container.bundle).stdout.contains(named)
    }
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

  /// As root of the host by another name the same script has success: it is the ids that keep the container out.
  @Test(
    "D1 (CVE-2023-25809): a container in a user namespace does not write the host's cgroups", arguments: [100_000, 0])
  func writableCgroups(host: Int) throws {
    let container = try Container { config in
      let map: JSONValue = [["containerID": 0, "hostID": .integer(host), "size": 65536]]
      config["linux.uidMappings"] = map
      config["linux.gidMappings"] = map
      config.append(["type": "user"], to: "linux.namespaces")
      config.dropNamespace("cgroup")
      config.dropMounts(below: "/sys/fs/cgroup")
      config.append(
        ["destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw", "nosuid"]],
        to: "mounts")
    }
    let places = HostCgroups.isPure ? "/sys/fs/cgroup" : "/sys/fs/cgroup/*"
    let script = "for d in \(places); do mkdir $d/escape 2>/dev/null && echo $d; done; echo end"
    let output = try container.run(script).succeed()
    #expect((output.stdout == "end\n") == (host != 0), "\(output)")
  }
}
