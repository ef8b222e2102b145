import Foundation
import Testing

/// Another process in a container.
@Suite(.scratch) struct ExecTests {
  private func running(_ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> Container {
    let container = try Container(edit)
    try container.runDetached()
    return container
  }

  /// Expects status 255 and one line on standard error that names the program and holds the phrase.
  private func refuses(
    _ container: Container, _ output: Output, saying phrase: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try output.expect(status: 255, sourceLocation: sourceLocation)
    #expect(output.stderr.hasPrefix("apus: exec \"\(container.id)\": "), sourceLocation: sourceLocation)
    #expect(output.stderr.contains(phrase), "\(output.stderr)", sourceLocation: sourceLocation)
    #expect(output.stderr.split(separator: "\n").count == 1 && output.stdout.isEmpty, sourceLocation: sourceLocation)
  }

  // MARK: What it returns

  /// A cgroup for the process is the container's or below it, and there.
  @Test(arguments: [
    ("..", "bad sub cgroup path"), ("a/../../b", "bad sub cgroup path"), ("nowhere", "adding pid of the new process"),
    ("pids:nowhere", HostCgroups.isPure ? "unknown controller pids" : "adding pid of the new process"),
    ("bogus:/", "unknown controller bogus"),
  ])
  func cgroupOutsideIsRefused(name: String, problem: String) throws {
    let container = try Container()
    try container.runDetached()
    let output = try container.exec(["true"], options: ["--cgroup", name])
    #expect(output.status == 255)
    #expect(output.stderr.contains(problem), "\(output.stderr)")
  }

  @Test func statusAndOutputsAreTheProcess() throws {
    let container = try running()
    let output = try container.exec("/bin/sh", "-c", "echo out; echo err >&2; exit 7").expect(status: 7)
    #expect(output.stdout == "out\n" && output.stderr == "err\n")
    try container.exec("/bin/sh", "-c", "kill -9 $$").expect(status: 137)
  }

  /// In the words that engines look for.
  @Test(arguments: [
    ("nope", "exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH"),
    ("/nope", "exec: \"/nope\": stat /nope: no such file or directory"),
    ("/etc/passwd", "exec: \"/etc/passwd\": permission denied"),
  ])
  func programThatCannotRun(program: String, text: String) throws {
    let container = try running()
    let output = try container.exec(program).expect(status: 255)
    try refuses(container, output, saying: text)
    #expect(try container.status == "running")
  }

  @Test func signalsArePassedOn() throws {
    let container = try running()
    let script = "trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done"
    let command = try container.scratch.start(
      container.words("exec") + ["/bin/sh", "-c", script])
    #expect(eventually { command.stdout == "ready\n" })
    command.signal(SIGTERM)
    try command.wait().expect(status: 5)
  }

  @Test func detachedLeavesItRunning() throws {
    let container = try running()
    let file = container.scratch.path("exec.pid")
    let words = container.words("exec", ["--detach", "--pid-file", file])
    try container.scratch.run(words + ["/bin/sleep", "1000"]).succeed()
    let pid = try #require(pid_t(readText(file)))
    #expect(readText("/proc/\(pid)/cmdline") == "/bin/sleep\u{0}1000\u{0}")
    #expect(try namespaces(of: pid) == namespaces(of: container.pid))
    #expect(readText("/proc/\(pid)/cgroup") == readText("/proc/\(try container.pid)/cgroup"))
  }

  // MARK: Which containers

  @Test func createdContainerTakesIt() throws {
    let container = try Container()
    try container.createSleeping()
    #expect(try container.exec("/bin/echo", "hi").succeed().stdout == "hi\n")
    #expect(try container.status == "created")
  }

  /// D8.
  @Test func stoppedAndMissingOnesRefuse() throws {
    let container = try running()
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    let stopped = try container.exec("/bin/true").expect(status: 255)
    try refuses(container, stopped, saying: "cannot exec in a stopped container")
    try container.delete().succeed()
    try refuses(container, container.exec("/bin/true"), saying: "container does not exist")
  }

  /// D8.
  @Test func pausedOneRefusesUnlessAsked() throws {
    let container = try running()
    try container.scratch.run(container.words("pause")).succeed()
    let output = try container.exec("/bin/true").expect(status: 255)
    try refuses(container, output, saying: "cannot exec in a paused container (use --ignore-paused to override)")
    let command = try container.scratch.start(container.words("exec", ["--ignore-paused"]) + ["/bin/echo", "hi"])
    usleep(100_000)
    #expect(command.isRunning)
    try container.scratch.run(container.words("resume")).succeed()
    #expect(try command.wait().succeed().stdout == "hi\n")
  }

  @Test(
    .root("an ordinary user has a user namespace always, and joins none of the host's"),
    arguments: ["new user namespace", "joined pid namespace", "no mount namespace", "host's pids"])
  func everyShapeIsEntered(shape: String) throws {
    let other = try running()
    let pid = try other.pid
    let container = try running { config in
      switch shape {
      case "new user namespace":
        config.append(["type": "user"], to: "linux.namespaces")
        config["linux.uidMappings"] = [["containerID": 0, "hostID": 100_000, "size": 65536]]
        config["linux.gidMappings"] = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      case "joined pid namespace":
        config.dropNamespace("pid")
        config.append(["type": "pid", "path": "/proc/\(pid)/ns/pid"], to: "linux.namespaces")
      case "no mount namespace":
        config["linux.namespaces"] = [["type": "pid"]]
        config["mounts"] = []
        config["linux.maskedPaths"] = []
        config["linux.readonlyPaths"] = []
        config["hostname"] = nil
        config["root.readonly"] = false
      default: config.dropNamespace("pid")
      }
    }
    let file = container.scratch.path("exec.pid")
    let words = container.words("exec", ["--detach", "--pid-file", file])
    try container.scratch.run(words + ["/bin/sleep", "1000"]).succeed()
    let new = try #require(pid_t(readText(file)))
    #expect(try namespaces(of: new) == namespaces(of: container.pid))
    #expect(readText("/proc/\(new)/cgroup") == readText("/proc/\(try container.pid)/cgroup"))
    #expect(readText("/proc/\(new)/uid_map") == readText("/proc/\(try container.pid)/uid_map"))
    #expect(try container.exec("/bin/ls", "/bin/busybox").succeed().stdout == "/bin/busybox\n")
    kill(new, SIGKILL)
  }

  // MARK: What confines it

  /// C13: everything that the kernel tells of the first process, it tells of the other.
  @Test(.root("an ordinary user sets no groups")) func confinedAsTheFirstProcess() throws {
    let container = try running { config in
      config["process.oomScoreAdj"] = 123
      config["process.user"] = ["uid": 1000, "gid": 1000, "additionalGids": [7, 8], "umask": 63]
      config["linux.seccomp"] = [
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [["names": ["mkdirat"], "action": "SCMP_ACT_ERRNO"]],
      ]
    }
    let pid = try container.pid
    let output = try container.exec(
      "/bin/cat", "/proc/self/status", "/proc/self/limits", "/proc/self/oom_score_adj", "/proc/self/cgroup"
    ).succeed()
    let kept = ["Uid:", "Gid:", "Groups:", "Umask:", "Cap", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:"]
    let status = readText("/proc/\(pid)/status").split(separator: "\n").filter { line in
      kept.contains { line.hasPrefix($0) }
    }
    #expect(status.count > 10)
    for line in status { #expect(output.stdout.contains(line), "\(line)") }
    #expect(output.stdout.contains(readText("/proc/\(pid)/limits")))
    #expect(output.stdout.contains("\n123\n"))
  }

  /// C1: never inheritable, never ambient (CVE-2022-29162).
  @Test func addedCapabilityIsNotInherited() throws {
    let container = try running()
    let words = container.words("exec", ["--cap", "CAP_NET_ADMIN"]) + ["/bin/grep", "Cap", "/proc/self/status"]
    let sets = try container.scratch.run(words).succeed().lines.map { $0.split(separator: "\t").map(String.init) }
    let values = Dictionary(uniqueKeysWithValues: sets.map { ($0[0], UInt64($0[1], radix: 16) ?? .max) })
    #expect(values["CapInh:"] == 0 && values["CapAmb:"] == 0)
    for set in ["CapEff:", "CapPrm:", "CapBnd:"] { #expect((values[set] ?? 0) & 1 << 12 != 0, "\(set)") }
  }

  /// C6: numbers only, and never root by accident (CVE-2016-3697, CVE-2026-30892).
  @Test(arguments: [
    ("0", "0 0"), ("1", "1 0"), ("01", "1 0"), ("1000:5", "1000 5"), ("4294967294:1", "4294967294 1"), ("", "0 0"),
    ("+1", nil), ("-1", nil), ("4294967295", nil), ("4294967296", nil), ("1:", nil), (":1", nil), ("1:2:3", nil),
    ("1x", nil), ("0x1", nil), ("1 ", nil), ("root", nil), ("1:4294967295", nil), ("18446744073709551616", nil),
  ])
  func userIsANumber(text: String, ids: String?) throws {
    let container = try Container()
    try Data("1000:x:0:0::/:/bin/sh\n1:x:0:0::/:/bin/sh\n".utf8)
      .write(to: URL(filePath: container.rootfs + "/etc/passwd"))
    try container.runDetached()
    let words = container.words("exec", ["--user", text]) + ["/bin/sh", "-c", "echo $(id -u) $(id -g)"]
    let output = try container.scratch.run(words)
    if let ids {
      #expect(try output.succeed().stdout == ids + "\n")
    } else {
      try output.expect(status: 255)
      try refuses(container, output, saying: "is not of the form UID[:GID]")
    }
  }

  /// A3: no folder of the host, whatever the caller left open (CVE-2024-21626).
  @Test(arguments: [3, 4, 5, 7, 8, 9, 12, 20]) func workingDirectoryStaysInside(number: Int) throws {
    let container = try running()
    let words = container.words("exec", ["--cwd", "/proc/self/fd/\(number)"]) + ["/bin/pwd"]
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let output = try container.scratch.run(["/bin/sh", "-c", "exec \(quoted) 9</ 8</sys/fs/cgroup"])
    try output.expect(status: 255)
    try refuses(container, output, saying: "cwd")
  }

  /// A2: the process holds nothing of the runtime's, and what the caller wants kept.
  @Test func onlyPreservedDescriptorsPass() throws {
    let container = try running()
    let listing = ["/bin/sh", "-c", "for n in $(seq 0 30); do [ -e /proc/self/fd/$n ] && echo $n; done; cat <&3"]
    let words = (container.words("exec", ["--preserve-fds", "1"]) + listing).map { "'\($0)'" }.joined(separator: " ")
    let output = try container.scratch.run(["/bin/sh", "-c", "echo kept | \(words) 3<&0 4</ 5</etc </dev/null"])
    #expect(try output.succeed().stdout == "0\n1\n2\n3\nkept\n")
    let missing = container.words("exec", ["--preserve-fds", "2"]) + ["/bin/true"]
    try refuses(container, container.scratch.run(missing), saying: "unable to stat preserved-fd 0 (of 2)")
  }

  // MARK: Where its properties come from

  @Test(.root("an ordinary user sets no groups")) func optionsChangeTheConfiguredProcess() throws {
    let container = try running()
    let options = ["--env", "A=1", "--env", "A=2", "--cwd", "/tmp", "--additional-gids", "5", "-g", "6"]
    let script = "echo $A $HOME; pwd; id -G"
    let output = try container.scratch.run(container.words("exec", options) + ["/bin/sh", "-c", script])
    #expect(try output.succeed().lines == ["2 /root", "/tmp", "0 5 6"])
  }

  @Test func fileDescribesTheProcess() throws {
    let container = try running()
    let file = container.scratch.path("process.json")
    let process: JSONValue = [
      "args": ["sh", "-c", "echo $A $B; pwd; id -u; grep NoNewPrivs /proc/self/status"],
      "env": ["PATH=/bin", "A=1"], "cwd": "/tmp", "user": ["uid": 5, "gid": 6],
    ]
    try Data(try process.text.utf8).write(to: URL(filePath: file))
    let output = try container.scratch.run(container.words("exec", ["--process", file, "--env", "B=2"]))
    #expect(try output.succeed().lines == ["1 2", "/tmp", "5", "NoNewPrivs:\t1"])
    let wrong: JSONValue = ["args": [], "cwd": "/"]
    try Data(try wrong.text.utf8).write(to: URL(filePath: file))
    try refuses(container, container.scratch.run(container.words("exec", ["--process", file])), saying: "process.args")
  }

  @Test func subCgroupMustExist() throws {
    let container = try running()
    let words = container.words("exec", ["--cgroup", "below"]) + ["/bin/true"]
    try refuses(container, container.scratch.run(words), saying: "no such file or directory")
    for (name, text) in [
      ("bogus:x", "unknown controller bogus"), (":x", "empty <controller> prefix"),
      ("pids,pids:/", HostCgroups.isPure ? "unknown controller pids" : "controller pids specified multiple times"),
    ] {
      let output = try container.scratch.run(container.words("exec", ["--cgroup", name]) + ["/bin/true"])
      try refuses(container, output, saying: text)
    }
  }

  @Test(.root("the test makes the cgroup inside")) func subCgroupIsEntered() throws {
    let container = try running()
    let folder = try container.folder(of: "pids") + "/below"
    try container.scratch.run(["/bin/mkdir", folder]).succeed()
    let byController = container.words("exec", ["--cgroup", "pids:below"]) + ["/bin/cat", "/proc/self/cgroup"]
    if HostCgroups.isPure {
      try refuses(container, container.scratch.run(byController), saying: "unknown controller pids")
    }
    let words =
      HostCgroups.isPure
      ? container.words("exec", ["--cgroup", "below"]) + ["/bin/cat", "/proc/self/cgroup"] : byController
    let lines = try container.scratch.run(words).succeed().lines
    let wanted = HostCgroups.isPure ? "0::" : ":pids:"
    #expect(lines.filter { $0.hasSuffix("/below") }.count == 1)
    #expect(lines.contains { $0.contains(wanted) && $0.hasSuffix("/below") }, "\(lines)")
    try container.scratch.run(["/bin/rmdir", folder]).succeed()
  }

  /// A container that divides its cgroup among others of its own has one that takes no process itself any more.
  @Test(.unifiedHierarchy, .root("the test divides the cgroup"))
  func processJoinsTheFirstOneBelow() throws {
    let container = try running { $0.addCgroupNamespace() }
    let folder = try container.folder(of: "")
    let script = """
      mkdir \(folder)/below && echo \(try container.pid) >\(folder)/below/cgroup.procs || exit 1
      for c in $(cat \(folder)/cgroup.controllers); do echo +$c >\(folder)/cgroup.subtree_control || exit 2; done
      """
    try container.scratch.run(["/bin/sh", "-c", script]).succeed()
    let isDivided = !readText(folder + "/cgroup.subtree_control").split(separator: "\n").isEmpty
    let words = container.words("exec") + ["/bin/sh", "-c", "sleep 0.3"]
    let command = try container.scratch.start(words)
    let wanted = isDivided ? [2, 0] : [1, 1]
    #expect(
      eventually {
        [folder + "/below", folder].map { readText($0 + "/cgroup.procs").split(separator: "\n").count } == wanted
      })
    try command.wait().succeed()
    try container.exec("true").succeed()
  }

  // MARK: Races

  /// E39: whatever the moment, a process is wholly inside or not there.
  @Test(.root("procfs belongs to a pid namespace of its own")) func endOfTheContainerLeavesNoProcess() throws {
    for pause in [0, 500, 1000, 2000, 4000, 8000] as [UInt32] {
      let container = try running { $0.dropNamespace("pid") }
      let command = try container.scratch.start(container.words("exec", ["--detach"]) + ["/bin/sleep", "1000"])
      usleep(pause)
      try container.delete("--force").succeed()
      let output = try command.wait()
      #expect(output.status == 0 || output.status == 255, "\(output)")
      #expect(try container.scratch.remains(of: container.id).isEmpty)
    }
  }

  private func namespaces(of pid: pid_t) throws -> [String] {
    try ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"].map {
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\($0)")
    }
  }
}

extension Container {
  /// Runs another process in the foreground.
  func exec(_ words: String...) throws -> Output { try scratch.run(self.words("exec") + words) }
}
