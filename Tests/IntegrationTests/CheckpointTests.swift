import Foundation
import Testing

/// Whether CRIU can do its work on this kernel; Debian 12's cannot read the vdso of a kernel after 6.9 or so.
private let criuWorks = criu("check")
private let tracksMemory = criu("check", "--feature", "mem_dirty_track")

private func criu(_ arguments: String...) -> Bool {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["criu"] + arguments
  process.environment = ["PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"]
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  do { try process.run() } catch { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}

/// Containers that are saved and go on, where CRIU works: seen from inside, and from the kernel.
@Suite(.scratch, .enabled(if: criuWorks, "criu check fails on this kernel")) struct CheckpointTests {
  /// Counts in a tmpfs, so that what it has counted shows whether it went on or began anew.
  private static let counter = """
    i=0; while :; do i=$((i+1)); echo $i > /dev/shm/count; sleep 0.05; done
    """

  private let cat = "\"$@\" </dev/null 2>&1 | cat"

  /// Standard streams that can be saved: pipes, whose other end ends with the container.
  private func start(_ container: Container, _ command: String, _ options: [String]) throws -> RunningCommand {
    try container.scratch.start(
      ["/bin/sh", "-euc", cat, "sh"] + container.words(command, options), workingDirectory: container.bundle)
  }

  private func running(_ script: String = counter, _ edit: (inout JSONValue) throws -> Void = { _ in }) throws
    -> (Container, RunningCommand)
  {
    let container = try Container { config in
      config["process.args"] = ["/bin/sh", "-c", .string(script)]
      try edit(&config)
    }
    let command = try start(container, "run", ["--detach"])
    #expect(eventually { (try? container.status) == "running" }, "\(command.stderr) \(command.stdout)")
    return (container, command)
  }

  private func checkpoint(_ container: Container, _ options: String...) throws -> Output {
    let options = ["--manage-cgroups-mode", "ignore"] + options
    return try container.scratch.run(
      container.words("checkpoint", options), workingDirectory: container.bundle, timeout: 60)
  }

  private func restore(_ container: Container, _ options: String...) throws -> RunningCommand {
    let command = try start(
      container, "restore",
      ["--detach", "--manage-cgroups-mode", "ignore", "--pid-file", container.scratch.path("pid-file")] + options)
    #expect(
      eventually(within: 30) { fileExists(container.scratch.path("pid-file")) || !command.isRunning },
      "\(command.stdout)")
    return command
  }

  private func count(_ container: Container) throws -> Int {
    let text = try container.exec(["cat", "/dev/shm/count"]).succeed().stdout
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  @Test func containerGoesOnWhereItWas() throws {
    let (container, first) = try running()
    #expect(eventually { (try? count(container)) ?? 0 > 3 })
    let pid = try container.pid
    let before = try count(container)
    try checkpoint(container).succeed()
    // Ended, and removed.
    try first.wait().succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
    try container.expectRefusal(
      of: container.scratch.run(container.words("state")), saying: "container does not exist")

    let second = try restore(container)
    #expect(try container.status == "running", "\(second.stdout)")
    #expect(try container.pid != pid)
    #expect(readText(container.scratch.path("pid-file")) == String(try container.pid))
    let after = try count(container)
    #expect(after >= before && after < before + 200, "\(before) \(after)")
    #expect(eventually { (try? count(container)) ?? 0 > after })
    // A second time, now of what was restored.
    try checkpoint(container).succeed()
    try second.wait().succeed()
    try FileManager.default.removeItem(atPath: container.scratch.path("pid-file"))
    _ = try restore(container)
    #expect(try container.status == "running")
    #expect(try count(container) >= after)
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
    #expect(container.scratch.mountChanges().isEmpty)
  }

  /// The images of the checkpoint before are named from a folder that is not there yet.
  @Test(.enabled(if: tracksMemory, "the kernel does not track changes of memory")) func preDumpIsTheParent() throws {
    let (container, command) = try running()
    let pid = try container.pid
    try checkpoint(container, "--pre-dump", "--image-path", "before").succeed()
    #expect(try container.pid == pid)
    #expect(try container.status == "running")
    try checkpoint(container, "--parent-path", "../before").succeed()
    try command.wait().succeed()
    #expect(fileExists(container.bundle + "/checkpoint/parent/inventory.img"))
    _ = try restore(container)
    #expect(try container.status == "running")
  }

  /// In its cgroup, in namespaces that are not the host's, and confined as before.
  @Test func restoredProcessIsConfined() throws {
    let (container, _) = try running()
    let kinds = ["mnt", "pid", "net", "ipc", "uts"]
    let interesting = ["CapBnd", "CapEff", "NoNewPrivs", "Seccomp"]
    let before = processStatus(readText("/proc/\(try container.pid)/status"))
    try checkpoint(container).succeed()
    let command = try restore(container)
    let pid = try #require(try? container.pid, "\(command.stdout)")
    for kind in kinds {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)") != own, "\(kind)")
    }
    let after = processStatus(readText("/proc/\(pid)/status"))
    for key in interesting { #expect(after[key] == before[key], "\(key)") }
    #expect(readText("/proc/\(pid)/cgroup").contains(container.id))
    #expect(try container.exec(["ls", "/proc/self/fd"]).succeed().lines.count <= 4)
    #expect(try container.exec(["ls", "/"]).succeed().lines.contains("bin"))
  }

  @Test func leftRunningItGoesOnAtOnce() throws {
    let (container, command) = try running()
    let pid = try container.pid
    try checkpoint(container, "--leave-running", "--image-path", container.scratch.path("images")).succeed()
    #expect(try container.pid == pid)
    #expect(try container.status == "running")
    let counted = try count(container)
    #expect(eventually { (try? count(container)) ?? 0 > counted })
    #expect(fileExists(container.scratch.path("images/inventory.img")))
    #expect(readText(container.scratch.path("images/descriptors.json")).contains("pipe:["))
    #expect(command.isRunning)
  }

  @Test func pausedContainerCanBeSaved() throws {
    let (container, command) = try running()
    try container.scratch.run(container.words("pause")).succeed()
    try checkpoint(container).succeed()
    try command.wait().succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// The pipes of the restored process are those of whoever restores it.
  @Test func standardStreamsAreThoseOfTheCaller() throws {
    let (container, first) = try running("while :; do echo word; sleep 0.1; done")
    #expect(eventually { first.stdout.contains("word") })
    try checkpoint(container).succeed()
    try first.wait().succeed()
    let second = try restore(container)
    #expect(eventually(within: 10) { second.stdout.contains("word\nword") }, "\(second.stdout)")
  }

  @Test func hooksOfARestoreRun() throws {
    let (container, _) = try running { config in
      config["hooks"] = [
        "createRuntime": [["path": "/bin/sh", "args": ["sh", "-c", "cat >> created; echo >> created"]]],
        "poststop": [["path": "/bin/sh", "args": ["sh", "-c", "echo stopped >> stopped"]]],
      ]
    }
    #expect(readText(container.bundle + "/created").split(separator: "\n").count == 1)
    try checkpoint(container).succeed()
    #expect(readText(container.bundle + "/stopped") == "stopped\n")
    _ = try restore(container)
    let states = readText(container.bundle + "/created").split(separator: "\n")
    #expect(states.count == 2)
    let state = try JSONValue(parsing: String(states.last ?? ""))
    #expect(state["pid"]?.integer == Int(try container.pid))
    #expect(state["status"]?.string == "creating")
  }

  @Test func failingHookEndsTheRestore() throws {
    let (container, command) = try running()
    try checkpoint(container).succeed()
    try command.wait().succeed()
    try container.edit { $0["hooks"] = ["createRuntime": [["path": "/bin/false"]]] }
    let output = try container.scratch.run(
      container.words("restore", ["--manage-cgroups-mode", "ignore"]), workingDirectory: container.bundle, timeout: 60)
    try container.expectRefusal(of: output, saying: "error running createRuntime hook #0")
  }

  /// Bind mounts come back, and their places are made where the image has none.
  @Test func bindMountsComeBack() throws {
    let source = try Scratch.current.path("source")
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
    try Data("kept".utf8).write(to: URL(filePath: source + "/file"))
    let (container, _) = try running { config in
      config["mounts"] = .array(
        (config["mounts"]?.array ?? []) + [
          ["destination": "/outer", "type": "bind", "source": .string(source), "options": ["rbind"]],
          ["destination": "/outer/inner", "type": "tmpfs", "source": "tmpfs"],
        ])
    }
    try checkpoint(container).succeed()
    for path in [source + "/inner", container.rootfs + "/outer"] { try FileManager.default.removeItem(atPath: path) }
    _ = try restore(container)
    #expect(try container.exec(["cat", "/outer/file"]).succeed().stdout == "kept")
    #expect(container.scratch.mountChanges().isEmpty)
  }

  /// In the foreground the status is that of the restored process.
  @Test func foregroundRestoreEndsWithTheProcess() throws {
    let (container, command) = try running("while [ ! -e /dev/shm/end ]; do sleep 0.05; done; exit 7")
    try checkpoint(container).succeed()
    try command.wait().succeed()
    let restored = try container.scratch.start(
      ["/bin/bash", "-c", "set -o pipefail; \(cat)", "sh"]
        + container.words("restore", ["--manage-cgroups-mode", "ignore"]), workingDirectory: container.bundle)
    #expect(eventually(within: 30) { (try? container.status) == "running" }, "\(restored.stdout)")
    try container.exec(["touch", "/dev/shm/end"]).succeed()
    #expect(try restored.wait().status == 7)
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// The master of the restored terminal goes to the console socket of the restore, and is the one that the process has.
  @Test func terminalComesBack() throws {
    let scratch = try Scratch.current
    let script = "while [ ! -e /dev/shm/go ]; do sleep 0.05; done; echo input?; read word; echo \"got $word\""
    let container = try Container { config in
      config["process.terminal"] = true
      config["process.args"] = ["/bin/sh", "-c", .string(script)]
    }
    let (one, two) = (scratch.path("one"), scratch.path("two"))
    let first = try PythonHelper(PythonHelper.receiver, one, "", in: scratch)
    try scratch.run(container.words("run", ["--detach", "--console-socket", one])).succeed()
    try checkpoint(container).succeed()
    _ = try first.lines()
    let second = try PythonHelper(PythonHelper.receiver, two, "abc\\n", in: scratch)
    let options = ["--detach", "--console-socket", two, "--manage-cgroups-mode", "ignore"]
    try scratch.run(container.words("restore", options), workingDirectory: container.bundle, timeout: 60).succeed()
    #expect(try container.status == "running")
    try container.exec(["touch", "/dev/shm/go"]).succeed()
    let lines = try second.lines()
    #expect(lines.first?.hasPrefix("1 /dev/pts/") == true && lines.joined().contains("got abc"), "\(lines)")
  }
}
