import Foundation
import Testing

/// The flags of a bind mount: its own ones, or those of the mount that it is made from.
@Suite(.scratch) struct BindFlagTests {
  /// The options of /mnt in the container, where the source is a tmpfs that is mounted with flags on the host's side.
  private func options(source: String, _ options: [String]) throws -> Set<String> {
    let container = try Container()
    let folder = container.scratch.path("source-" + container.id)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try container.scratch.run(["/bin/mount", "-t", "tmpfs", "-o", "rw", "tmpfs", folder]).succeed()
    try container.scratch.run(["/bin/mount", "-o", "remount,bind," + source, folder]).succeed()
    try container.edit { config in
      let bind: JSONValue = [
        "destination": "/mnt", "type": "bind", "source": .string(folder), "options": .strings(options),
      ]
      config["mounts"] = .array((config["mounts"]?.array ?? []) + [bind])
    }
    let text = try container.run("cat /proc/self/mountinfo").succeed().stdout
    try container.scratch.run(["/bin/umount", folder]).succeed()
    let mount = try #require(MountInfo.parse(text).last { $0.mountPoint == "/mnt" })
    return mount.options
  }

  @Test func withoutAFlagTheSourcesStay() throws {
    let found = try options(source: "ro,noexec,nodiratime", ["bind"])
    #expect(found.isSuperset(of: ["ro", "noexec", "nodiratime"]))
  }

  /// As with a remount: a flag of the mount's own, even one that is cleared, puts its own in the place of the source's.
  @Test(arguments: [["bind", "dev"], ["bind", "nosuid", "nodev"]])
  func withOneTheSourcesGo(wanted: [String]) throws {
    let found = try options(source: "ro,noexec", wanted)
    #expect(found.isDisjoint(with: ["ro", "noexec"]), "\(found)")
    #expect(found.isSuperset(of: Set(wanted).intersection(["nosuid", "nodev"])), "\(found)")
  }

  @Test(arguments: [
    ("noatime", ["bind"], "noatime"), ("noatime", ["bind", "atime"], "noatime"),
    ("noatime", ["bind", "norelatime"], "noatime"), ("noatime", ["bind", "relatime"], "relatime"),
    ("noatime", ["bind", "nodiratime"], "nodiratime"), ("noatime", ["bind", "ro"], "noatime"),
  ])
  func accessTimesStayUntilTheyAreNamed(source: String, wanted: [String], expected: String) throws {
    let found = try options(source: source, wanted)
    #expect(found.contains(expected), "\(found)")
    #expect(expected == "noatime" || !found.contains("noatime"), "\(found)")
  }
}
