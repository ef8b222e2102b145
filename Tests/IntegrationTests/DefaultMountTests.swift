import Foundation
import Testing

/// Every mount of the default config, as /proc/self/mountinfo inside the container tells it.
@Suite(.scratch) struct DefaultMountTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    let mountPoint: String
    let type: String
    let options: Set<String>
    var superOptions: Set<String> = []
    var testDescription: String { mountPoint }
  }

  static let expected = [
    Expected(mountPoint: "/proc", type: "proc", options: ["rw"]),
    Expected(
      mountPoint: "/dev", type: "tmpfs", options: ["rw", "nosuid"], superOptions: ["size=65536k", "mode=755"]),
    Expected(
      mountPoint: "/dev/pts", type: "devpts", options: ["rw", "nosuid", "noexec"],
      superOptions: ["gid=5", "mode=620", "ptmxmode=666"]),
    Expected(
      mountPoint: "/dev/shm", type: "tmpfs", options: ["rw", "nosuid", "nodev", "noexec"],
      superOptions: ["size=65536k"]),
    Expected(mountPoint: "/dev/mqueue", type: "mqueue", options: ["rw", "nosuid", "nodev", "noexec"]),
    Expected(mountPoint: "/sys", type: "sysfs", options: ["ro", "nosuid", "nodev", "noexec"]),
    Expected(
      mountPoint: "/sys/fs/cgroup", type: HostCgroups.isPure ? "cgroup2" : "tmpfs",
      options: ["ro", "nosuid", "nodev", "noexec", "relatime"]),
  ]

  @Test(arguments: expected) func isMountedWithItsOptions(_ expected: Expected) throws {
    let mounts = MountInfo.parse(try Container().run("cat /proc/self/mountinfo").succeed().stdout)
    let mount = try #require(mounts.last { $0.mountPoint == expected.mountPoint })
    #expect(mount.type == expected.type)
    #expect(mount.options.isSuperset(of: expected.options), "\(mount)")
    #expect(mount.superOptions.isSuperset(of: expected.superOptions), "\(mount)")
    let unwanted: Set = ["nosuid", "nodev", "noexec"]
    #expect(mount.options.intersection(unwanted) == expected.options.intersection(unwanted))
  }

  @Test func strictatimeIsNoRelatime() throws {
    let mounts = MountInfo.parse(try Container().run("cat /proc/self/mountinfo").succeed().stdout)
    let dev = try #require(mounts.last { $0.mountPoint == "/dev" })
    #expect(dev.options.isDisjoint(with: ["relatime", "noatime"]))
  }

  @Test func sharedMemoryIsWritableByEveryone() throws {
    let output = try Container { $0["process.user.uid"] = 1000 }
      .run("stat -c %a /dev/shm && echo x >/dev/shm/x && cat /dev/shm/x")
    #expect(output.lines == ["1777", "x"])
  }

  /// The cgroup mount of a machine with hierarchies of v1 is a read-only tmpfs with one read-only mount for each; in a
  /// pure v2 tree it is that tree. Each shows the container's own cgroup as its root.
  @Test func cgroupHierarchiesAreMountedReadOnly() throws {
    let container = try Container { $0.addCgroupNamespace() }
    let mounts = MountInfo.parse(try container.run("cat /proc/self/mountinfo").succeed().stdout)
    let type = HostCgroups.isPure ? "cgroup2" : "cgroup"
    let onHost = container.scratch.mounts.mounts.compactMap(MountInfo.init(line:)).filter { $0.type == type }
    #expect(!onHost.isEmpty)
    for hierarchy in onHost {
      let mount = try #require(mounts.last { $0.mountPoint == hierarchy.mountPoint }, "\(hierarchy.mountPoint)")
      #expect(mount.type == type)
      #expect(mount.options.isSuperset(of: ["ro", "nosuid", "nodev", "noexec"]))
      #expect(mount.root == "/", "\(mount)")
    }
  }

  @Test func cgroupsCannotBeWritten() throws {
    let script =
      HostCgroups.isPure
      ? "mkdir /sys/fs/cgroup/x; echo 1 >/sys/fs/cgroup/cgroup.freeze; true"
      : "mkdir /sys/fs/cgroup/memory/x; echo 1 >/sys/fs/cgroup/pids/pids.max; true"
    let output = try Container().run(script)
    #expect(output.stderr.split(separator: "\n").filter { $0.contains("Read-only file system") }.count == 2)
  }

  /// What is mounted for writing is the container's own: it may divide what it has got among cgroups of its own.
  @Test(.unifiedHierarchy) func ownCgroupsMayBeDivided() throws {
    let place = HostCgroups.isPure ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified"
    let container = try Container { config in
      config.addCgroupNamespace()
      config.dropMounts(below: "/sys/fs/cgroup")
      config.append(
        ["destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw", "nosuid"]],
        to: "mounts")
    }
    let script = """
      cd \(place) || exit 3
      mkdir below inside && echo $$ >below/cgroup.procs || exit 4
      for c in $(cat cgroup.controllers); do echo +$c >cgroup.subtree_control || exit 5; done
      cat /proc/self/cgroup | grep ^0:
      """
    let hasTree = container.scratch.mounts.mounts.contains { $0.contains(" - cgroup2 ") }
    #expect(hasTree)
    #expect(try container.run(script).succeed().lines == ["0::/below"])
  }

  /// Only what the config names is mounted: the host's mounts are gone with the old root.
  @Test func nothingElseIsMounted() throws {
    let mounts = MountInfo.parse(try Container().run("cat /proc/self/mountinfo").succeed().stdout)
    let prefixes = ["/proc", "/dev", "/sys"]
    for mount in mounts where mount.mountPoint != "/" {
      #expect(prefixes.contains { mount.mountPoint == $0 || mount.mountPoint.hasPrefix($0 + "/") }, "\(mount)")
    }
    #expect(mounts.filter { $0.mountPoint == "/" }.count == 1)
    #expect(!mounts.contains { $0.mountPoint == "/dev/console" })
  }

  /// No mount of the container is shared with the host, in either direction.
  @Test func mountsArePrivate() throws {
    let mounts = MountInfo.parse(try Container().run("cat /proc/self/mountinfo").succeed().stdout)
    #expect(mounts.allSatisfy { mount in !mount.propagation.contains { $0.hasPrefix("shared:") } })
  }
}
