import Cgroups
import Kernel
import Testing

@Suite struct CgroupLayoutTests {
  typealias Hierarchy = CgroupLayout.Hierarchy
  typealias Membership = CgroupLayout.Membership

  @Test(arguments: [
    (["cpu", "memory"], CgroupLayout.Kind.v1), (["cpu", "memory", ""], .hybrid), (["name=systemd", ""], .hybrid),
    ([""], .v2),
  ])
  func kindFollowsTheHierarchies(names: [String], kind: CgroupLayout.Kind) throws {
    let hierarchies = try names.map { Hierarchy(name: $0, mountPoint: try HostPath("/c/\($0)")) }
    #expect(try CgroupLayout(hierarchies: hierarchies).kind == kind)
  }

  @Test func aHostWithoutHierarchiesIsRefused() throws {
    let error = #expect(throws: CgroupError.self) { try CgroupLayout(hierarchies: []) }
    #expect(error?.description == "no usable cgroups: no hierarchy is mounted")
  }

  @Test(arguments: [
    ("cpu,cpuacct", ["cpu", "cpuacct"]), ("memory", ["memory"]), ("name=systemd", []), ("", []),
  ])
  func controllersOfAHierarchy(name: String, controllers: [String]) throws {
    #expect(Hierarchy(name: name, mountPoint: try HostPath("/c")).controllers == controllers)
  }

  @Test(arguments: [
    ("0::/\n", [Membership(name: "", components: [])]),
    ("0::/user.slice/a b\n", [Membership(name: "", components: ["user.slice", "a b"])]),
    (
      "4:cpu,cpuacct:/docker/x:y\n1:name=systemd:/\n",
      [
        Membership(name: "cpu,cpuacct", components: ["docker", "x:y"]),
        Membership(name: "name=systemd", components: []),
      ]
    ),
    // Outside of the cgroup namespace.
    ("0::/../../other\n", [Membership(name: "", components: ["other"])]),
    ("0::/..\n", [Membership(name: "", components: [])]),
    // Not understood.
    ("", []), ("\n\n", []), ("5:memory\n", []), ("5:memory:relative\n", []), ("7::/x\n", []), (":\n::\n", []),
  ])
  func readsMemberships(text: String, memberships: [Membership]) {
    #expect(Membership.parse(Array(text.utf8)) == memberships)
  }

  static let table = """
    23 1 8:1 / / rw - ext4 /dev/vda1 rw
    31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    33 31 0:30 /docker/web /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
    34 31 0:31 / /mnt/a\\040b rw - cgroup cgroup rw,pids
    35 31 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
    36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
    37 31 0:33 /docker /mnt/later rw - cgroup2 cgroup2 rw
    """

  @Test func readsMountinfo() throws {
    let mounts = CgroupMount.parse(Array(Self.table.utf8))
    #expect(mounts.map { $0.mountPoint.string }.count == 6)
    #expect(mounts[2].mountPoint.string == "/mnt/a b")
    #expect(mounts[1].root == ["docker", "web"])
    #expect(mounts[0].options.contains("cpuacct") && !mounts[0].isUnified && mounts[5].isUnified)
  }

  @Test(arguments: [
    "", "1", "32 31 0:29 / /x rw - cgroup", "32 31 0:29 / /x rw cgroup cgroup rw - ", "a b c d e f -",
    "32 31 0:29 / x\\000 rw - cgroup cgroup rw,cpu", "32 31 0:29 / relative rw - cgroup cgroup rw,cpu",
  ])
  func passesOverLinesThatItCannotRead(line: String) {
    #expect(CgroupMount.parse(Array(line.utf8)).isEmpty)
  }

  @Test(arguments: [
    // Below the root of the mount, whatever that is.
    ("memory", ["docker", "web", "inner"], "/sys/fs/cgroup/memory", ["inner"]),
    ("memory", ["docker", "web"], "/sys/fs/cgroup/memory", []),
    // Not below it: the process sees no more than the mount.
    ("memory", ["docker"], "/sys/fs/cgroup/memory", []),
    ("cpu,cpuacct", ["a"], "/sys/fs/cgroup/cpu,cpuacct", ["a"]),
    ("pids", [], "/mnt/a b", []),
    ("name=systemd", ["init.scope"], "/sys/fs/cgroup/systemd", ["init.scope"]),
    // The later of two mounts only if the own cgroup is in it.
    ("", ["user"], "/sys/fs/cgroup/unified", ["user"]),
    ("", ["docker", "x"], "/mnt/later", ["x"]),
  ])
  func findsTheMountOfAHierarchy(name: String, own: [String], mountPoint: String, expected: [String]) throws {
    let hierarchies = CgroupMount.hierarchies(
      of: [Membership(name: name, components: own)], mounts: CgroupMount.parse(Array(Self.table.utf8))
    ) { _ in true }
    #expect(
      hierarchies == [Hierarchy(name: name, mountPoint: try HostPath(mountPoint), ownComponents: expected)])
  }

  @Test func leavesOutWhatIsNotMountedOrCovered() {
    let memberships = ["freezer", "name=elogind", ""].map { Membership(name: $0, components: []) }
    let mounts = CgroupMount.parse(Array(Self.table.utf8))
    #expect(CgroupMount.hierarchies(of: memberships, mounts: mounts) { !$0.isUnified }.isEmpty)
  }

  @Test(
    .enabled(if: ScratchCgroup.isPossible), .enabled(if: ScratchCgroup.hasUnified),
    .disabled(if: ScratchCgroup.isUnifiedOnly))
  func agreesWithMountinfoOnThisHost() throws {
    let layout = try CgroupLayout.discover()
    let memberships = Membership.parse(try HostPath("/proc/self/cgroup").read())
    let table = CgroupMount.parse(try HostPath("/proc/self/mountinfo").read(limit: 64 << 20))
    let slow = CgroupMount.hierarchies(of: memberships, mounts: table) { _ in true }
    #expect(layout.hierarchies == slow)
    #expect(Set(layout.hierarchies.map { $0.name }) == Set(memberships.map { $0.name }))
  }

  @Test(arguments: [
    ("", []), ("/", []), ("..", []), ("../../x", ["x"]), ("/a//b/./c/", ["a", "b", "c"]), ("a/../../b", ["b"]),
    ("a/b/../c", ["a", "c"]), ("...", ["..."]),
  ])
  func cleansPaths(path: String, components: [String]) {
    #expect(CgroupPath.components(path) == components)
  }
}
