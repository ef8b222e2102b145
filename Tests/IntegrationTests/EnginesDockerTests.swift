import Foundation
import Testing

/// Docker's engine with the runtime under test as its default (packages docker.io, containerd).
@Suite(.scratch, .controllers("cpu", "memory", "pids")) struct EnginesDockerTests {
  /// A dockerd and the calls on it.
  private struct Docker {
    let engine: Engine

    /// - Parameter programs: a folder with what containerd shall find before all else.
    init(programs: String = "/usr/sbin") throws {
      engine = try Engine(environment: [
        "DOCKER_HOST=unix:///run/engine/docker.sock", "PATH=\(programs):/usr/sbin:/usr/bin:/sbin:/bin",
      ])
      let folder = engine.folder
      try engine.serveContainerd()
      try engine.serve(
        [
          "/usr/sbin/dockerd", "--containerd", "\(folder)/containerd.sock", "--data-root", "\(folder)/data",
          "--exec-root", "\(folder)/exec", "--pidfile", "\(folder)/docker.pid",
          "--host", "unix://\(folder)/docker.sock",
          "--cgroup-parent", "/" + engine.name, "--add-runtime", "apus=\(engine.scratch.apus)",
          "--default-runtime", "apus",
        ], until: ["/usr/bin/docker", "version"])
      try self("import", engine.archive, "busybox").succeed()
    }

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> Output { try engine.run(["/usr/bin/docker"] + arguments) }

    func run(_ options: [String], _ script: String) throws -> Output {
      try engine.run(["/usr/bin/docker", "run", "--rm"] + options + ["busybox", "sh", "-c", script])
    }

    func end() throws {
      try engine.end(states: ["runc", "apus"].map { "\(engine.folder)/exec/runtime-\($0)/moby" })
    }
  }

  /// Docker 23 takes a runtime type; the one of before takes the name of runc's shim only, which ours goes by here.
  @Test func theShimInThePlaceOfRuncs() throws {
    let scratch = try Scratch.current
    let programs = scratch.path("programs")
    let shim = URL(filePath: scratch.apus).deletingLastPathComponent().path + "/containerd-shim-apus-v2"
    try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: programs + "/containerd-shim-runc-v2", withDestinationPath: shim)
    let docker = try Docker(programs: programs)
    #expect(try docker.run([], "echo hello; exit 7").stdout == "hello\n")
    #expect(try docker.run([], "exit 7").status == 7)
    for (program, status) in [("/nope", Int32(127)), ("nope", 127), ("/etc/passwd", 126)] {
      #expect(try docker("run", "--rm", "busybox", program).status == status, "\(program)")
    }
    try docker("run", "--detach", "--name", "one", "busybox", "sleep", "1000").succeed()
    let shims = docker.engine.processes(named: "containerd-shim-runc-v2")
    // Go's has a dozen threads.
    #expect(shims.count == 1 && readText("/proc/\(shims.first ?? 0)/status").contains("Threads:\t1\n"))
    #expect(try docker("exec", "one", "sh", "-c", "echo inside; exit 3").status == 3)
    try docker("pause", "one").succeed()
    try docker("unpause", "one").succeed()
    #expect(try docker("top", "one").succeed().stdout.contains("sleep 1000"))
    #expect(try docker("stats", "--no-stream", "one").succeed().stdout.contains("%"))
    try docker("update", "--memory", "64m", "--memory-swap", "64m", "one").succeed()
    try docker("stop", "--time", "0", "one").succeed()
    #expect(try docker("inspect", "-f", "{{.State.ExitCode}}", "one").stdout == "137\n")
    let greedy = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"
    try docker("run", "--name", "two", "-m", "16m", "--memory-swap", "16m", "busybox", "sh", "-c", greedy)
    #expect(try docker("inspect", "-f", "{{.State.OOMKilled}}", "two").stdout == "true\n")
    try docker("rm", "one", "two").succeed()
    try docker.end()
  }

  @Test func everyOptionOfRunTakesEffect() throws {
    let docker = try Docker()
    #expect(try docker.run([], "echo hello; exit 7").stdout == "hello\n")
    #expect(try docker.run([], "exit 7").status == 7)
    for (program, status) in [("/nope", Int32(127)), ("nope", 127), ("/etc/passwd", 126)] {
      #expect(try docker("run", "--rm", "busybox", program).status == status, "\(program)")
    }
    let volume = docker.engine.scratch.path("volume")
    try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: false)
    try docker.engine.write(
      #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}"#,
      to: "profile.json")
    let cases: [([String], String, String)] = [
      (["-v", volume + ":/v"], "echo kept >/v/f; cat /v/f", "kept"),
      (["-v", volume + ":/v:ro"], "echo x 2>/dev/null >/v/f || cat /v/f", "kept"),
      (["--cap-drop", "ALL", "--cap-add", "SYS_TIME"], "grep CapEff /proc/self/status", "CapEff:\t0000000002000000"),
      (["--privileged"], "grep Seccomp: /proc/self/status", "Seccomp:\t0"),
      (["--read-only"], "echo x 2>/dev/null >/f || echo refused", "refused"),
      (["--user", "1000:50"], "echo $(id -u) $(id -g)", "1000 50"),
      (
        ["--security-opt", "seccomp=" + docker.engine.scratch.path("profile.json")],
        "mkdir /tmp/x 2>/dev/null || echo refused", "refused"
      ),
      (["--init"], "cat /proc/1/comm", "docker-init"),
      (["--ulimit", "nofile=100:200"], "ulimit -n", "100"),
      (["--tmpfs", "/t"], "grep -c ' /t tmpfs ' /proc/mounts", "1"),
    ]
    for (options, script, wanted) in cases {
      let output = try docker.run(options, script)
      #expect(output.stdout == wanted + "\n", "\(options): \(output.stderr)")
    }
    try docker.end()
  }

  @Test func aContainerFromRunToRemoval() throws {
    let docker = try Docker()
    let script = "echo logged; trap 'exit 5' TERM; while :; do sleep 0.05; done"
    try docker(
      "run", "--detach", "--name", "web", "--memory", "64m", "--cpus", "0.5", "--pids-limit", "20", "busybox", "sh",
      "-c", script
    ).succeed()
    #expect(try docker("logs", "web").stdout == "logged\n")
    let process = try docker("exec", "--user", "1000:50", "-e", "A=b", "web", "sh", "-c", "echo $(id -u) $A; exit 4")
    #expect(process.stdout == "1000 b\n" && process.status == 4)
    let format = "{{.HostConfig.Memory}} {{.State.Status}} {{.State.ExitCode}}"
    #expect(try docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "web").stdout.contains("/ 64MiB"))
    let limits = try docker(
      "exec", "web", "sh", "-c",
      "cd /sys/fs/cgroup; cat pids.max pids/pids.max cpu.max cpu/cpu.cfs_quota_us 2>/dev/null | cut -d' ' -f1"
    ).stdout
    #expect(limits == "20\n50000\n")
    #expect(try docker("top", "web").stdout.contains("trap"))
    try docker("update", "--memory", "96m", "--memory-swap", "192m", "web").succeed()
    #expect(try docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "web").stdout.contains("/ 96MiB"))
    try docker("pause", "web").succeed()
    #expect(try docker("inspect", "-f", format, "web").stdout == "100663296 paused 0\n")
    try docker("unpause", "web").succeed()
    try docker("stop", "web").succeed()
    #expect(try docker("inspect", "-f", format, "web").stdout == "100663296 exited 5\n")
    try docker("start", "web").succeed()
    try docker("kill", "web").succeed()
    #expect(try docker("wait", "web").stdout == "137\n")
    try docker("rm", "web").succeed()

    let page = "echo page >/tmp/index.html; exec httpd -f -p 80 -h /tmp"
    try docker("run", "-d", "--rm", "--name", "page", "-p", "127.0.0.1:8080:80", "busybox", "sh", "-c", page).succeed()
    let answers = try eventually {
      try docker.engine.run(["/bin/busybox", "wget", "-qO-", "http://127.0.0.1:8080/"]).stdout == "page\n"
    }
    #expect(answers)
    let terminal = try docker.engine.runOnTerminal(["/usr/bin/docker", "exec", "-it", "page", "tty"])
    #expect(terminal.stdout.contains("/dev/pts/0"))
    try docker("kill", "page").succeed()
    try docker.end()
  }
}
