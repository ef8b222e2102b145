import Foundation
import Glibc
import Testing

/// Configs as containerd, Docker, Podman, Buildah and a kubelet's runtime wrote them, with only the places of the host
/// replaced: mount sources, namespace paths, the cgroup's path, the root's path and the hooks' programs.
@Suite(.scratch, .enabled(if: RealConfig.folder != nil), .controllers("cpu", "memory", "pids"))
struct RealConfigTests {
  /// Those that run without another container, and that end by themselves.
  @Test(arguments: [
    "buildah", "ctr", "ctr-net-host", "docker", "docker-limits", "docker-privileged", "podman", "podman-limits",
  ])
  func runsToItsEnd(name: String) throws {
    let real = try RealConfig(name)
    try real.container.run().succeed()
    try real.expectHooksRan()
  }

  @Test(arguments: ["docker-exec", "podman-exec"]) func takesItsExecFile(name: String) throws {
    let real = try RealConfig(name)
    try real.container.create().succeed()
    try real.container.start().succeed()
    try real.expectProcessIsAsConfigured()
    try real.expectHooksRan()
    try real.exec("\(name)-process").succeed()
    #expect(try real.container.status == "running")
  }

  @Test func terminalOfDocker() throws {
    let real = try RealConfig("docker-tty")
    let socket = real.container.scratch.path("console")
    let receiver = try PythonHelper(PythonHelper.receiver, socket, "", in: real.container.scratch)
    try real.container.create(options: "--console-socket", socket).succeed()
    try real.container.start().succeed()
    #expect(try receiver.lines().contains("terminal"))
    #expect(try real.container.becomes("stopped"))
  }

  @Test func podOfTheContainerRuntimeInterface() throws {
    let network = try Scratch.current.start(["/usr/bin/unshare", "--net", "sleep", "1000"])
    #expect(try eventually { try namespace("net", of: network.pid) != namespace("net", of: getpid()) })
    let sandbox = try RealConfig("cri-sandbox", joining: ["network": "/proc/\(network.pid)/ns/net"])
    try sandbox.container.create().succeed()
    try sandbox.container.start().succeed()
    try sandbox.expectProcessIsAsConfigured()

    let pid = try sandbox.container.pid
    let kinds = ["pid": "pid", "ipc": "ipc", "uts": "uts", "network": "net"]
    let real = try RealConfig("cri-container", joining: kinds.mapValues { "/proc/\(pid)/ns/\($0)" })
    let create = try real.container.scratch.start(real.container.words("create"))
    try create.wait().succeed()
    try real.container.start().succeed()
    #expect(eventually { create.stdout == "out\n" && create.stderr == "err\n" })
    try real.expectProcessIsAsConfigured()
    for kind in kinds.values { #expect(try namespace(kind, of: real.container.pid) == namespace(kind, of: pid)) }
    try real.exec("cri-exec-process").succeed()
  }

  @Test func podInAUserNamespace() throws {
    let holder = try UserNamespaceHolder(in: Scratch.current)
    let paths = ["network": "/proc/\(holder.pid)/ns/net", "user": "/proc/\(holder.pid)/ns/user"]
    let sandbox = try RealConfig("cri-userns-sandbox", joining: paths)
    try holder.open(sandbox.container)
    try sandbox.container.create().succeed()
    try sandbox.container.start().succeed()
    try sandbox.expectProcessIsAsConfigured(firstID: 100_000)

    let pid = try sandbox.container.pid
    let kinds = ["user": "user", "ipc": "ipc", "uts": "uts", "network": "net"]
    let real = try RealConfig("cri-userns-container", joining: kinds.mapValues { "/proc/\(pid)/ns/\($0)" })
    try holder.open(real.container)
    try real.container.create().succeed()
    try real.container.start().succeed()
    try real.expectProcessIsAsConfigured(firstID: 100_000)
    for kind in kinds.values { #expect(try namespace(kind, of: real.container.pid) == namespace(kind, of: pid)) }
    try real.exec("cri-exec-process").succeed()
  }

  /// Every config of the folder is in one of the tests.
  @Test func noneIsForgotten() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: try #require(RealConfig.folder))
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix("-process.json") }
    #expect(names.count == 15, "\(names.sorted())")
  }
}

/// A stored config made into a bundle of this machine.
struct RealConfig {
  static var folder: String? { TestEnvironment.shared.map { $0 + "/configs" } }

  let container: Container
  let config: JSONValue
  private let notes: String

  /// - Parameter joining: a path for each kind of namespace that the config joins.
  init(_ name: String, joining: [String: String] = [:]) throws {
    var config = try RealConfig.read(name)
    container = try Container()
    notes = container.scratch.path("notes-" + container.id)
    config["root.path"] = .string(container.rootfs)
    if config["linux.cgroupsPath"] != nil {
      let place = Driver.isSystemd ? "apustest.slice:apus:\(container.id)" : "/\(container.id)-parent/child"
      config["linux.cgroupsPath"] = .string(place)
    }
    for (index, namespace) in (config["linux.namespaces"]?.array ?? []).enumerated() where namespace["path"] != nil {
      let path = joining[namespace["type"]?.string ?? ""]
      config["linux.namespaces.\(index).path"] = .string(try #require(path, "\(namespace)"))
    }
    try RealConfig.replaceSources(in: &config, of: container)
    try RealConfig.replaceHooks(in: &config, of: container, notes: notes)
    try makeScript("#!/bin/sh\nexec sleep 1000\n", at: container.rootfs + "/pause")
    self.config = config
    try container.write(config)
  }

  private static func read(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: readText(try #require(folder) + "/\(name).json"))
  }

  /// Gives every bind mount a source of this machine, a folder where the container expects one.
  private static func replaceSources(in config: inout JSONValue, of container: Container) throws {
    for (index, mount) in (config["mounts"]?.array ?? []).enumerated() where mount["type"] == "bind" {
      let destination = try #require(mount["destination"]?.string)
      let source = container.scratch.path("source-\(container.id)-\(index)")
      switch destination {
      case "/data", "/dev/shm":
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: source)
      case "/sbin/docker-init": try makeScript("#!/bin/sh\nshift\nexec \"$@\"\n", at: source)
      default: try Data("\(destination)\n".utf8).write(to: URL(filePath: source))
      }
      config["mounts.\(index).source"] = .string(source)
    }
  }

  private static func replaceHooks(in config: inout JSONValue, of container: Container, notes: String) throws {
    let recorder = container.scratch.path("recorder-" + container.id)
    try makeScript("#!/bin/sh\ncat >>\(notes)\n", at: recorder)
    for (kind, hooks) in config["hooks"]?.object ?? [:] {
      for index in (hooks.array ?? []).indices { config["hooks.\(kind).\(index).path"] = .string(recorder) }
    }
  }

  /// Expects that each hook was given the container's state.
  func expectHooksRan() throws {
    for (kind, hooks) in config["hooks"]?.object ?? [:] where hooks.array?.isEmpty == false {
      #expect(readText(notes).contains(container.id), "\(kind)")
    }
  }

  /// Runs a stored exec file in the container.
  func exec(_ name: String) throws -> Output {
    let file = container.scratch.path("\(container.id)-\(name).json")
    try Data(try RealConfig.read(name).text.utf8).write(to: URL(filePath: file))
    return try container.exec([], options: ["--process", file])
  }

  /// Expects that the kernel tells of the running process what the config asks for.
  func expectProcessIsAsConfigured(firstID: Int = 0) throws {
    let pid = try container.pid
    let status = { processStatus(readText("/proc/\(pid)/status")) }
    let user = firstID + (try #require(config["process.user.uid"]?.integer))
    #expect(status()["Uid"]?.hasPrefix("\(user)\t") == true)
    if config["linux.seccomp"] != nil { #expect(eventually { status()["Seccomp"] == "2" }) }
    #expect(status()["NoNewPrivs"] == (config["process.noNewPrivileges"] == true ? "1" : "0"))
    let expected = capabilityMask(config["process.capabilities.bounding"])
    #expect(status()["CapBnd"].flatMap { UInt64($0, radix: 16) } == expected)
  }

  /// The bit mask of capabilities by their names, for those that these configs hold (capability.h).
  private func capabilityMask(_ names: JSONValue?) -> UInt64 {
    let numbers = [
      "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
      "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
      "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
      "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    ]
    return (names?.array ?? []).compactMap { name in
      numbers.firstIndex { name == .string("CAP_" + $0) }
    }.reduce(0) { $0 | 1 << UInt64($1) }
  }
}
