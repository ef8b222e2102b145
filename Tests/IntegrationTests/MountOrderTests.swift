import Foundation
import Testing

/// Mounts that build on each other inside the root file system.
@Suite(.scratch) struct MountOrderTests {
  /// A source below the root is what the mounts before it made of it.
  @Test func sourceInTheContainerIsLookedForInOrder() throws {
    let container = try Container()
    let host = container.scratch.path("tree")
    try FileManager.default.createDirectory(atPath: host + "/inner", withIntermediateDirectories: true)
    try Data("from the host".utf8).write(to: URL(filePath: host + "/inner/file"))
    for folder in ["/a", "/b"] {
      try FileManager.default.createDirectory(atPath: container.rootfs + folder, withIntermediateDirectories: false)
    }
    try container.edit { config in
      config["mounts"] = .array(
        (config["mounts"]?.array ?? []) + [
          ["destination": "/a", "type": "bind", "source": .string(host), "options": ["rbind"]],
          // Both paths as the host has them, as some callers write them.
          [
            "destination": .string(container.rootfs + "/b"), "type": "bind",
            "source": .string(container.rootfs + "/a/inner"), "options": ["rbind"],
          ],
        ])
    }
    #expect(try container.run("cat /b/file").succeed().stdout == "from the host")
  }

  /// Devices and other mounts go into a read-only /dev before it becomes so.
  @Test func readOnlyDevIsFurnished() throws {
    let container = try Container { config in
      for (index, mount) in (config["mounts"]?.array ?? []).enumerated() where mount["destination"] == "/dev" {
        config["mounts.\(index).options"] = ["nosuid", "strictatime", "mode=755", "size=65536k", "ro"]
      }
    }
    let output = try container.run("echo x >/dev/null; ls /dev/pts /dev/shm >/dev/null && touch /dev/new")
    #expect(output.status != 0)
    #expect(output.stderr.contains("Read-only file system"))
  }

  @Test(arguments: [(nil as Int?, [], "1777"), (0o710, [], "710"), (0o710, ["mode=0410"], "410")])
  func tmpfsHasTheModeOfWhatItCovers(mode: Int?, options: [String], expected: String) throws {
    let container = try Container { config in
      let mount: JSONValue = [
        "destination": "/covered", "type": "tmpfs", "source": "tmpfs", "options": .strings(options),
      ]
      config["mounts"] = .array((config["mounts"]?.array ?? []) + [mount])
    }
    if let mode {
      try FileManager.default.createDirectory(
        atPath: container.rootfs + "/covered", withIntermediateDirectories: false,
        attributes: [.posixPermissions: mode])
    }
    #expect(try container.run("stat -c %a /covered").succeed().stdout == expected + "\n")
  }
}
