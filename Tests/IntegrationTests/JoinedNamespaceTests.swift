import Foundation
import Glibc
import Testing

/// Containers in the namespaces of others: the three shapes of clone, each with its own proc and a tmpfs.
@Suite(.scratch) struct JoinedNamespaceTests {
  /// A config that joins namespaces of a process by path.
  private func join(_ types: [String: String], of pid: pid_t, in config: inout JSONValue) {
    for type in types.keys.sorted() {
      config.dropNamespace(type)
      config.append(
        ["type": .string(type), "path": .string("/proc/\(pid)/ns/\(types[type] ?? type)")], to: "linux.namespaces")
    }
  }

  private static let script = """
    mount | grep -c ' on /proc type proc'; echo x >/dev/shm/x && cat /dev/shm/x; readlink /proc/self/ns/pid
    """

  @Test(arguments: [("network", "net"), ("ipc", "ipc"), ("uts", "uts"), ("cgroup", "cgroup"), ("pid", "pid")])
  func oneNamespaceIsTheOthers(type: String, file: String) throws {
    let first = try Container()
    try first.runDetached()
    let pid = try first.pid
    let second = try Container { join([type: file], of: pid, in: &$0) }
    try second.runDetached()
    let other = try second.pid
    #expect(try namespace(file, of: other) == namespace(file, of: pid))
    #expect(try namespace("mnt", of: other) != namespace("mnt", of: pid))
    try second.delete("--force").succeed()
    #expect(try first.status == "running")
  }

  /// A pod: everything but the mounts is the other's, and /proc shows its processes.
  @Test func podSharesItsProcesses() throws {
    let first = try Container()
    try first.runDetached()
    let types = ["network": "net", "ipc": "ipc", "uts": "uts", "pid": "pid"]
    let pid = try first.pid
    let second = try Container {
      join(types, of: pid, in: &$0)
      $0["hostname"] = nil
    }
    let output = try second.run("cat /proc/1/cmdline | tr '\\0' ' '; echo; " + JoinedNamespaceTests.script)
    #expect(try output.succeed().lines.prefix(3) == ["sleep 1000 ", "1", "x"])
  }

  @Test func exitStatusPassesFromAJoinedPIDNamespace() throws {
    let first = try Container()
    try first.runDetached()
    let pid = try first.pid
    let second = try Container { join(["pid": "pid"], of: pid, in: &$0) }
    #expect(try second.run("exit 42").status == 42)
    #expect(try first.status == "running")
  }

  @Test func deadPIDNamespaceIsExplained() throws {
    let holder = try Scratch.current.start(["/usr/bin/unshare", "--pid", "--fork", "--kill-child", "sleep", "1000"])
    let path = "/proc/\(holder.pid)/ns/pid_for_children"
    #expect(
      eventually { fileExists(path) && (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil })
    let container = try Container {
      $0.dropNamespace("pid")
      $0.append(["type": "pid", "path": .string(path)], to: "linux.namespaces")
    }
    let children = "/proc/\(holder.pid)/task/\(holder.pid)/children"
    #expect(eventually { !readText(children).isEmpty })
    try container.scratch.run(["/bin/kill", "-KILL", readText(children).trimmingCharacters(in: .whitespaces)]).succeed()
    _ = eventually { readText(children).isEmpty }
    let output = try container.scratch.run(container.words("run"))
    try container.expectRefusal(of: output)
  }

  /// A user namespace that others made: entered first, so that the container's own namespaces belong to it.
  @Test(arguments: [false, true]) func joinedUserNamespaceOwnsTheRest(mapsAreRepeated: Bool) throws {
    let holder = try UserNamespaceHolder(in: Scratch.current)
    let container = try Container {
      $0.append(["type": "user", "path": .string("/proc/\(holder.pid)/ns/user")], to: "linux.namespaces")
      if mapsAreRepeated {
        let map: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
        $0["linux.uidMappings"] = map
        $0["linux.gidMappings"] = map
      }
    }
    try holder.open(container)
    let output = try container.run(JoinedNamespaceTests.script + "; cat /proc/self/uid_map; id -u").succeed()
    #expect(output.lines.prefix(2) == ["1", "x"])
    let map = output.lines.dropLast().last?.split(separator: " ").joined(separator: " ")
    #expect(map == "0 100000 65536")
    #expect(output.lines.last == "0")
  }

  @Test func wrongKindOfNamespaceIsRefused() throws {
    let container = try Container { config in
      config.dropNamespace("network")
      config.append(["type": "network", "path": "/proc/self/ns/uts"], to: "linux.namespaces")
    }
    try container.expectRefusal(saying: "linux.namespaces", "/proc/self/ns/uts")
  }
}

/// A process in a user namespace that maps 65536 ids from 100000 on, with a network namespace that belongs to it.
struct UserNamespaceHolder {
  let command: RunningCommand
  var pid: pid_t { command.pid }

  init(in scratch: Scratch) throws {
    command = try scratch.start(["/usr/bin/unshare", "--user", "--net", "sleep", "1000"])
    let (pid, own) = (command.pid, try namespace("user", of: getpid()))
    guard try eventually({ try namespace("user", of: pid) != own }) else {
      throw TestSetupProblem("no user namespace: \(command.stderr)")
    }
    for file in ["uid_map", "gid_map"] {
      try scratch.run(["/bin/sh", "-c", "echo 0 100000 65536 >/proc/\(command.pid)/\(file)"]).succeed()
    }
  }

  /// Lets the mapped root reach a bundle and own its root file system.
  func open(_ container: Container) throws {
    for folder in [container.scratch.directory, container.bundle] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    }
    try container.scratch.run(["/bin/chown", "-R", "100000:100000", container.rootfs]).succeed()
  }
}
