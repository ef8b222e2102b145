import Foundation
import Testing

/// Podman without privileges: it is root of a user namespace of its own when it calls the runtime, and may change nothing
/// of the host's cgroups that was not given to the user.
@Suite(
  .scratch,
  .enabled(
    if: HostCgroups.isPure,
    "Podman mounts the container's cgroups, of which an ordinary user has none in hierarchies of v1"))
struct EnginesRootlessPodmanTests {
  /// A user without ids besides the own one will do.
  private let user = Caller.ordinary?.name ?? "daemon"

  @Test func podmanOfAUserRunsContainers() throws {
    let scratch = try Scratch.current
    let engine = try Engine(environment: [
      "USER=\(user)", "CONTAINERS_CONF=" + scratch.path("containers.conf"),
      "CONTAINERS_STORAGE_CONF=" + scratch.path("storage.conf"), "TMPDIR=/run/engine",
    ])
    try engine.write(
      """
      [containers]
      log_driver = "k8s-file"
      netns = "none"
      default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
      [engine]
      runtime = "\(engine.folder)/apus"
      cgroup_manager = "cgroupfs"
      events_logger = "file"
      """, to: "containers.conf")
    try engine.write(
      """
      [storage]
      driver = "vfs"
      [storage.options.vfs]
      ignore_chown_errors = "true"
      """, to: "storage.conf")
    try scratch.run([
      "/bin/sh", "-euc", "chmod 755 . ; cp \(scratch.binary) $0/apus; chown -R \(user): $0; chmod 700 $0/xdg",
      engine.folder,
    ]).succeed()
    func podman(_ arguments: String...) throws -> Output {
      let user = ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--init-groups"]
      return try engine.run(user + ["/usr/bin/env", "-C", engine.folder, "/usr/bin/podman"] + arguments)
    }
    try podman("import", engine.archive, "busybox").succeed()
    #expect(try podman("run", "--rm", "busybox", "echo", "hello").succeed().stdout == "hello\n")
    #expect(try podman("run", "--rm", "busybox", "/nope").status == 127)
    try podman("run", "--detach", "--name", "web", "busybox", "sleep", "1000").succeed()
    let words = try podman("exec", "web", "sh", "-c", "echo $(id -u) $(cat /proc/1/comm); exit 3")
    #expect(words.status == 3 && words.stdout == "0 sleep\n", "\(words)")
    try podman("kill", "web").succeed()
    try podman("rm", "--force", "--time", "0", "web").succeed()
    // The process that holds its user namespace.
    try podman("system", "migrate").succeed()
    try engine.end(states: ["\(engine.folder)/xdg/apus"])
  }
}
