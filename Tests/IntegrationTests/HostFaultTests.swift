import Foundation
import Glibc
import Testing

/// What goes wrong around a container while it lives, on the host's side: its bundle, its cgroups, its state folder and
/// the limits of the caller. Whatever it was, one forced delete cleans up.
@Suite(.scratch) struct HostFaultTests {
  /// Everything that `start`, `exec` and `delete` need was kept at create.
  @Test func lostBundle() throws {
    let container = try Container { $0["hooks.poststop"] = [["path": "/bin/true"]] }
    try container.createSleeping()
    try FileManager.default.removeItem(atPath: container.bundle + "/config.json")
    try FileManager.default.moveItem(atPath: container.bundle, toPath: container.bundle + "-gone")
    try container.start().succeed()
    #expect(try container.exec(["/bin/echo", "here"]).succeed().stdout == "here\n")
    try container.delete("--force").succeed()
    try FileManager.default.moveItem(atPath: container.bundle + "-gone", toPath: container.bundle)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// Somebody else's housekeeping, once the processes have ended.
  @Test(.root("removes cgroups by hand")) func removedCgroups() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let folders = try container.scratch.run(
      ["/bin/sh", "-c", "find /sys/fs/cgroup -depth -type d -name '*\(container.id)*'"]
    ).lines
    #expect(!folders.isEmpty)
    kill(pid, SIGKILL)
    #expect(try container.becomes("stopped"))
    // systemd has removed its own meanwhile.
    for folder in folders { #expect(eventually { unsafe rmdir(folder) == 0 || errno == ENOENT }, "\(folder)") }
    #expect(try container.status == "stopped")
    try container.delete().succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// One line names the place; once it can be written again, the container goes as any other.
  @Test(.root("mounts")) func stateFolderTurnsReadOnly() throws {
    let container = try Container()
    let scratch = container.scratch
    try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: true)
    try scratch.run(["/bin/mount", "-t", "tmpfs", "tmpfs", scratch.root]).succeed()
    try container.createSleeping()
    try scratch.run(["/bin/mount", "-o", "remount,ro", scratch.root]).succeed()
    for output in [
      try container.scratch.apus("update", "--pids-limit", "50", container.id), try container.delete("--force"),
    ] {
      #expect(output.isRefusal && output.stderr.contains("read-only file system"), "\(output)")
      #expect(output.stderr.hasPrefix("apus: ") && output.lines.count <= 1)
    }
    #expect(["created", "stopped"].contains(try container.status))
    try scratch.run(["/bin/mount", "-o", "remount,rw", scratch.root]).succeed()
    try container.delete("--force").succeed()
    try scratch.run(["/bin/umount", scratch.root]).succeed()
    #expect(try scratch.remains(of: container.id).isEmpty)
  }

  /// Whatever signal ends a create, and whenever: nothing is left that a forced delete does not remove.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU]) func createEndsBySignal(signal: Int32) throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    for delay in stride(from: 500, to: 8000, by: 1500) {
      let create = try container.scratch.start(container.words("create"))
      usleep(UInt32(delay))
      create.signal(signal)
      _ = try create.wait()
      try container.delete("--force").succeed()
      // A process that had not come into the cgroups yet dies with its parent, and not by the delete: a moment later.
      var left: [String] = []
      _ = try eventually(within: 1) {
        left = try container.scratch.remains(of: container.id)
        return left.isEmpty
      }
      #expect(left.isEmpty, "after \(delay) µs")
    }
  }

  /// A caller that may write no file (SIGXFSZ), or none of more than a few bytes.
  @Test(arguments: [0, 64, 512]) func callerMayWriteNoFiles(bytes: Int) throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    let output = try container.scratch.run(["/usr/bin/prlimit", "--fsize=\(bytes)", "--"] + container.words("create"))
    #expect(output.status != 0, "\(output)")
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// A caller whose standard error has no reader any more hears nothing, and is served all the same.
  @Test func nobodyReadsTheMessages() throws {
    let script = "exec 2> >(exec 0<&-; exit 0); sleep 0.2; exec \"$@\""
    func words(_ container: Container, _ command: String) -> [String] {
      [container.scratch.apus, "--debug"] + container.words(command).dropFirst()
    }
    let container = try Container { $0["process.args"] = ["/bin/grep", "SigIgn", "/proc/self/status"] }
    let output = try container.shell(script, words(container, "run")).succeed()
    #expect(output.stdout.hasSuffix("0000000000000000\n"), "\(output)")
    try container.shell(script, words(container, "create")).succeed()
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// The container's process may have failed and gone, with a word to it unread, before the runtime listens: a reset of
  /// the connection, behind which its reason waits.
  @Test func runtimeThatComesLateHearsTheReason() throws {
    let container = try Container {
      $0["mounts"] = [["destination": "/data", "type": "tmpfs", "source": "tmpfs", "options": ["huge=bogus"]]]
    }
    let late = ["/usr/bin/strace", "-o", "/dev/null", "-e", "inject=recvmsg:delay_enter=300000"]
    let output = try container.scratch.run(late + container.words("create"))
    try container.expectRefusal(of: output, saying: "config.json.mounts[0]", "EINVAL")
  }

  /// A user namespace may have as many namespaces of a kind as its maker allows.
  @Test(
    .root("sets limits in a user namespace"), .ownDriver("root of a user namespace has no systemd of its own"),
    arguments: ["mnt", "pid"])
  func namespacesAreUsedUp(kind: String) throws {
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    let script = "echo 0 >/proc/sys/user/max_\(kind)_namespaces && exec \"$@\""
    let output = try container.scratch.run(
      ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh"]
        + container.words("run"))
    #expect(output.isRefusal && output.stderr.contains("no space left on device (ENOSPC)"), "\(output)")
    #expect(output.stderr.split(separator: "\n").count == 1)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }
}
