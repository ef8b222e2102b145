import DBus
import Kernel
import OCI
import Testing

@testable import Cgroups

@Suite struct SystemdUnitTests {
  static let facts = SystemdFacts(manager: .system, version: 252)
  static let user = SystemdFacts(
    manager: .user, version: 252, controlGroup: ["user.slice", "user-1000.slice", "user@1000.service"])

  static func plan(
    _ resources: Spec.Resources? = nil, path: String? = nil, _ facts: SystemdFacts = facts, v2: Bool = true,
    annotations: StringMap<String> = [:]
  ) throws -> CgroupPlan {
    let layout =
      v2
      ? try CgroupPlanTests.layout([""], unified: CgroupPlanTests.v2)
      : try CgroupPlanTests.layout(CgroupPlanTests.v1 + ["name=systemd"])
    return try CgroupPlan(
      linux: Spec.Linux(resources: resources, cgroupsPath: path), id: "web", layout: layout,
      isRootless: facts.manager == .user, systemd: SystemdRequest(facts: facts, annotations: annotations))
  }

  @Test(
    "the place of a scope",
    arguments: [
      (nil, "/system.slice/runc-web.scope"), ("", "/system.slice/runc-web.scope"),
      ("machine.slice:libpod:1", "/machine.slice/libpod-1.scope"), (":docker:1", "/system.slice/docker-1.scope"),
      ("a-b-c.slice:p:n", "/a.slice/a-b.slice/a-b-c.slice/p-n.scope"), ("-.slice:p:n", "/p-n.scope"),
      ("s.slice::n", "/s.slice/-n.scope"),
    ])
  func places(_ path: String?, _ expected: String) throws {
    let plan = try Self.plan(path: path)
    #expect(plan.folders.map { $0.path.string } == ["/sys/fs/cgroup" + expected])
    #expect(plan.record(parents: []).systemd?.unit == expected.split(separator: "/").last.map(String.init))
  }

  @Test("a user's scope is below the user's systemd")
  func userPlace() throws {
    let plan = try Self.plan(Self.user)
    let folder = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/runc-web.scope"
    #expect(plan.folders.map { $0.path.string } == [folder])
    #expect(plan.record(parents: []).systemd == CgroupRecord.Scope(unit: "runc-web.scope", manager: .user))
    #expect(throws: CgroupError.self) { try Self.plan(Self.user, v2: false) }
  }

  private static func plan(_ facts: SystemdFacts, v2: Bool = true) throws -> CgroupPlan {
    try plan(nil, path: nil, facts, v2: v2)
  }

  @Test(
    "what is no place is refused, by its property",
    arguments: [
      ("/a/b", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"/a/b\" instead"),
      ("a:b", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"a:b\" instead"),
      (
        "a.slice:b:c:d",
        "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"a.slice:b:c:d\" instead"
      ),
      ("a:b:c", "invalid slice name: \"a\""), ("a--b.slice:b:c", "invalid slice name: \"a--b.slice\""),
      ("-a.slice:b:c", "invalid slice name: \"-a.slice\""), (".slice:b:c", "invalid slice name: \".slice\""),
      ("a/b.slice:b:c", "invalid slice name: \"a/b.slice\""), ("../x.slice:b:c", "invalid slice name: \"../x.slice\""),
      ("a.slice:b:", "\"b-.scope\" is no name that systemd takes for a unit"),
      ("a.slice:b:../c", "\"b-../c.scope\" is no name that systemd takes for a unit"),
      ("a.slice:b:c d", "\"b-c d.scope\" is no name that systemd takes for a unit"),
      ("a.slice:b:c.slice", "\"c.slice\" is a slice, which holds no processes of its own"),
    ])
  func refusedPlaces(_ path: String, _ problem: String) {
    #expect(throws: CgroupError.property("linux.cgroupsPath", problem: problem)) { try Self.plan(path: path) }
  }

  @Test("a name of more than 255 bytes is refused")
  func longName() {
    #expect(throws: CgroupError.self) { try Self.plan(path: "a.slice:b:" + String(repeating: "c", count: 250)) }
  }

  @Test(
    "v1 has folders of systemd's and others",
    arguments: [
      ("", true), ("name=systemd", true), ("cpu,cpuacct", true), ("memory", true), ("devices", true), ("pids", true),
      ("blkio", true), ("freezer", false), ("cpuset", false), ("hugetlb", false), ("net_cls,net_prio", false),
      ("perf_event", false), ("rdma", false), ("name=other", false),
    ])
  func managed(_ hierarchy: String, _ expected: Bool) { #expect(SystemdUnit.manages(hierarchy) == expected) }

  @Test(arguments: [("252.39-1~deb12u2", 252), ("v245.4-1.fc32", 245), ("\"v249\"", 249), ("255", 255)])
  func versions(_ text: String, _ number: Int) { #expect(SystemdFacts.number(ofVersion: text) == number) }

  @Test func noVersion() { #expect(SystemdFacts.number(ofVersion: "x") == nil) }

  @Test("where systemd is looked for")
  func candidates() {
    func places(_ kind: SystemdFacts.Manager, user: UInt32 = 1000, _ environment: [String: String]) -> [String] {
      SystemdPlace.candidates(kind, user: user) { environment[$0] }.map { "\($0.address)\($0.isBus ? " (bus)" : "")" }
    }
    #expect(places(.system, [:]) == ["/run/systemd/private", "/run/dbus/system_bus_socket (bus)"])
    #expect(places(.system, ["DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/b"]) == ["/b (bus)"])
    #expect(places(.user, [:]) == ["/run/user/1000/systemd/private", "/run/user/1000/bus (bus)"])
    #expect(places(.user, user: 0, [:]).isEmpty)
    #expect(
      places(.user, ["XDG_RUNTIME_DIR": "/r", "DBUS_SESSION_BUS_ADDRESS": "unix:abstract=x"])
        == ["/r/systemd/private", "@x (bus)"])
    #expect(places(.user, user: 0, ["XDG_RUNTIME_DIR": "relative"]).isEmpty)
  }
}
