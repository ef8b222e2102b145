import Testing

/// ctr and containerd-shim-runc-v2, told to call the runtime under test (package containerd).
@Suite(.scratch, .controllers("cpu", "memory", "pids")) struct EnginesContainerdTests {
  @Test func containerdsOwnShimCallsTheRuntime() throws {
    let engine = try Engine()
    try engine.serveContainerd()
    func words(_ arguments: [String]) -> [String] {
      ["/usr/bin/ctr", "--address", "\(engine.folder)/containerd.sock", "--namespace", engine.name] + arguments
    }
    func ctr(_ arguments: String...) throws -> Output { try engine.run(words(arguments)) }
    let runtime = ["--runc-binary", engine.scratch.apus, "--runc-root", "\(engine.folder)/states"]
    let root = ["--rootfs", engine.scratch.path("image")]
    func run(_ options: [String], _ command: String...) throws -> Output {
      try engine.run(words(["run"] + runtime + options + root + command))
    }

    #expect(try run(["--rm"], "a", "/bin/echo", "hello").succeed().stdout == "hello\n")
    #expect(try run(["--rm"], "a", "/bin/sh", "-c", "exit 7").status == 7)
    let failed = try run(["--rm"], "a", "/nope")
    #expect(failed.stderr.contains("unable to start container process: exec: \"/nope\": stat /nope: no such file"))
    let terminal = try engine.runOnTerminal(
      words(["run", "--rm", "--tty"] + runtime + root + ["t", "/bin/tty"]))
    #expect(terminal.stdout.contains("/dev/pts/0"))

    try run(["--detach"], "a", "/bin/sleep", "1000").succeed()
    let process = try ctr("tasks", "exec", "--exec-id", "e", "a", "/bin/sh", "-c", "echo out; exit 3")
    #expect(process.stdout == "out\n" && process.status == 3)
    try ctr("tasks", "pause", "a").succeed()
    #expect(try ctr("tasks", "list").stdout.contains("PAUSED"))
    try ctr("tasks", "resume", "a").succeed()
    #expect(try ctr("tasks", "list").stdout.contains("RUNNING"))
    #expect(try ctr("tasks", "metrics", "a").succeed().stdout.contains("pids.current"))
    #expect(try ctr("tasks", "ps", "a").succeed().lines.count == 2)
    try ctr("tasks", "kill", "--signal", "KILL", "a").succeed()
    #expect(try eventually { try ctr("tasks", "list").stdout.contains("STOPPED") })
    #expect(try ctr("tasks", "delete", "a").stderr.contains("137"))
    try ctr("containers", "delete", "a").succeed()
    try engine.end(states: ["\(engine.folder)/states/\(engine.name)"])
  }
}
