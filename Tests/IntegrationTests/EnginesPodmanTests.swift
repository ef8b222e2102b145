import Foundation
import Testing

/// Podman and Buildah, which call the runtime themselves (packages podman, buildah, catatonit).
@Suite(.scratch, .controllers("cpu", "memory", "pids")) struct EnginesPodmanTests {
  private struct Podman {
    let engine: Engine

    init() throws {
      let scratch = try Scratch.current
      engine = try Engine(environment: [
        "CONTAINERS_CONF=" + scratch.path("containers.conf"),
        "CONTAINERS_STORAGE_CONF=" + scratch.path("storage.conf"), "TMPDIR=/run/engine",
      ])
      // No log of systemd, and limits that a caller without CAP_SYS_RESOURCE may set.
      try engine.write(
        """
        [containers]
        log_driver = "k8s-file"
        default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
        [engine]
        runtime = "\(scratch.apus)"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        tmp_dir = "\(engine.folder)/libpod"
        [network]
        network_backend = "netavark"
        network_config_dir = "\(engine.folder)/networks"
        """, to: "containers.conf")
      try engine.write(
        """
        [storage]
        driver = "vfs"
        runroot = "\(engine.folder)/run"
        graphroot = "\(engine.folder)/graph"
        """, to: "storage.conf")
      try engine.write(#"{"default":[{"type":"insecureAcceptAnything"}]}"#, to: "policy.json")
      try self("import", engine.archive, "busybox").succeed()
    }

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> Output { try engine.run(["/usr/bin/podman"] + arguments) }

    func run(_ options: [String], _ command: String...) throws -> Output {
      let parent = options.contains("--pod") ? [] : ["--cgroup-parent", "/" + engine.name]
      return try engine.run(["/usr/bin/podman", "run"] + parent + options + ["busybox"] + command)
    }

    func end() throws { try engine.end(states: ["/run/apus"]) }
  }

  @Test func podmanRunsContainersAndPods() throws {
    let podman = try Podman()
    #expect(try podman.run(["--rm"], "echo", "hello").succeed().stdout == "hello\n")
    for (program, status) in [("/nope", Int32(127)), ("nope", 127), ("/etc/passwd", 126)] {
      #expect(try podman.run(["--rm"], program).status == status, "\(program)")
    }
    let privileged = try podman.run(["--rm", "--privileged"], "grep", "Seccomp:", "/proc/self/status")
    #expect(privileged.stdout == "Seccomp:\t0\n", "\(privileged.stderr)")
    let users = try podman.run(["--rm", "--uidmap", "0:100000:1000"], "awk", "{print $2}", "/proc/self/uid_map")
    #expect(users.stdout == "100000\n", "\(users.stderr)")

    let health = ["--health-cmd", "test -e /tmp/well", "--health-interval", "disable"]
    let script = "echo logged; trap 'exit 5' TERM; while :; do sleep 0.05; done"
    try podman.run(["--detach", "--name", "web", "--memory", "64m"] + health, "sh", "-c", script).succeed()
    #expect(try podman("healthcheck", "run", "web").status == 1)
    try podman("exec", "web", "touch", "/tmp/well").succeed()
    #expect(try podman("healthcheck", "run", "web").status == 0)
    #expect(try podman("exec", "--user", "1000", "web", "sh", "-c", "id -u; exit 4").status == 4)
    #expect(try podman("logs", "web").stdout == "logged\n")
    try podman("pause", "web").succeed()
    #expect(try podman("ps", "--all", "--format", "{{.Status}}").stdout.contains("Paused"))
    try podman("unpause", "web").succeed()
    try podman("stop", "web").succeed()
    #expect(try podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "web").stdout == "exited 5\n")
    try podman("rm", "web").succeed()

    try podman("pod", "create", "--name", "pod", "--cgroup-parent", "/" + podman.engine.name).succeed()
    try podman.run(["--detach", "--pod", "pod", "--name", "member"], "sleep", "1000").succeed()
    #expect(try podman.run(["--rm", "--pod", "pod"], "hostname").succeed().stdout == "pod\n")
    try podman("kill", "member").succeed()
    try podman("rm", "member").succeed()
    try podman("pod", "stop", "pod").succeed()
    // Podman removes a pod's cgroup before its own monitor has left it, with any runtime, and wants to be asked again.
    let removed = try eventually { try podman("pod", "rm", "--force", "--time", "0", "pod").status == 0 }
    #expect(removed)
    try podman.end()
  }

  @Test func buildahBuildsAndRuns() throws {
    let podman = try Podman()
    let engine = podman.engine
    try FileManager.default.createDirectory(atPath: engine.scratch.path("build"), withIntermediateDirectories: false)
    try engine.write("FROM busybox\nRUN echo built >/built\nUSER 1000\nRUN id -u\n", to: "build/Containerfile")
    let runtime = ["--runtime", engine.scratch.apus, "--isolation", "oci"]
    let policy = ["--signature-policy", engine.scratch.path("policy.json"), "--pull-never"]
    let build = ["/usr/bin/buildah", "bud"] + runtime + policy + ["--cgroup-parent", "/" + engine.name]
    let output = try engine.run(build + ["-t", "built", engine.scratch.path("build")]).succeed()
    #expect(output.lines.contains("1000"))
    try engine.run(["/usr/bin/buildah", "from"] + policy + ["--name", "work", "built"]).succeed()
    let run = ["/usr/bin/buildah", "run"] + runtime + ["work", "--"]
    #expect(try engine.run(run + ["cat", "/built"]).succeed().stdout == "built\n")
    #expect(try engine.run(run + ["sh", "-c", "exit 6"]).status == 6)
    #expect(try engine.run(run + ["/nope"]).stderr.contains("exec: \"/nope\": stat /nope: no such file or directory"))
    try engine.run(["/usr/bin/buildah", "rm", "work"]).succeed()
    try podman.end()
  }
}
