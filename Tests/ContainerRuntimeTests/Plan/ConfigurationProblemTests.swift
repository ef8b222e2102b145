import ContainerRuntime
import Kernel
import OCI
import Testing

/// Each mistake of a configuration is told with its place, in one line.
@Suite struct ConfigurationProblemTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let problem: String
    let edit: @Sendable (inout Spec) -> Void
    init(_ problem: String, _ edit: @escaping @Sendable (inout Spec) -> Void) {
      self.problem = problem
      self.edit = edit
    }
    var testDescription: String { problem }
  }

  static let mistakes: [Mistake] = [
    Mistake("config.json.ociVersion: is missing; this runtime implements 1.0.0 to 1.3.0") { $0.ociVersion = "" },
    Mistake("config.json.ociVersion: \"2.0.0\" is not supported; this runtime implements 1.x") {
      $0.ociVersion = "2.0.0"
    },
    Mistake("config.json.ociVersion: \"one\" is no semantic version") { $0.ociVersion = "one" },
    Mistake("config.json.ociVersion: \"1\" is no semantic version") { $0.ociVersion = "1" },
    Mistake("config.json.root: is missing") { $0.root = nil },
    Mistake("config.json.root.path: must not be the root of the host") { $0.root?.path = "/" },
    Mistake("config.json.process: is missing") { $0.process = nil },
    Mistake("config.json.process.args: must not be empty") { $0.process?.args = [] },
    Mistake("config.json.process.args[0]: is empty") { $0.process?.args = [""] },
    Mistake("config.json.process.args[1]: contains a NUL character") { $0.process?.args = ["sh", "a\0b"] },
    Mistake("config.json.process.env[0]: \"PATH\" is not of the form NAME=value") { $0.process?.env = ["PATH"] },
    Mistake("config.json.process.cwd: must not be empty") { $0.process?.cwd = "" },
    Mistake("config.json.process.cwd: \"home\" is not absolute") { $0.process?.cwd = "home" },
    Mistake("config.json.process.rlimits[0].type: \"RLIMIT_FOO\" is no resource limit") {
      $0.process?.rlimits = [.init(type: "RLIMIT_FOO", soft: 1, hard: 1)]
    },
    Mistake("config.json.process.rlimits[0].soft: 2 is above the hard limit 1") {
      $0.process?.rlimits = [.init(type: "RLIMIT_CORE", soft: 2, hard: 1)]
    },
    Mistake("config.json.process.rlimits[1].type: RLIMIT_CORE stands here twice") {
      $0.process?.rlimits = [
        .init(type: "RLIMIT_CORE", soft: 1, hard: 1), .init(type: "RLIMIT_CORE", soft: 1, hard: 1),
      ]
    },
    Mistake(
      "config.json.linux.namespaces[6].type: unknown namespace \"pidd\"; one of pid, network, mount, ipc, uts, user, "
        + "cgroup, time"
    ) { $0.addNamespace("pidd") },
    Mistake("config.json.linux.namespaces[6]: namespace \"pid\" stands here twice") {
      $0.linux?.namespaces?.append(.init(type: "pid"))
    },
    Mistake("config.json.linux.namespaces[5].path: must be absolute") { $0.addNamespace("pid", path: "ns/pid") },
    Mistake("config.json.linux.uidMappings: a new user namespace needs at least one mapping") {
      $0.addNamespace("user")
    },
    Mistake("config.json.linux.uidMappings: id mappings need a user namespace") {
      $0.linux?.uidMappings = [.init(containerID: 0, hostID: 0, size: 1)]
    },
    Mistake("config.json.process.user.uid: cannot set uid to unmapped user 70000 in user namespace") {
      $0.mapIDs()
      $0.process?.user?.uid = 70000
    },
    Mistake("config.json.hostname: needs a uts namespace") { $0.removeNamespace("uts") },
    Mistake("config.json.linux.maskedPaths: needs a mount namespace") { $0.removeNamespace("mount") },
    Mistake("config.json.linux.maskedPaths[0]: \"proc\" is not absolute") { $0.linux?.maskedPaths = ["proc"] },
    Mistake("config.json.linux.timeOffsets: needs a new time namespace") {
      $0.linux?.timeOffsets = .init(boottime: .init(secs: 1))
    },
    Mistake(
      "config.json.linux.rootfsPropagation: unknown propagation \"all\"; one of shared, slave, private, unbindable"
    ) { $0.linux?.rootfsPropagation = "all" },
    Mistake("config.json.mounts[0].destination: must not be the root itself") {
      $0.mounts = [.init(destination: "/", type: "tmpfs")]
    },
    Mistake("config.json.mounts[0].source: a bind mount needs a source") {
      $0.mounts = [.init(destination: "/x", type: "bind")]
    },
    Mistake("config.json.hooks.prestart[0].path: \"true\" is not absolute") {
      $0.hooks = .init(prestart: [.init(path: "true")])
    },
    Mistake("config.json.hooks.poststop[0].timeout: must be greater than zero (seconds)") {
      $0.hooks = .init(poststop: [.init(path: "/bin/true", timeout: 0)])
    },
    Mistake("config.json.linux.netDevices: unable to move network devices without a NET namespace") {
      $0.removeNamespace("network")
      $0.linux?.netDevices = ["eth0": .init()]
    },
    Mistake("config.json.linux.netDevices.a/b: invalid network device name \"a/b\"") {
      $0.linux?.netDevices = ["a/b": .init(name: "eth0")]
    },
    Mistake("config.json.linux.netDevices.eth0: invalid network device name \"a-name-too-long0\"") {
      $0.linux?.netDevices = ["eth0": .init(name: "a-name-too-long0")]
    },
    Mistake("config.json.linux.netDevices.eth1: another device gets the name \"eth0\" too") {
      $0.linux?.netDevices = ["eth0": .init(), "eth1": .init(name: "eth0")]
    },
    Mistake("config.json.annotations: a key is empty") { $0.annotations = ["": "x"] },
  ]

  @Test(arguments: mistakes)
  func isTold(_ mistake: Mistake) throws {
    #expect(try problems(mistake.edit).contains(mistake.problem))
  }

  /// All at once: nobody wants to run a program as often as it has mistakes.
  @Test func allAreTold() throws {
    let found = try problems { spec in
      spec.process?.args = []
      spec.process?.cwd = "here"
      spec.root?.path = "/"
    }
    #expect(found.count == 3)
  }

  /// Whoever has to copy the mounts inside has no privilege over their file systems.
  @Test(arguments: ["/source", "/bundle/rootfs/source"])
  func idMappedMountNeedsTheHostsRoot(source: String) throws {
    var spec = Spec.default(cgroupNamespace: true)
    spec.mapIDs()
    spec.mounts?.append(Spec.Mount(destination: "/mapped", source: source, options: ["bind", "idmap"]))
    var host = try machine(user: 1000)
    host.capabilities = []
    let number = (spec.mounts?.count ?? 0) - 1
    do {
      _ = try Plan(id: "web", bundle: HostPath("/bundle"), spec: spec, host: host, options: PlanOptions())
      Issue.record("no problem was found")
    } catch let error as InvalidConfiguration {
      #expect(
        error.problems.contains {
          $0.description.hasPrefix("config.json.mounts[\(number)].options: id-mapped mounts need CAP_SYS_ADMIN")
        }, "\(error.problems)")
    }
  }

  @Test func theDefaultHasNone() throws { #expect(try problems { _ in }.isEmpty) }
}
