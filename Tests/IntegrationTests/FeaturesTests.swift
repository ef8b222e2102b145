import Foundation
import Testing

/// The command `features`: it says what the code does, no more and no less.
@Suite(.scratch) struct FeaturesTests {
  private func document() throws -> JSONValue {
    let scratch = try Scratch.current
    return try JSONValue(parsing: scratch.run([scratch.apus, "features"]).succeed().stdout)
  }

  private func strings(_ value: JSONValue?) throws -> [String] { try #require(value?.array).compactMap(\.string) }

  /// The list for people and the switch that configurations are read with are the same.
  @Test func mountOptionsAreThoseThatConfigurationsMayUse() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/ContainerRuntime")
    let text = readText(sources.appending(path: "Plan/MountPlan.swift").path())
    let table = try #require(text.range(of: "static func effect(of option: String)"))
    var known: Set<String> = []
    for line in text[table.upperBound...].split(separator: "\n") {
      let words = line.trimmingCharacters(in: .whitespaces)
      guard words.hasPrefix("case \""), let end = words.firstIndex(of: ":") else { continue }
      known.formUnion(
        words[..<end].split(separator: "\"").map(String.init).filter { $0.first?.isLetter == true && $0 != "case " })
    }
    let options = try strings(document()["mountOptions"])
    #expect(known.count > 50)
    #expect(Set(options) == known)
    #expect(options == options.sorted() && Set(options).count == options.count)
  }

  /// All but those that are about a source, in one configuration.
  @Test func everyMountOptionIsAccepted() throws {
    let options = try strings(document()["mountOptions"])
    let container = try Container { config in
      config["mounts"] = .array(
        options.filter { !["bind", "rbind", "idmap", "ridmap"].contains($0) }.map { option in
          ["destination": .string("/m-" + option), "type": "tmpfs", "source": "tmpfs", "options": [.string(option)]]
        })
    }
    try validate(container).succeed()
  }

  @Test func capabilitiesAreAllOfTheKernels() throws {
    let last = try #require(
      Int(readText("/proc/sys/kernel/cap_last_cap").trimmingCharacters(in: .whitespacesAndNewlines)))
    let names = try strings(document()["linux.capabilities"])
    #expect(names.count == last + 1)
    #expect(names.first == "CAP_CHOWN" && names.allSatisfy { $0.hasPrefix("CAP_") })
  }

  private func validate(_ container: Container) throws -> Output {
    try container.scratch.run([container.scratch.apus, "validate", "-b", container.bundle])
  }

  /// Whatever a list of the document has stands in one configuration, and nothing is said about it.
  @Test func whatIsListedIsTaken() throws {
    let features = try document()
    let kinds = try strings(features["linux.namespaces"])
    let container = try Container { config in
      config["linux.namespaces"] = .array(kinds.map { ["type": .string($0)] })
      for map in ["uidMappings", "gidMappings"] {
        config["linux.\(map)"] = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      }
      for set in ["bounding", "effective", "permitted", "inheritable", "ambient"] {
        config["process.capabilities.\(set)"] = features["linux.capabilities"]
      }
      for hook in try strings(features["hooks"]) { config["hooks.\(hook)"] = [["path": "/bin/true"]] }
      let names = ["actions", "operators", "archs", "supportedFlags"]
      let words = try names.map { try strings(features["linux.seccomp.\($0)"]) }
      let actions = words[0].map { action -> JSONValue in ["names": ["mkdir"], "action": .string(action)] }
      let operators = words[1].enumerated().map { place, name -> JSONValue in
        [
          "names": ["mount"], "action": "SCMP_ACT_ERRNO",
          "args": [["index": .integer(place % 6), "value": .integer(place), "op": .string(name)]],
        ]
      }
      config["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ALLOW", "architectures": .strings(words[2]), "flags": .strings(words[3]),
        "listenerPath": "/run/listener", "syscalls": .array(actions + operators),
      ]
    }
    let output = try validate(container)
    #expect(output.stdout == "config.json: no problems\n", "\(output)")
  }

  @Test func everyMemoryPolicyIsTaken() throws {
    let features = try document()
    let container = try Container()
    for mode in try strings(features["linux.memoryPolicy.modes"]) {
      let needsNodes = mode != "MPOL_DEFAULT" && mode != "MPOL_LOCAL"
      try container.edit { config in
        config["linux.memoryPolicy"] = [
          "mode": .string(mode), "nodes": needsNodes ? "0" : "",
          "flags": mode == "MPOL_BIND" ? features["linux.memoryPolicy.flags"] ?? [] : [],
        ]
      }
      #expect(try validate(container).stdout == "config.json: no problems\n", "\(mode)")
    }
  }

  /// What no list has: the property, a value of it, and the beginning of what is said about it.
  static let unlisted: [(String, JSONValue, String)] = [
    ("linux.namespaces.0.type", "net", "error: config.json.linux.namespaces[0].type: unknown namespace"),
    ("hooks", ["preStart": [], "midlife": []], "warning: config.json.hooks.midlife: unknown property"),
    ("process.capabilities.bounding", ["CAP_FLY"], "warning: config.json.process.capabilities.bounding[0]: "),
    ("linux.seccomp", ["defaultAction": "SCMP_ACT_WARN"], "error: config.json.linux.seccomp.defaultAction: "),
    (
      "linux.seccomp", ["defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_SPARC"]],
      "error: config.json.linux.seccomp.architectures[0]: "
    ),
    (
      "linux.seccomp", ["defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_NEW_LISTENER"]],
      "error: config.json.linux.seccomp.flags[0]: "
    ),
    (
      "linux.seccomp",
      [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [
          ["names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "args": [["index": 0, "value": 0, "op": "SCMP_CMP_IN"]]]
        ],
      ], "error: config.json.linux.seccomp.syscalls[0].args[0].op: "
    ),
    ("linux.memoryPolicy", ["mode": "MPOL_NEAR"], "error: config.json.linux.memoryPolicy.mode: "),
    (
      "linux.memoryPolicy", ["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_X"]],
      "error: config.json.linux.memoryPolicy.flags[0]: "
    ),
  ]

  @Test(arguments: unlisted.indices) func whatIsNotListedIsRefusedOrIgnoredWithAWord(index: Int) throws {
    let (property, value, beginning) = FeaturesTests.unlisted[index]
    let container = try Container { $0[property] = value }
    let output = try validate(container)
    #expect(output.lines.contains { $0.hasPrefix(beginning) }, "\(output)")
  }

  /// An option that no table has is the file system's own affair (config.md, "Mounts"), and the kernel's refusal is told.
  @Test func optionThatIsNotListedIsTheFileSystems() throws {
    let container = try Container {
      $0["mounts"] = [["destination": "/m", "type": "tmpfs", "source": "tmpfs", "options": ["nosuch"]]]
    }
    try validate(container).succeed()
    try container.expectRefusal(saying: "mounts[0]")
  }

  static let wholes: [(flag: String, property: String, value: JSONValue)] = [
    ("linux.apparmor.enabled", "process.apparmorProfile", "profile"),
    ("linux.selinux.enabled", "process.selinuxLabel", "label"),
    ("linux.intelRdt.enabled", "linux.intelRdt", ["schemata": ["L3:0=f"], "enableMonitoring": true]),
    ("linux.netDevices.enabled", "linux.netDevices", ["nowhere0": [:]]),
  ]

  /// Whatever this host has, the build can do it; what the host lacks is told by `validate`.
  @Test(arguments: wholes.indices) func buildDoesNotDependOnTheHost(index: Int) throws {
    let (flag, property, value) = FeaturesTests.wholes[index]
    #expect(try document()[flag] == true)
    let container = try Container { $0[property] = value }
    for line in try validate(container).lines where line.hasPrefix("error: ") {
      #expect(line.hasPrefix("error: config.json.\(property): ") && line.contains("is not enabled on this host"))
    }
  }

  private static let hooks = [
    "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
  ]

  /// containerd looks for these before it uses what they stand for.
  @Test func formIsThatOfTheSpecification() throws {
    let scratch = try Scratch.current
    let text = try scratch.run([scratch.apus, "features"]).succeed().stdout
    #expect(
      text.hasPrefix("{\n    \"ociVersionMin\": \"1.0.0\",\n    \"ociVersionMax\": \"1.3.0\",\n    \"hooks\": [\n"))
    #expect(text.hasSuffix("}\n"))
    let features = try document()
    #expect(features["linux.cgroup"] == ["v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": true])
    #expect(features["hooks"] == .strings(Self.hooks))
    let options = Set(try strings(features["mountOptions"]))
    #expect(options.isSuperset(of: ["ro", "rro", "bind", "rbind", "nosuid", "rprivate", "idmap", "tmpcopyup"]))
    let namespaces = try strings(features["linux.namespaces"])
    #expect(namespaces == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"])
    #expect(try strings(features["linux.seccomp.archs"]).count == 23)
    #expect(features["linux.intelRdt"] == ["enabled": true, "schemata": true, "monitoring": true])
    #expect(features["linux.mountExtensions.idmap.enabled"] == true && features["linux.seccomp.enabled"] == true)
    #expect(features["linux.seccomp.supportedFlags"] == features["linux.seccomp.knownFlags"])
    #expect(features["potentiallyUnsafeConfigAnnotations"]?.array != nil)
    #expect(try #require(features["annotations"]?.object).keys.contains("org.opencontainers.runc.version"))
  }
}
