import Foundation
import Glibc
import Testing

/// containerd-shim-apus-v2 under Debian's containerd, driven by ctr.
@Suite(.scratch, .controllers("cpu")) struct ShimTests {
  @Test func aContainerFromItsImageToItsEnd() throws {
    let containerd = try Containerd()
    let input = containerd.scratch.path("input")
    try Data("what goes in\n".utf8).write(to: URL(filePath: input))
    let output = try containerd.run("a", ["/bin/sh", "-c", "cat; echo to stderr >&2; exit 7"], "--rm", stdin: input)
    #expect(output.status == 7)
    #expect(output.stdout == "what goes in\n")
    #expect(output.stderr == "to stderr\n")
    try containerd.end()
  }

  /// In runc's words, which engines look for, and nothing is left of it.
  @Test func aProgramThatIsNotThere() throws {
    let containerd = try Containerd()
    let output = try containerd.run("a", ["/nope"], "--rm")
    #expect(output.status == 1)
    #expect(output.stderr.contains("OCI runtime create failed: "))
    #expect(output.stderr.contains("exec: \"/nope\": stat /nope: no such file or directory"))
    // containerd 2 leaves the name of the code away.
    #expect(output.stderr.hasSuffix("config.json.process.args]\n") || output.stderr.hasSuffix(": unknown\n"))
    try containerd.end()
  }

  @Test func everyCallAndEveryEventInOrder() throws {
    let containerd = try Containerd()
    let events = try containerd.scratch.start(containerd.words(["events"]))
    try containerd.runSleeper("a")
    let run = try containerd.ctr("tasks", "exec", "--exec-id", "e", "a", "/bin/sh", "-c", "echo out; exit 3")
    #expect(run.status == 3 && run.stdout == "out\n")
    try containerd.ctr("tasks", "pause", "a").succeed()
    #expect(try containerd.status(of: "a", becomes: "PAUSED"))
    #expect(try containerd.ctr("tasks", "exec", "--exec-id", "f", "a", "/bin/true").stderr.contains("paused"))
    try containerd.ctr("tasks", "resume", "a").succeed()
    let pid = try #require(try containerd.ctr("tasks", "ps", "a").succeed().lines.last?.split(separator: " ").first)
    #expect(readText("/proc/\(pid)/comm") == "sleep\n")
    let metrics = try containerd.ctr("tasks", "metrics", "a").succeed().stdout
    #expect(metrics.contains("pids.current") && metrics.contains("memory"))
    #expect(try containerd.ctr("tasks", "delete", "a").status != 0)
    try containerd.kill("a")
    #expect(try containerd.ctr("tasks", "delete", "a").stderr.contains("exit code 137"))
    let wanted = [
      "/tasks/create", "/tasks/start", "/tasks/exec-added", "/tasks/exec-started", "/tasks/exit", "/tasks/paused",
      "/tasks/resumed", "/tasks/exit", "/tasks/delete",
    ]
    var seen: [String] = []
    _ = eventually {
      seen = events.stdout.split(separator: "\n").compactMap { line in
        line.split(separator: " ").first { $0.hasPrefix("/tasks/") }.map(String.init)
      }
      return seen.count >= wanted.count
    }
    #expect(seen == wanted)
    events.signal(SIGTERM)
    _ = try events.wait()
    try containerd.end()
  }

  /// What shares an inode with a shim's program cannot be written by way of it (CVE-2019-5736).
  @Test func theShimRunsSealed() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let shim = try #require(containerd.shims.first)
    let descriptor = unsafe open("/proc/\(shim)/exe", O_WRONLY | O_CLOEXEC)
    #expect(descriptor < 0 && errno == EROFS)
    if descriptor >= 0 { close(descriptor) }
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// More than any buffer on the way holds, to a reader that begins late.
  @Test func allOutputReachesASlowReader() throws {
    let containerd = try Containerd()
    let script = "i=0; while [ $i -lt 40 ]; do dd if=/dev/zero bs=64k count=16 2>/dev/null; i=$((i+1)); done; echo end"
    let words = containerd.runWords("a", ["/bin/sh", "-c", script], ["--rm"])
    let reader = "\"$@\" | { sleep 1; wc -c; }"
    let output = try containerd.scratch.run(["/bin/sh", "-c", reader, "sh"] + words)
    #expect(output.stdout == "\((40 << 20) + 4)\n")
    try containerd.end()
  }

  @Test func outputToAFileAndToAProgram() throws {
    let containerd = try Containerd()
    let folder = containerd.scratch.directory
    let program = folder + "/logger"
    try Data("#!/bin/sh\nexec 5>&-\nread -r line <&3\necho \"$line $* $CONTAINER_ID\" >\(folder)/logged\n".utf8)
      .write(to: URL(filePath: program))
    unsafe chmod(program, 0o755)
    for (id, uri, file) in [
      ("a", "file://\(folder)/new/file", "new/file"), ("b", "binary://\(program)?k=v", "logged"),
    ] {
      try containerd.run(id, ["/bin/echo", "hello"], "-d", "--log-uri", uri).succeed()
      #expect(eventually { readText("\(folder)/\(file)").hasPrefix("hello") })
      try #require(try containerd.status(of: id, becomes: "STOPPED"))
      try containerd.ctr("tasks", "delete", id).succeed()
    }
    #expect(readText(folder + "/logged") == "hello k v b\n")
    try containerd.end()
  }

  @Test func aTerminalFollowsItsSize() throws {
    let containerd = try Containerd()
    // ctr tells the size first, and looks for changes of it a moment later.
    let script = """
      await() { while [ "$(stty size 2>/dev/null)" != "$1" ]; do sleep 0.02; done; }
      await '33 101'; sleep 0.5; echo next; await '50 120'; stty size; exit 4
      """
    let session = try TerminalSession(
      containerd.runWords("a", ["/bin/sh", "-c", script], ["--rm", "--tty"]), in: containerd.scratch,
      [(after: "next", .resize(rows: 50, columns: 120))])
    #expect(session.text.contains("next") && session.text.contains("50 120"), "\(session.text)")
    #expect(session.status == 4)
    try containerd.end()
  }

  @Test func memoryThatRunsOutIsTold() throws {
    let containerd = try Containerd()
    let events = try containerd.scratch.start(containerd.words(["events"]))
    let script = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"
    let output = try containerd.run("a", ["/bin/sh", "-c", script], "--rm", "--memory-limit", "16777216")
    #expect(output.status == 137)
    #expect(eventually { events.stdout.contains("/tasks/delete") })
    let topics = ["/tasks/start", "/tasks/oom", "/tasks/exit"].map { topic in
      events.stdout.split(separator: "\n").firstIndex { $0.contains(topic) } ?? -1
    }
    #expect(topics[0] >= 0 && topics[0] < topics[1] && topics[1] < topics[2], "\(events.stdout)")
    events.signal(SIGTERM)
    _ = try events.wait()
    try containerd.end()
  }

  /// What comes of a client's input after the process has it all: CloseIO, and the end of the input.
  @Test func theInputOfAnExecEnds() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let input = containerd.scratch.path("input")
    try Data(String(repeating: "line\n", count: 50_000).utf8).write(to: URL(filePath: input))
    let output = try containerd.ctr("tasks", "exec", "--exec-id", "e", "a", "/bin/wc", "-c", stdin: input)
    #expect(output.stdout == "250000\n")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// As a pod's container would whose image has it as its program: the file that runs is the sealed one.
  @Test func theShimsFileAsTheProgram() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let before = try Data(contentsOf: URL(filePath: containerd.shimFile))
    for path in ["/proc/self/exe", "/proc/thread-self/exe"] {
      let output = try containerd.ctr("tasks", "exec", "--exec-id", "e", "a", path, "-v")
      #expect(output.status != 0 && !output.stdout.contains("Version"), "\(path): \(output)")
    }
    #expect(try Data(contentsOf: URL(filePath: containerd.shimFile)) == before)
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  @Test func aPodSharesAShim() throws {
    let containerd = try Containerd()
    let group = ["--annotation", "io.kubernetes.cri.sandbox-id=pod"]
    try containerd.runSleeper("pod", group[0], group[1])
    try containerd.runSleeper("member", group[0], group[1])
    #expect(containerd.shims.count == 1)
    try containerd.kill("member")
    try containerd.ctr("tasks", "delete", "member")
    try containerd.ctr("tasks", "exec", "--exec-id", "e", "pod", "/bin/true").succeed()
    try containerd.kill("pod")
    try containerd.ctr("tasks", "delete", "pod")
    #expect(eventually { containerd.shims.isEmpty })
    try containerd.end()
  }

  /// Soon after the last call, though containerd may still be waited for: a quarter of what runc's shim has, 13 MB.
  @Test func aShimAtRestGivesItsInstructionsBack() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let shim = try #require(containerd.shims.first)
    let resident = {
      readText("/proc/\(shim)/smaps_rollup").split(separator: "\n").first { $0.hasPrefix("Rss:") }
        .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? .max
    }
    #expect(eventually(within: 4) { resident() < 3300 }, "\(resident()) KiB")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  @Test func containersOutliveContainerd() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    try containerd.run("b", ["/bin/sh", "-c", "sleep 1; exit 9"], "-d", "--null-io").succeed()
    try containerd.restart { Thread.sleep(forTimeInterval: 1.5) }
    #expect(try containerd.status(of: "b", becomes: "STOPPED"))
    #expect(try containerd.ctr("tasks", "delete", "b").stderr.contains("exit code 9"))
    try containerd.ctr("tasks", "exec", "--exec-id", "e", "a", "/bin/true").succeed()
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  @Test func aKilledShimLeavesNothing() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    kill(try #require(containerd.shims.first), SIGKILL)
    // containerd calls `delete`, which removes the rest.
    #expect(try eventually { try !containerd.ctr("tasks", "list").stdout.contains("a ") })
    #expect(eventually { !readText("/proc/\(containerd.scratch.mounts.pid)/mountinfo").contains("/rootfs ") })
    try containerd.ctr("containers", "delete", "a").succeed()
    try containerd.end()
  }

  @Test func execsLeaveNoDescriptor() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let shim = try #require(containerd.shims.first)
    func descriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(shim)/fd").count }
    let before = try descriptors()
    let script = "for i in $(seq 30); do \"$@\" --exec-id e$i a /bin/true; done"
    try containerd.scratch.run(
      ["/bin/sh", "-euc", script, "sh"] + containerd.words(["tasks", "exec"])
    ).succeed()
    #expect(try eventually { try descriptors() == before })
    #expect(readText("/proc/\(shim)/task/\(shim)/children").split(separator: " ").count == 1)
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }
}
