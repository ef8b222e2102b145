import Foundation
import Testing

/// The root file system of the container: whose it is, what can be written, and that the host's is out of reach.
@Suite(.scratch) struct RootFileSystemTests {
  @Test func defaultRootIsReadOnly() throws {
    let output = try Container().run("touch /written; grep ' / / \\| / ' /proc/self/mountinfo | head -n 1")
    #expect(output.stderr.contains("Read-only file system"))
    let container = try Container()
    let mounts = MountInfo.parse(try container.run("cat /proc/self/mountinfo").succeed().stdout)
    #expect(try #require(mounts.first { $0.mountPoint == "/" }).options.contains("ro"))
  }

  @Test func writableRootIsTheBundlesFolder() throws {
    let container = try Container { $0["root.readonly"] = false }
    try container.run("echo hello >/written").succeed()
    #expect(readText(container.rootfs + "/written") == "hello\n")
  }

  @Test func rootIsTheRootOfTheMountNamespace() throws {
    let container = try Container()
    try container.runDetached()
    // Who enters the namespace alone stands in its real root: after pivot_root that is the container's.
    let output = try container.scratch.run([
      "/usr/bin/nsenter", "--mount=/proc/\(container.pid)/ns/mnt", "--", "/bin/busybox", "ls", "/etc",
    ])
    #expect(try output.succeed().lines == ["group", "passwd"])
  }

  @Test func parentOfTheRootIsTheRoot() throws {
    let output = try Container().run(
      "cd /../../.. && ls -d etc/passwd proc/1/root/etc && ls /.pivot* /old* 2>/dev/null")
    #expect(output.lines == ["etc/passwd", "proc/1/root/etc"])
  }

  @Test func noPivotEndsInTheSameFiles() throws {
    let container = try Container { $0["root.readonly"] = false }
    let output = try container.run("ls / && ls /proc/1/root/etc && echo x >/written", options: "--no-pivot")
    #expect(try output.succeed().lines.contains("bin"))
    #expect(fileExists(container.rootfs + "/written"))
  }

  @Test func absoluteRootPathWorks() throws {
    let container = try Container()
    try container.edit { $0["root.path"] = .string(container.rootfs) }
    #expect(try container.run("ls /etc").succeed().lines == ["group", "passwd"])
  }

  @Test func bundleDefaultsToTheWorkingFolder() throws {
    let container = try Container { $0["process.args"] = ["ls", "/etc"] }
    #expect(try container.apus("run", container.id).succeed().lines == ["group", "passwd"])
  }

  @Test func bindMountShowsHostFolder() throws {
    let container = try Container()
    let source = container.scratch.path("source")
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
    try Data("from the host\n".utf8).write(to: URL(filePath: source + "/file"))
    try container.edit {
      $0["root.readonly"] = false
      $0.append(
        ["destination": "/volume", "type": "bind", "source": .string(source), "options": ["rbind", "ro"]],
        to: "mounts")
    }
    let output = try container.run("cat /volume/file; touch /volume/new")
    #expect(output.stdout == "from the host\n")
    #expect(output.stderr.contains("Read-only file system"))
  }
}
