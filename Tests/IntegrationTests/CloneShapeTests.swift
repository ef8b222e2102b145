import Foundation
import Glibc
import Testing

/// A container in each shape of the clone: everything new, joined by path, through a joined pid namespace, through a
/// joined user namespace, with a user or a time namespace of its own. Each mounts proc and a tmpfs, and is looked at
/// from inside and from outside.
@Suite(.scratch) struct CloneShapeTests {
  /// The kinds by their names in /proc/PID/ns, with those of config.json.
  static let kinds = [
    "pid": "pid", "net": "network", "ipc": "ipc", "uts": "uts", "mnt": "mount", "cgroup": "cgroup", "user": "user",
    "time": "time",
  ]

  @Test func everythingNew() throws {
    try expect(new: ["pid", "net", "ipc", "uts", "mnt", "cgroup"])
  }

  @Test(arguments: [["net"], ["ipc"], ["uts"], ["mnt"], ["cgroup"], ["net", "ipc", "uts", "mnt", "cgroup"]])
  func joinsByPath(_ files: [String]) throws {
    let holder = try Holder(["--net", "--ipc", "--uts", "--mount", "--cgroup"])
    let new = ["pid", "net", "ipc", "uts", "mnt", "cgroup"].filter { !files.contains($0) }
    try expect(new: new, joined: files, holder)
    #expect(holder.isAlive)
  }

  @Test func joinsAPIDNamespace() throws {
    let holder = try Holder(["--pid", "--fork", "--kill-child"])
    let container = try expect(new: ["net", "ipc", "uts", "mnt", "cgroup"], joined: ["pid"], holder) { config in
      config["process.args"] = ["/bin/sh", "-c", .string("echo pid $$; " + Self.script)]
    }
    // Not the first process there: the holder is.
    #expect(!readText(container.bundle + "/seen").contains("pid 1\n"))
    // The runtime itself is back: a second container is no child of the namespace.
    try expect(new: ["pid", "net", "ipc", "uts", "mnt", "cgroup"])
  }

  @Test(arguments: [[], ["net"], ["net", "ipc", "uts", "cgroup"], ["pid", "net", "ipc", "uts"]])
  func joinsAUserNamespace(_ files: [String]) throws {
    let holder = try Holder(
      ["--user", "--net", "--ipc", "--uts", "--cgroup"] + (files.contains("pid") ? ["--pid", "--fork"] : []),
      mapped: true)
    let new = ["pid", "net", "ipc", "uts", "mnt", "cgroup"].filter { !files.contains($0) }
    try expect(new: new, joined: files + ["user"], holder)
  }

  @Test func makesAUserNamespace() throws {
    let container = try expect(new: ["pid", "net", "ipc", "uts", "mnt", "cgroup", "user"]) { Self.map(&$0) }
    #expect(readText(container.bundle + "/seen").contains("uid 0"))
  }

  @Test func makesAUserNamespaceBesideAJoinedNetwork() throws {
    let holder = try Holder(["--net"])
    try expect(new: ["pid", "ipc", "uts", "mnt", "cgroup", "user"], joined: ["net"], holder) { config in
      Self.map(&config)
      // sysfs belongs to the network namespace, which belongs to the host's users.
      config.dropMounts(below: "/sys")
    }
  }

  @Test func makesATimeNamespace() throws {
    let container = try expect(new: ["pid", "net", "ipc", "uts", "mnt", "cgroup", "time"]) { config in
      config["linux.timeOffsets"] = ["boottime": ["secs": 1_000_000], "monotonic": ["secs": 5, "nanosecs": 7]]
    }
    let uptime = try #require(
      readText(container.bundle + "/seen").split(separator: "\n").first { $0.hasPrefix("uptime ") })
    #expect(try #require(Double(uptime.split(separator: " ")[1])) > 1_000_000)
  }

  // MARK: Refusals (security case E25)

  @Test func refusesWhatIsNoNamespace() throws {
    let scratch = try Scratch.current
    let holder = try Holder(["--net"])
    let container = try Container()
    let fifo = scratch.path("fifo")
    #expect(unsafe mkfifo(fifo, 0o600) == 0)
    let wrong = ["/etc/passwd", "/dev/zero", fifo, "/proc/\(holder.pid)/ns/net", "/tmp", "/proc/self/exe"]
    for path in wrong {
      try container.edit { Self.join(&$0, "pid", path) }
      try container.expectRefusal(saying: "config.json.linux.namespaces: \(path) is no pid namespace")
    }
    try container.edit { Self.join(&$0, "pid", "/nowhere") }
    try container.expectRefusal(
      saying: "config.json.linux.namespaces: pid namespace /nowhere: no such file or directory")
  }

  /// A namespace whose first process is dead lets itself be entered, and then the clone fails without a reason.
  @Test func hintsAtADeadPIDNamespace() throws {
    let scratch = try Scratch.current
    let holder = try Holder(["--pid", "--fork", "--kill-child"])
    // A bind of the file keeps the namespace when its last process is gone.
    let path = scratch.path("pidns")
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    try scratch.run(["/bin/mount", "--bind", "/proc/\(holder.pid)/ns/pid", path]).succeed()
    holder.end()
    let container = try Container { Self.join(&$0, "pid", path) }
    let output = try container.run(options: "--keep")
    #expect(output.status == 1)
    #expect(output.stderr.contains("clone: cannot allocate memory (ENOMEM)"))
    #expect(output.stderr.contains("hint: the pid namespace to join has no living init any more"))
    try scratch.run(["/bin/umount", path]).succeed()
  }

  // MARK: What they share

  static let script =
    "for n in pid net ipc uts mnt cgroup user time; do echo $n $(readlink /proc/self/ns/$n); done; "
    + "echo uid $(id -u); echo uptime $(cat /proc/uptime); grep ' /proc proc ' /proc/self/mounts; "
    + "grep ' /extra tmpfs ' /proc/self/mounts; echo x > /extra/file && echo written; exec sleep 1000"

  static func join(_ config: inout JSONValue, _ type: String, _ path: String?) {
    config.dropNamespace(type)
    var namespace: JSONValue = ["type": .string(type)]
    if let path { namespace["path"] = .string(path) }
    config.append(namespace, to: "linux.namespaces")
  }

  static func map(_ config: inout JSONValue) {
    let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
    config["linux.uidMappings"] = mapping
    config["linux.gidMappings"] = mapping
  }

  /// Runs a container in these namespaces and looks at it: what is new is nobody else's, what is joined is the
  /// holder's, and anything else is the host's. Its words are left in the file `seen` of the bundle.
  @discardableResult
  func expect(
    new: [String], joined: [String] = [], _ holder: Holder? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ edit: (inout JSONValue) -> Void = { _ in }
  ) throws -> Container {
    let container = try Container { config in
      config["process.args"] = ["/bin/sh", "-c", .string(Self.script)]
      config.append(["destination": "/extra", "type": "tmpfs", "source": "tmpfs"], to: "mounts")
      for (file, type) in Self.kinds {
        config.dropNamespace(type)
        if new.contains(file) { Self.join(&config, type, nil) }
        if joined.contains(file), let holder { Self.join(&config, type, "/proc/\(holder.pid)/ns/\(file)") }
      }
      // The name of another's namespace is not ours to set, and group 5 is nobody's in some of them.
      if joined.contains("uts") { config["hostname"] = nil }
      edit(&config)
    }
    try FileManager.default.createDirectory(atPath: container.rootfs + "/extra", withIntermediateDirectories: true)
    let run = try container.scratch.start(container.words("run", ["--detach"]))
    let output = try run.wait()
    #expect(output.status == 0, "\(output.stderr)", sourceLocation: sourceLocation)
    guard output.status == 0 else { return container }
    _ = eventually { run.stdout.contains("written") }
    try Data(run.stdout.utf8).write(to: URL(filePath: container.bundle + "/seen"))
    let pid = try container.pid
    for file in Self.kinds.keys.sorted() {
      let theirs = namespace(pid, file)
      let host = namespace(getpid(), file)
      if joined.contains(file), let holder {
        #expect(theirs == namespace(holder.pid, file), "\(file)", sourceLocation: sourceLocation)
        #expect(theirs != host, "\(file)", sourceLocation: sourceLocation)
      } else if new.contains(file) {
        #expect(theirs != host, "\(file)", sourceLocation: sourceLocation)
        if let holder { #expect(theirs != namespace(holder.pid, file), "\(file)", sourceLocation: sourceLocation) }
      } else if file != "mnt" {
        #expect(theirs == host, "\(file)", sourceLocation: sourceLocation)
      }
      #expect(run.stdout.contains("\(file) \(theirs)\n"), "from inside: \(run.stdout)", sourceLocation: sourceLocation)
    }
    for word in [" /proc proc ", " /extra tmpfs ", "written"] {
      #expect(run.stdout.contains(word), "\(word): \(run.stdout)", sourceLocation: sourceLocation)
    }
    try container.delete("--force").succeed()
    return container
  }

  private func namespace(_ pid: pid_t, _ file: String) -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(file)")) ?? "?"
  }
}

/// A process that sleeps in namespaces of its own, for containers to join.
final class Holder {
  /// The process in the namespaces.
  let pid: pid_t
  private let command: RunningCommand

  /// - Parameters:
  ///   - options: of unshare(1).
  ///   - mapped: the ids of its user namespace are those from 100000 on.
  init(_ options: [String], mapped: Bool = false) throws {
    let scratch = try Scratch.current
    let words = ["/usr/bin/unshare"] + options + ["/bin/sleep", "1000"]
    command = try scratch.start(words)
    let first = command.pid
    let forks = options.contains("--fork")
    let isThere = eventually {
      guard let pid = forks ? Holder.child(of: first) : first else { return false }
      return readText("/proc/\(pid)/comm") == "sleep\n"
    }
    guard isThere, let pid = forks ? Holder.child(of: first) : first else {
      throw TestSetupProblem("no holder: \(words): \(command.stderr)")
    }
    self.pid = pid
    if mapped {
      for file in ["uid_map", "gid_map"] {
        try Data("0 100000 65536".utf8).write(to: URL(filePath: "/proc/\(pid)/\(file)"))
      }
    }
  }

  var isAlive: Bool { kill(pid, 0) == 0 }

  /// Kills the process and waits until it is gone.
  func end() {
    kill(pid, SIGKILL)
    _ = eventually { !command.isRunning }
  }

  deinit {
    kill(pid, SIGKILL)
    _ = eventually { !command.isRunning }
  }

  private static func child(of pid: pid_t) -> pid_t? {
    readText("/proc/\(pid)/task/\(pid)/children").split(separator: " ").first.flatMap { pid_t($0) }
  }
}
