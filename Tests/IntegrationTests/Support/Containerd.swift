import Foundation
import Glibc
import Testing

/// A containerd of its own in the scratch's mount namespace, with an image of busybox and the shim beside the runtime
/// under test.
final class Containerd {
  static let image = "docker.io/library/busybox:latest"

  let scratch: Scratch
  /// containerd's namespace, and a part of every cgroup's and process's name.
  let namespace: String
  private let folder = "/run/ctd"
  private let path: String
  private let environment: [String]
  private var daemon: RunningCommand

  /// - Parameter environment: `NAME=value` words for containerd.
  init(environment: [String] = []) throws {
    self.environment = environment
    scratch = try Scratch.current
    namespace = URL(filePath: scratch.directory).lastPathComponent + "-ns"
    let programs = URL(filePath: scratch.apus).deletingLastPathComponent().path
    guard FileManager.default.isExecutableFile(atPath: programs + "/containerd-shim-apus-v2") else {
      throw TestSetupProblem("containerd-shim-apus-v2 is not beside APUS_BINARY: `make build` puts it there")
    }
    path = "PATH=\(programs):/usr/sbin:/usr/bin:/sbin:/bin"
    let config = """
      version = 2
      root = "\(folder)/root"
      state = "\(folder)/state"
      disabled_plugins = ["io.containerd.grpc.v1.cri"]
      [grpc]
        address = "\(folder)/containerd.sock"
      """
    try Data(config.utf8).write(to: URL(filePath: scratch.path("containerd.toml")))
    daemon = try scratch.start(
      ["/usr/bin/env", path] + environment
        + ["\(TestEnvironment.containerd)/containerd", "-c", scratch.path("containerd.toml")])
    try awaitDaemon()
    try ctr("images", "import", try Containerd.makeImage(in: scratch, names: [Containerd.image])).succeed()
  }

  private func awaitDaemon() throws {
    guard try eventually(within: 10, { try ctr("version").status == 0 }) else {
      throw TestSetupProblem("containerd does not serve (package containerd): \(daemon.stderr)")
    }
  }

  /// An archive as `docker save` writes it, of one layer.
  static func makeImage(in scratch: Scratch, names: [String]) throws -> String {
    let root = scratch.path("image-root")
    try makeBusyboxRoot(at: root, busybox: scratch.busybox)
    let tags = names.map { "\"\($0)\"" }.joined(separator: ",")
    let script = """
      cd "$1"; tar -C image-root -cf layer.tar .
      layer=$(sha256sum layer.tar | cut -d' ' -f1)
      printf '{"architecture":"%s","os":"linux","rootfs":{"type":"layers",' \
        "$(dpkg --print-architecture)" >config.json
      printf '"diff_ids":["sha256:%s"]},' "$layer" >>config.json
      printf '"config":{"Env":["PATH=/bin"],"Cmd":["/bin/sleep","100000"]}}' >>config.json
      printf '[{"Config":"config.json","RepoTags":[\(tags)],"Layers":["layer.tar"]}]' >manifest.json
      tar -cf image.tar config.json layer.tar manifest.json
      """
    try scratch.run(["/bin/sh", "-euc", script, "sh", scratch.directory]).succeed()
    return scratch.path("image.tar")
  }

  /// The words of a call of ctr.
  func words(_ arguments: [String]) -> [String] {
    [
      "/usr/bin/env", path, "CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1", "\(TestEnvironment.containerd)/ctr",
      "-a", "\(folder)/containerd.sock", "-n", namespace,
    ] + arguments
  }

  @discardableResult
  func ctr(_ arguments: String..., stdin: String = "/dev/null") throws -> Output {
    try scratch.start(words(arguments), stdin: stdin).wait()
  }

  func runWords(_ id: String, _ command: [String], _ options: [String]) -> [String] {
    words(["run", "--runtime", "io.containerd.apus.v2"] + options + [Containerd.image, id] + command)
  }

  /// `ctr run` with options.
  func run(_ id: String, _ command: [String], _ options: String..., stdin: String = "/dev/null") throws -> Output {
    try scratch.start(runWords(id, command, options), stdin: stdin).wait()
  }

  func runSleeper(_ id: String, _ options: String...) throws {
    try scratch.run(runWords(id, ["/bin/sleep", "1000"], ["-d", "--null-io"] + options)).succeed()
  }

  func kill(_ id: String) throws {
    try ctr("tasks", "kill", "-s", "KILL", id).succeed()
    try #require(try status(of: id, becomes: "STOPPED"))
  }

  func status(of id: String, becomes status: String) throws -> Bool {
    try eventually { try ctr("tasks", "list").lines.contains { $0.hasPrefix("\(id) ") && $0.hasSuffix(status) } }
  }

  /// The shim's installed program.
  var shimFile: String { URL(filePath: scratch.apus).deletingLastPathComponent().path + "/containerd-shim-apus-v2" }

  /// The folder that containerd has made for a container.
  func bundle(_ id: String) -> String {
    scratch.inside("\(folder)/state/io.containerd.runtime.v2.task/\(namespace)/\(id)")
  }

  /// Where the shim of a container listens, as the test sees it.
  func socket(_ id: String) -> String {
    scratch.inside(String(readText(bundle(id) + "/address").dropFirst("unix://".count)))
  }

  /// The shims of this containerd.
  var shims: [pid_t] {
    let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    return pids.filter { pid in
      let words = readText("/proc/\(pid)/cmdline").split(separator: "\0").map(String.init)
      return words.first?.hasSuffix("containerd-shim-apus-v2") == true && words.contains(namespace)
    }
  }

  /// Kills containerd as a crash does, and starts it again.
  func restart(meanwhile: () throws -> Void = {}) throws {
    daemon.signal(SIGKILL)
    _ = try daemon.wait()
    try meanwhile()
    daemon = try scratch.start(
      ["/usr/bin/env", path] + environment
        + ["\(TestEnvironment.containerd)/containerd", "-c", scratch.path("containerd.toml")])
    try awaitDaemon()
  }

  /// Ends everything, and says what should have been gone: shims, and what they serve.
  func end() throws {
    _ = eventually { shims.isEmpty }
    let left = shims
    #expect(left.isEmpty, "shims are left")
    for pid in left { Glibc.kill(pid, SIGKILL) }
    daemon.signal(SIGTERM)
    _ = try daemon.wait()
    for place in ["/run/containerd/s", "/run/containerd/apus/\(namespace)"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: scratch.inside(place))) ?? []
      #expect(names.isEmpty, "left in \(place): \(names)")
    }
  }
}
