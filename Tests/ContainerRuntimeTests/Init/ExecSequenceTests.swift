@testable import ContainerRuntime
import Kernel
import OCI
import Testing

/// The order of what an exec's process does; the rest of the policy is that of the container's first process.
@Suite struct ExecSequenceTests {
  private static func plan(
    entering namespaces: [NamespaceKind], _ edit: (inout Spec) -> Void = { _ in }
  ) throws -> ExecPlan {
    var spec = Spec.default(cgroupNamespace: true)
    spec.process?.terminal = true
    spec.process?.user = Spec.User(uid: 1000)
    spec.linux?.seccomp = Seccomp(defaultAction: "SCMP_ACT_ALLOW")
    edit(&spec)
    return try ExecPlan(
      id: "web", spec: spec, document: "process.json",
      container: ContainerFacts(
        process: ProcessIdentity(pid: 4711, startTime: 1), namespaces: namespaces, allowsSettingGroups: true),
      host: ExecHostFacts(lastCapability: 40, capabilities: .all(last: 40), effectiveUser: 0), keyring: "_ses.ID")
  }

  private static func steps(entering namespaces: [NamespaceKind]) throws -> [String] {
    InitSequence(exec: try plan(entering: namespaces), options: InitSequence.Options(startSignal: .handshake))
      .steps.map(\.name)
  }

  @Test(arguments: [
    ("inherited.reset", "container.entered", "the container must not find the runtime's descriptors"),
    ("cgroups.joined", "container.entered", "inside, the way to its cgroups is shut"),
    ("container.entered", "terminal.opened", "the terminal is the container's"),
    ("session", "terminal.taken", "only the leader of a session gets a terminal"),
    ("terminal.taken", "streams.owned", "the streams are the terminal by then"),
    ("streams.owned", "user", "it takes privileges"),
    ("container.entered", "caps.bounding", "entering takes privileges"),
    ("user", "cwd.entered", "the folder must be the user's to enter"),
    ("cwd.entered", "cwd.checked", "CVE-2024-21626"),
    ("cwd.checked", "execve", "CVE-2024-21626"),
    ("descriptors.closed", "execve", "nothing of the runtime's passes"),
    ("nnp", "seccomp", "the filter comes last"),
  ])
  func order(first: String, second: String, reason: String) throws {
    let steps = try Self.steps(entering: [.mount, .uts, .ipc, .pid, .cgroup, .network])
    let places = (steps.firstIndex(of: first), steps.firstIndex(of: second))
    #expect(places.0 != nil && places.1 != nil, "\(steps)")
    if let one = places.0, let other = places.1 { #expect(one < other, "\(reason)") }
  }

  /// The pid namespace is the parent's to enter, and a user namespace takes an intermediate that enters everything.
  @Test(arguments: [
    ([NamespaceKind.mount, .uts], CloneShape.direct, true, false),
    ([.mount, .pid], .throughPidNamespace, true, false),
    ([.pid], .throughPidNamespace, false, false),
    ([.user, .mount, .pid], .intermediate, false, true),
  ])
  func shape(namespaces: [NamespaceKind], shape: CloneShape, enters: Bool, becomesRoot: Bool) throws {
    #expect(try Self.plan(entering: namespaces).shape == shape)
    let steps = try Self.steps(entering: namespaces)
    #expect(steps.contains("container.entered") == enters)
    #expect(steps.contains("userns.root") == becomesRoot)
    // Where the mount namespace is the host's, the container is a folder.
    #expect(steps.contains("chroot") == !namespaces.contains(.mount))
  }

  @Test func problemsNameTheFile() throws {
    do {
      _ = try Self.plan(entering: []) { $0.process?.args = [] }
      Issue.record("it was accepted")
    } catch let error as InvalidConfiguration {
      #expect(error.problems.map(\.description) == ["process.json.process.args: must not be empty"])
    }
  }
}
