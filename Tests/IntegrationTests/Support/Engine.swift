import Foundation
import Glibc
import Testing

/// A container engine with the runtime under test below it: its folders in the scratch's private /run, its network in
/// a namespace of its own, an image made from busybox, and nothing that it shares with the host's engines.
final class Engine {
  let scratch: Scratch
  let folder = "/run/engine"
  /// A part of every cgroup's name.
  let name: String
  private let network: RunningCommand
  private var daemons: [RunningCommand] = []
  private var environment: [String]

  /// - Parameter environment: `NAME=value` words for all commands.
  init(environment: [String] = []) throws {
    scratch = try Scratch.current
    name = URL(filePath: scratch.directory).lastPathComponent + "-engine"
    self.environment =
      ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(folder)/home", "XDG_RUNTIME_DIR=\(folder)/xdg"] + environment
    network = try scratch.start([
      "/usr/bin/unshare", "--net", "/bin/sh", "-euc",
      "/sbin/ip link set lo up; mkdir -p \(folder)/home \(folder)/xdg; echo ready; exec sleep 600",
    ])
    let ready = eventually { network.stdout == "ready\n" }
    guard ready else { throw TestSetupProblem("no network namespace: \(network.stderr)") }
    try makeBusyboxRoot(at: scratch.path("image"), busybox: scratch.busybox)
    try scratch.run(["/bin/tar", "-C", scratch.path("image"), "-cf", archive, "."]).succeed()
  }

  /// The root file system of the image, as a tar archive.
  var archive: String { scratch.path("image.tar") }

  func words(_ command: [String]) -> [String] {
    ["/usr/bin/nsenter", "--net=/proc/\(network.pid)/ns/net", "--", "/usr/bin/env", "-i"] + environment + command
  }

  func start(_ command: [String], stdin: String = "/dev/null") throws -> RunningCommand {
    try scratch.start(words(command), stdin: stdin)
  }

  func run(_ command: [String], stdin: String = "/dev/null") throws -> Output {
    try start(command, stdin: stdin).wait(timeout: 60)
  }

  /// A command on a terminal of its own.
  func runOnTerminal(_ command: [String]) throws -> Output {
    let line = command.map { "'\($0)'" }.joined(separator: " ")
    return try run(["/usr/bin/script", "-qefc", line, "/dev/null"])
  }

  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: scratch.path(file)))
  }

  /// Starts a server and waits until a call on it succeeds.
  func serve(_ command: [String], until call: [String]) throws {
    let daemon = try start(command)
    daemons.append(daemon)
    let serves = try eventually(within: 30) { try !daemon.isRunning || run(call).status == 0 }
    guard serves, daemon.isRunning else { throw TestSetupProblem("\(command[0]) does not serve: \(daemon.stderr)") }
  }

  /// containerd, as ctr and Docker need it.
  /// - Parameter plugins: their tables of its configuration; without any, there are no pods.
  func serveContainerd(
    plugins: String = "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]"
  ) throws {
    let config = """
      version = 2
      root = "\(folder)/containerd"
      state = "\(folder)/containerd-state"
      \(plugins.hasPrefix("disabled") ? plugins : "")
      [grpc]
        address = "\(folder)/containerd.sock"
      \(plugins.hasPrefix("disabled") ? "" : plugins)
      """
    try write(config, to: "containerd.toml")
    try serve(
      ["\(TestEnvironment.containerd)/containerd", "--config", scratch.path("containerd.toml")],
      until: ["\(TestEnvironment.containerd)/ctr", "--address", "\(folder)/containerd.sock", "version"])
  }

  /// Ends the servers, the last first, and sweeps up what engines leave when they are done: their own mounts and the
  /// parents of their cgroups. A process, a container's cgroup or a state of the runtime that is left is a failure.
  func end(states: [String]) throws {
    for daemon in daemons.reversed() {
      daemon.signal(SIGTERM)
      _ = try daemon.wait()
    }
    network.signal(SIGKILL)
    _ = try network.wait()
    let gone = eventually(within: 10) { processes.isEmpty }
    #expect(gone, "left: \(processes.map { readText("/proc/\($0)/cmdline") })")
    for pid in processes { kill(pid, SIGKILL) }
    for state in states {
      let left = (try? FileManager.default.contentsOfDirectory(atPath: scratch.inside(state))) ?? []
      #expect(left.isEmpty, "\(state): \(left)")
    }
    let sweep = """
      sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\(\\/run\\/[^ ]*\\|\\/tmp\\/[^ ]*\\) .*/\\1/p' /proc/self/mountinfo | sort -r |
        while read -r mount; do umount -l "$mount"; done
      # Where a controller is not mounted engines write plain files into the folder that stands for it.
      find /sys/fs/cgroup -xdev -type f -path '*\(name)*' -delete
      # A monitor may still be on its way out of its cgroup.
      for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        find /sys/fs/cgroup -depth -type d -path '*\(name)*' -exec rmdir {} + && exit 0
        sleep 0.1
      done
      exit 1
      """
    try scratch.run(["/bin/sh", "-uc", sweep]).succeed()
  }

  /// Those of the engine whose command line begins with a program of this name, and goes on with these words.
  func processes(named name: String, _ words: String...) -> [pid_t] {
    processes.filter { pid in
      let line = readText("/proc/\(pid)/cmdline").split(separator: "\0").map(String.init)
      return line.first?.split(separator: "/").last?.hasPrefix(name) == true
        && line.dropFirst().prefix(words.count).elementsEqual(words)
    }
  }

  /// All processes in the scratch's mount namespace besides the one that holds it.
  private var processes: [pid_t] {
    func namespace(of pid: pid_t) -> String? {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/mnt")
    }
    let ours = namespace(of: scratch.mounts.pid)
    let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    return pids.filter { $0 != scratch.mounts.pid && namespace(of: $0) == ours }
  }
}
