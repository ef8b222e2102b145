@testable import ContainerRuntime
import Kernel
import OCI
import Testing

/// The order of the steps is the security policy: these tests are its text.
@Suite struct InitSequenceTests {
  /// The default configuration with everything that has a place in the order.
  static func everything(_ edit: (inout Spec) -> Void = { _ in }) throws -> [String] {
    try sequence { spec in
      spec.mapIDs()
      spec.addNamespace("time")
      spec.linux?.sysctl = ["net.ipv4.ip_forward": "1"]
      spec.linux?.netDevices = ["eth0": .init()]
      spec.linux?.rootfsPropagation = "private"
      spec.hooks = Spec.Hooks(
        createRuntime: [.init(path: "/bin/true")], createContainer: [.init(path: "/bin/true")],
        startContainer: [.init(path: "/bin/true")])
      spec.linux?.seccomp = Seccomp(defaultAction: "SCMP_ACT_ALLOW")
      edit(&spec)
    }.stepNames
  }

  /// A caller that may copy no mounts leaves that to the container's process, as root of its user namespace.
  @Test func unprivilegedCallerOpensNoTrees() throws {
    var spec = Spec.default(cgroupNamespace: false)
    spec.addNamespace("user")
    spec.linux?.uidMappings = [.init(containerID: 0, hostID: 1000, size: 1)]
    spec.linux?.gidMappings = [.init(containerID: 0, hostID: 1000, size: 1)]
    var host = try machine(user: 1000)
    host.capabilities = []
    let plan = try Plan(id: "web", bundle: HostPath("/bundle"), spec: spec, host: host)
    let names = InitSequence(plan, options: InitSequence.Options()).stepNames
    let wanted = ["mounts.isolated", "trees.opened", "rootfs.attached"]
    #expect(names.filter { wanted.contains($0) || $0 == "userns.root" } == ["userns.root"] + wanted)
    let privileged = try Self.everything()
    #expect(!privileged.contains("trees.opened"))
  }

  /// Each pair with its reason; the first must come before the second.
  static let order: [(String, String, String)] = [
    ("inherited.reset", "*", "nothing of the caller's may be used"),
    ("cgroups.joined", "cpus", "the cpuset counts by then"),
    ("cgroups.joined", "ns.cgroup.made", "the namespace takes the cgroup of its maker for its root"),
    ("mounts.isolated", "rootfs.attached", "the first mount must not reach the host"),
    ("ns.cgroup.made", "cgroups/sys/fs/cgroup", "the container sees its own cgroup only"),
    ("userns.root", "netdevices.awaited", "the namespace that they move to is entered"),
    ("netdevices.awaited", "sysctl.net/ipv4/ip_forward", "a sysctl may be one of theirs"),
    ("netdevices.awaited", "hooks.awaited", "hooks may set them up"),
    ("sysctl.net/ipv4/ip_forward", "readonly/proc/sys", "a read-only /proc/sys takes no value"),
    ("mount/proc", "mount/dev", "the config's order"),
    ("mount/dev", "mount/dev/pts", "the config's order"),
    ("mount/dev", "device/dev/null", "a later mount would hide the devices"),
    ("device.links", "hooks.awaited", "hooks see the finished root file system"),
    ("cwd.made", "rootfs.readonly", "nothing can be made in a read-only root"),
    ("hooks.awaited", "hooks.createContainer", "the order of the specification"),
    ("hooks.createContainer", "pivot", "their paths are the host's"),
    ("hooks.createContainer", "masked", "hooks may need what the container must not see"),
    ("masked", "pivot", "the covers are the host's"),
    ("readonly/proc/sys", "pivot", "by descriptors of the runtime's namespace"),
    ("pivot", "root.propagation", "it is the container's root then"),
    ("userns.root", "rootfs.attached", "mounts belong to root of the user namespace"),
    ("rlimit.RLIMIT_NOFILE", "user", "raising a limit takes a privilege"),
    ("caps.bounding", "user", "dropping takes CAP_SETPCAP"),
    ("user", "caps", "changing ids takes a capability"),
    ("caps", "nnp", "no_new_privs is the last that may fail"),
    ("nnp", "seccomp", "without it a filter takes CAP_SYS_ADMIN"),
    ("user", "cwd.entered", "with the user's own rights"),
    ("cwd.entered", "program.found", "a relative program"),
    ("user", "program.found", "with the user's own rights"),
    ("program.found", "ready", "create tells of a missing program"),
    ("ready", "start.awaited", "start comes after create"),
    ("start.awaited", "hooks.startContainer", "the order of the specification"),
    ("seccomp", "hooks.startContainer", "they go through the container's filter"),
    ("hooks.startContainer", "cwd.checked", "a hook may exchange it (CVE-2024-21626)"),
    ("cwd.checked", "descriptors.closed", "nothing is opened any more"),
    ("descriptors.closed", "program.announced", "nothing can leak then"),
    ("program.announced", "execve", "the program is the last"),
  ]

  @Test(arguments: order.indices)
  func keepsTheOrder(_ index: Int) throws {
    let (first, second, why) = Self.order[index]
    let names = try Self.everything()
    let before = try #require(names.firstIndex(of: first), "\(first) is missing in \(names)")
    let after = second == "*" ? 1 : try #require(names.firstIndex(of: second), "\(second) is missing in \(names)")
    #expect(before < after, "\(first) before \(second): \(why)")
  }

  /// On cgroup v1 the runtime makes the cgroups meanwhile: mounts come before they are joined, everything else after.
  @Test func joinsCgroupsOnceTheyAreMade() throws {
    let names = try sequence { spec in
      spec.hooks = Spec.Hooks(createRuntime: [.init(path: "/bin/true")], createContainer: [.init(path: "/bin/true")])
    }.stepNames
    let order = [
      "inherited.reset", "ns.made", "mounts.isolated", "mount/sys", "cgroups.joined", "cpus", "ns.cgroup.made",
      "cgroups/sys/fs/cgroup", "device/dev/null", "hooks.awaited", "hooks.createContainer",
    ]
    #expect(names.filter { order.contains($0) } == order)
  }

  /// Where no cgroups are mounted they are joined all the same, before devices and hooks.
  @Test func joinsCgroupsWithoutTheirMount() throws {
    let names = try sequence { $0.mounts?.removeAll { $0.type == "cgroup" } }.stepNames
    let order = ["mount/sys", "cgroups.joined", "cpus", "ns.cgroup.made", "device/dev/null"]
    #expect(names.filter { order.contains($0) } == order)
  }

  /// What is done before the cgroups are joined is not the container's: not where files are copied into its memory, and
  /// not where it has other rights by then.
  @Test(arguments: ["copy", "user", "devices", "mount", "cgroup"])
  func joinsCgroupsFirst(where reason: String) throws {
    let names = try sequence { spec in
      switch reason {
      case "copy": spec.mounts?.append(.init(destination: "/etc", type: "tmpfs", options: ["tmpcopyup"]))
      case "user": spec.mapIDs()
      case "devices": spec.linux?.netDevices = ["eth0": .init()]
      case "mount": spec.addNamespace("mount", path: "/ns/mnt")
      default: spec.addNamespace("cgroup", path: "/ns/cgroup")
      }
    }.stepNames
    #expect(names.prefix(3) == ["inherited.reset", "cgroups.joined", "cpus"])
    #expect(!names.contains("ns.made"))
  }

  /// C4: without hooks the filter sees nothing but execve.
  @Test func loadsTheFilterLastWithoutHooks() throws {
    let names = try sequence { spec in
      spec.linux?.seccomp = Seccomp(defaultAction: "SCMP_ACT_ERRNO")
    }.steps.map(\.name)
    #expect(names.suffix(3) == ["program.announced", "seccomp", "execve"])
  }

  /// Without no_new_privs the filter needs the privileges that are about to go.
  @Test func loadsTheFilterEarlyWithoutNoNewPrivileges() throws {
    let names = try Self.everything { $0.process?.noNewPrivileges = false }
    #expect(try #require(names.firstIndex(of: "seccomp")) < #require(names.firstIndex(of: "caps.bounding")))
    #expect(!names.contains("nnp"))
  }

  @Test func mountsInTheOrderOfTheConfig() throws {
    let steps = try sequence().steps
    let targets = steps.compactMap { step in
      switch step {
      case .mount(let plan, _), .mountCgroups(let plan, _): plan.target.description
      default: nil
      }
    }
    #expect(targets == ["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup"])
  }

  @Test func endsInTheProgram() throws {
    let steps = try sequence().steps
    #expect(steps.last == .execute)
    #expect(steps.filter { $0 == .execute }.count == 1)
  }

  /// In the intermediate shape the namespaces are entered before the process exists.
  @Test(arguments: [("network", true), ("pid", false), ("user", false)])
  func entersJoinedNamespacesWhereTheShapeSays(type: String, inTheChild: Bool) throws {
    let steps = try sequence { $0.addNamespace(type, path: "/ns/x") }.steps
    let enters = steps.contains { step in if case .enterNamespace = step { true } else { false } }
    #expect(enters == inTheChild)
  }

  @Test func everySourceIsUsedOnce() throws {
    let sequence = try sequence { spec in
      spec.mounts?.append(.init(destination: "/a", type: "bind", source: "/srv", options: ["rbind"]))
      spec.addNamespace("network", path: "/ns/net")
    }
    var used: [Int] = []
    for step in sequence.steps {
      switch step {
      case .mount(_, .some(let index)), .attachRoot(_, let index), .enterNamespace(_, _, let index): used.append(index)
      default: break
      }
    }
    #expect(used.sorted() == Array(sequence.sources.indices))
  }

  /// A fault, a trace and `explain` speak of one step only by its name.
  @Test func namesAreUnique() throws {
    let names = try sequence { spec in
      for _ in 1...3 { spec.mounts?.append(.init(destination: "/tmp", type: "tmpfs")) }
    }.stepNames
    #expect(Set(names).count == names.count)
    #expect(names.contains("mount/tmp#3"))
  }

  /// Every step says what it does, in one line and in no other's words.
  @Test func textsAreTold() throws {
    let steps = try sequence { $0.mapIDs() }.steps
    #expect(steps.allSatisfy { !$0.text.isEmpty && !$0.text.contains("\n") })
    #expect(Set(steps.map(\.text)).count == steps.count)
  }
}
