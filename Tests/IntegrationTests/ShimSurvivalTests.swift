import Foundation
import Glibc
import Testing

/// What becomes of containers when containerd dies, at any moment, and when somebody else sits in the shim's place.
@Suite(.scratch, .controllers("cpu")) struct ShimSurvivalTests {
  /// From before the shim is started to after the container runs.
  @Test func containerdDiesWhileAContainerIsMade() throws {
    let containerd = try Containerd()
    for (index, milliseconds) in [0, 15, 30, 45, 60, 80, 100, 130].enumerated() {
      let id = "c\(index)"
      let run = try containerd.scratch.start(
        containerd.runWords(id, ["/bin/sleep", "1000"], ["-d", "--null-io"]))
      usleep(UInt32(milliseconds * 1000))
      try containerd.restart {
        run.signal(SIGKILL)
        _ = try run.wait()
      }
      // What it knows of it can be ended and removed; what it does not know is gone.
      try containerd.ctr("tasks", "kill", "-s", "KILL", id)
      #expect(
        try eventually {
          try containerd.ctr("tasks", "delete", id).status != 0
            && !containerd.ctr("tasks", "list").stdout.contains(id + " ")
        })
      try containerd.ctr("containers", "delete", id)
      // One that never gets a container waits eight seconds for it, and five for its last events to be taken.
      let gone = eventually(within: 20) { containerd.shims.isEmpty }
      #expect(gone, "after \(milliseconds) ms: \(containerd.shims.map { readText("/proc/\($0)/cmdline") })")
    }
    try containerd.end()
  }

  /// Core scheduling is asked of the kernel, which may have none; then nothing runs without it.
  @Test func coresAreShared() throws {
    let containerd = try Containerd(environment: ["SCHED_CORE=1"])
    let output = try containerd.run("a", ["/bin/true"], "--rm")
    if output.status != 0 { #expect(output.stderr.contains("SCHED_CORE: core scheduling cannot be had: prctl")) }
    try containerd.ctr("containers", "delete", "a")
    try containerd.end()
  }

  /// A socket whose shim has died is in nobody's way.
  @Test func aDeadSocketIsReplaced() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let socket = containerd.socket("a")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.ctr("containers", "delete", "a").succeed()
    try Data().write(to: URL(filePath: socket))
    try containerd.runSleeper("a")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// A file in a folder of root's, not a name in the network namespace that a container may share (CVE-2020-15257).
  @Test func theSocketIsForRootOnly() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let socket = containerd.socket("a")
    for (path, mode) in [(socket, 0o600), (URL(filePath: socket).deletingLastPathComponent().path, 0o700)] {
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode, "\(path)")
    }
    let peers = readText("/proc/\(try #require(containerd.shims.first))/net/unix").split(separator: "\n")
    #expect(!peers.contains { $0.contains("@") && $0.contains("containerd") })
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// Whoever listens where the shim of a container would is not given the container, unless it is a shim.
  @Test func anotherUsersSocketIsRefused() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let path = String(readText(containerd.bundle("a") + "/address").dropFirst("unix://".count))
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.ctr("containers", "delete", "a").succeed()
    let thief = try PythonHelper(
      """
      import os, socket, sys, time
      server = socket.socket(socket.AF_UNIX)
      server.bind(sys.argv[1])
      os.seteuid(1000)
      server.listen(8)
      print("ready", flush=True)
      time.sleep(60)
      """, path, in: containerd.scratch)
    let output = try containerd.run("a", ["/bin/true"], "--rm")
    #expect(output.status != 0)
    #expect(output.stderr.contains("another user, 1000, listens there"), "\(output.stderr)")
    thief.command.signal(SIGKILL)
    _ = try thief.command.wait()
    unsafe unlink(containerd.scratch.inside(path))
    try containerd.end()
  }

  /// A container with a root of its own is not found without them, and stays: whoever reads containerd's log must know.
  @Test(arguments: ["{", "{\"root\": 7}"]) func damagedOptionsAreTold(text: String) throws {
    let scratch = try Scratch.current
    let bundle = scratch.path("bundle")
    try FileManager.default.createDirectory(atPath: bundle, withIntermediateDirectories: false)
    let shim = URL(filePath: scratch.apus).deletingLastPathComponent().path + "/containerd-shim-apus-v2"
    let words = [shim, "-namespace", "apus-test", "-id", "a", "-bundle", bundle, "delete"]
    #expect(try !scratch.run(words).succeed().stderr.contains("options.json"))
    try Data(text.utf8).write(to: URL(filePath: bundle + "/options.json"))
    let output = try scratch.run(words).succeed()
    #expect(output.stderr.contains("\(bundle)/options.json: ") && output.stderr.contains("in the default root\n"))
  }
}
