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

  @Test func everyMountOptionIsAccepted() throws {
    let options = try strings(document()["mountOptions"])
    for option in options where !["bind", "rbind", "idmap", "ridmap"].contains(option) {
      let container = try Container { config in
        config["mounts"] = [
          ["destination": "/m", "type": "tmpfs", "source": "tmpfs", "options": [.string(option)]]
        ]
      }
      #expect(try container.scratch.run([container.scratch.apus, "validate", "-b", container.bundle]).status == 0)
    }
  }

  @Test func capabilitiesAreAllOfTheKernels() throws {
    let last = try #require(
      Int(readText("/proc/sys/kernel/cap_last_cap").trimmingCharacters(in: .whitespacesAndNewlines)))
    let names = try strings(document()["linux.capabilities"])
    #expect(names.count == last + 1)
    #expect(names.first == "CAP_CHOWN" && names.allSatisfy { $0.hasPrefix("CAP_") })
  }

  /// Properties that a build may lack: where the document says so, a configuration with it is refused by its name.
  static let optional: [(String, String, JSONValue)] = [
    ("linux.apparmor.enabled", "process.apparmorProfile", "profile"),
    ("linux.selinux.enabled", "process.selinuxLabel", "label"),
    ("linux.intelRdt.enabled", "linux.intelRdt", ["closID": "class"]),
    ("linux.netDevices.enabled", "linux.netDevices", ["nowhere0": [:]]),
  ]

  @Test(arguments: optional.indices) func whatIsDeniedIsRefused(index: Int) throws {
    let (flag, property, value) = FeaturesTests.optional[index]
    let container = try Container { $0[property] = value }
    let output = try container.scratch.run([container.scratch.apus, "validate", "-b", container.bundle])
    let isRefused = output.lines.contains {
      $0.hasPrefix("error: config.json.\(property): ") && $0.hasSuffix("not supported by this version of apus")
    }
    #expect(try document()[flag] == .bool(!isRefused))
  }

  /// containerd looks for these before it uses what they stand for.
  @Test func formIsThatOfTheSpecification() throws {
    let scratch = try Scratch.current
    let text = try scratch.run([scratch.apus, "features"]).succeed().stdout
    #expect(
      text.hasPrefix("{\n    \"ociVersionMin\": \"1.0.0\",\n    \"ociVersionMax\": \"1.3.0\",\n    \"hooks\": [\n"))
    #expect(text.hasSuffix("}\n"))
    let features = try document()
    #expect(features["linux.cgroup"] == ["v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": true])
    #expect(try strings(features["linux.seccomp.archs"]).contains("SCMP_ARCH_AARCH64"))
    #expect(features["linux.seccomp.supportedFlags"] == features["linux.seccomp.knownFlags"])
    #expect(features["potentiallyUnsafeConfigAnnotations"]?.array != nil)
    #expect(try #require(features["annotations"]?.object).keys.contains("org.opencontainers.runc.version"))
  }
}
