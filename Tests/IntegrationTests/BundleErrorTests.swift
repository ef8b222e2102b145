import Foundation
import Testing

/// A bundle that cannot be run: one clear line, a status, and nothing left.
@Suite(.scratch) struct BundleErrorTests {
  /// An edit of the config and what the error has to name.
  struct WrongProperty: Sendable, CustomTestStringConvertible {
    let path: String
    let value: JSONValue?
    var phrase: String?
    var testDescription: String { "\(path) = \((try? value?.text) ?? "absent")" }
  }

  static let wrongProperties: [WrongProperty] = [
    // Wrong types.
    WrongProperty(path: "process.args", value: "sh"),
    WrongProperty(path: "process.args", value: [1]),
    WrongProperty(path: "process.terminal", value: "yes"),
    WrongProperty(path: "process.user.uid", value: "root"),
    WrongProperty(path: "process.user.uid", value: -1),
    WrongProperty(path: "process.user.uid", value: 4_294_967_296),
    WrongProperty(path: "process.user.uid", value: 1.5),
    WrongProperty(path: "root", value: []),
    WrongProperty(path: "root.path", value: 7),
    WrongProperty(path: "mounts", value: "none"),
    WrongProperty(path: "linux", value: "yes"),
    WrongProperty(path: "hostname", value: 5),
    WrongProperty(path: "hooks.prestart", value: [:]),
    // Values that cannot be.
    WrongProperty(path: "process.args", value: []),
    WrongProperty(path: "process.args", value: nil),
    WrongProperty(path: "process", value: nil),
    WrongProperty(path: "process.cwd", value: "relative"),
    WrongProperty(path: "process.cwd", value: ""),
    WrongProperty(path: "root", value: nil),
    WrongProperty(path: "root.path", value: ""),
    WrongProperty(path: "ociVersion", value: "2.0.0"),
    WrongProperty(path: "ociVersion", value: "one"),
    WrongProperty(path: "linux.namespaces.0.type", value: "bogus", phrase: "bogus"),
    WrongProperty(path: "linux.namespaces.0.type", value: "network", phrase: "namespaces"),
    WrongProperty(path: "linux.namespaces.0.path", value: "/nowhere/ns", phrase: "/nowhere/ns"),
    WrongProperty(path: "linux.namespaces.0.path", value: "/etc/passwd", phrase: "/etc/passwd"),
    WrongProperty(path: "linux.namespaces.0.path", value: "relative", phrase: "relative"),
    WrongProperty(path: "hostname", value: .string(String(repeating: "h", count: 65))),
    WrongProperty(path: "linux.rootfsPropagation", value: "bogus"),
    WrongProperty(path: "linux.sysctl", value: ["kernel.core_pattern": "x"], phrase: "kernel.core_pattern"),
    WrongProperty(path: "linux.timeOffsets", value: ["monotonic": ["secs": 1]], phrase: "time"),
    WrongProperty(path: "process.scheduler", value: ["policy": "SCHED_BOGUS"], phrase: "SCHED_BOGUS"),
    WrongProperty(path: "process.apparmorProfile", value: "x", phrase: "apparmor"),
    WrongProperty(path: "process.selinuxLabel", value: "x", phrase: "selinux"),
  ]

  /// E18, E32, C12, D4: the error names the property by its JSON path, or the value that is wrong in it.
  @Test(arguments: wrongProperties) func wrongPropertyIsNamed(_ property: WrongProperty) throws {
    let container = try Container()
    try container.edit { $0[property.path] = property.value }
    let output = try container.expectRefusal()
    let names = [property.phrase, property.path, property.path.replacing(".0.", with: "[0].")].compactMap { $0 }
    #expect(names.contains { output.stderr.lowercased().contains($0.lowercased()) }, "\(output.stderr)")
  }

  /// E18: text that is no config.
  @Test(arguments: [
    "", " ", "{", "{\"ociVersion\":\"1.0.2\"", "[]", "null", "not json", "{}", "{}x", "{\"a\":1}{\"b\":2}",
    "\u{0}", "{\"ociVersion\":1e999}", "{'ociVersion':'1.0.2'}",
  ])
  func textThatIsNoConfigIsRefused(text: String) throws {
    let container = try Container()
    try container.write(text: text)
    try container.expectRefusal(saying: "config.json")
  }

  @Test(arguments: [1, 2, 10, 100]) func truncatedConfigIsRefused(bytes: Int) throws {
    let container = try Container()
    let text = readText(container.bundle + "/config.json").trimmingCharacters(in: .whitespacesAndNewlines)
    try container.write(text: String(text.dropLast(bytes)))
    try container.expectRefusal(saying: "config.json")
  }

  /// E18: a limit of 16 MiB, which the error states.
  @Test func hugeConfigIsRefused() throws {
    let container = try Container()
    let text = readText(container.bundle + "/config.json")
    try container.write(text: text + String(repeating: " ", count: 16 << 20))
    try container.expectRefusal(saying: "config.json", "16")
  }

  @Test func largeConfigIsAccepted() throws {
    let container = try Container { config in
      config["process.args"] = ["echo", "hello"]
      config["annotations"] = .object(
        Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("org.example.\($0)", .string("value \($0)")) }))
    }
    #expect(try container.run().succeed().stdout == "hello\n")
  }

  /// E18: nesting that would overflow a recursive reader's stack.
  @Test(arguments: ["[", "{\"a\":"]) func deepNestingIsRefused(opening: String) throws {
    let container = try Container()
    try container.write(text: "{\"annotations\":" + String(repeating: opening, count: 200_000))
    try container.expectRefusal(saying: "config.json")
  }

  /// E18: a string with NUL would mean something else to the kernel than it says.
  @Test(arguments: ["process.args.0", "process.cwd", "process.env.0", "root.path", "mounts.0.destination", "hostname"])
  func nulIsRefused(path: String) throws {
    let container = try Container()
    try container.edit { $0[path] = .string(($0[path]?.string ?? "x") + "\u{0}x") }
    try container.expectRefusal()
  }

  /// E18: a config that is no regular file is refused at once: nobody waits for it.
  @Test(arguments: ["fifo", "folder", "device", "missing", "dangling"]) func configOfAnotherKindIsRefused(kind: String)
    throws
  {
    let container = try Container()
    let config = container.bundle + "/config.json"
    try FileManager.default.removeItem(atPath: config)
    switch kind {
    case "fifo": try container.scratch.run(["/usr/bin/mkfifo", config]).succeed()
    case "folder": try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: false)
    case "device": try FileManager.default.createSymbolicLink(atPath: config, withDestinationPath: "/dev/zero")
    case "dangling": try FileManager.default.createSymbolicLink(atPath: config, withDestinationPath: "nowhere")
    default: break
    }
    let output = try container.scratch.start(container.words("run")).wait(timeout: 5)
    try container.expectRefusal(of: output, saying: "config.json")
  }

  /// What Go's reader takes, callers write: the last duplicate wins, unknown members are skipped, null is absent.
  @Test func leniencyOfCallersReadersIsKept() throws {
    let container = try Container { $0["process.args"] = ["echo", "hello"] }
    let text = readText(container.bundle + "/config.json")
    let more = "\"hostname\":\"first\",\"x-unknown\":{\"a\":[1,2]},\"domainname\":null,\"hostname\":\"last\","
    try container.write(text: "{" + more + text.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst())
    #expect(try container.run().succeed().stdout == "hello\n")
  }

  @Test(arguments: ["1.0.0", "1.0.2-dev", "1.1.0+dev", "1.2.1", "1.3.0"]) func everyFirstVersionIsAccepted(
    version: String
  ) throws {
    let container = try Container {
      $0["process.args"] = ["echo", "hello"]
      $0["ociVersion"] = .string(version)
    }
    #expect(try container.run().succeed().stdout == "hello\n")
  }

  @Test func missingBundleIsNamed() throws {
    let scratch = try Scratch.current
    let output = try scratch.apus("run", "--bundle", "/nowhere/at/all", scratch.newID())
    #expect(output.status == 1)
    #expect(output.stderr.hasPrefix("apus: "))
    #expect(output.stderr.contains("/nowhere/at/all"))
    #expect(output.stderr.contains("no such file or directory"))
  }

  @Test func missingRootIsNamed() throws {
    let container = try Container { $0["root.path"] = "nothing-here" }
    try container.expectRefusal(saying: "nothing-here", "no such file or directory")
  }

  @Test func rootThatIsAFileIsRefused() throws {
    let container = try Container { $0["root.path"] = "config.json" }
    try container.expectRefusal(saying: "config.json")
  }

  /// B7: a root path that is a link could be another at every look.
  @Test func linkedRootIsRefused() throws {
    let container = try Container { $0["root.path"] = "link" }
    try FileManager.default.createSymbolicLink(atPath: container.bundle + "/link", withDestinationPath: "rootfs")
    try container.expectRefusal(saying: "link")
  }

  /// B7: the host's root is no container's root.
  @Test func hostRootIsRefused() throws {
    try Container { $0["root.path"] = "/" }.expectRefusal(saying: "root.path")
  }
}
