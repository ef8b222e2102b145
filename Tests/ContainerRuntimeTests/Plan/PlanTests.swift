import ContainerRuntime
import Kernel
import OCI
import Testing

@Suite struct PlanTests {
  @Test func decidesTheDefaultConfiguration() throws {
    let plan = try plan()
    #expect(plan.id == "web")
    #expect(plan.root.path.string == "/bundle/rootfs")
    #expect(plan.root.readOnly)
    #expect(plan.root.entry == .pivot)
    #expect(plan.namespaces.madeByClone == [.mount, .pid, .network, .ipc, .uts])
    #expect(plan.namespaces.cgroup == .new)
    #expect(plan.namespaces.user == .host)
    #expect(plan.namespaces.shape == .direct)
    #expect(
      plan.mounts.map(\.target.description) == [
        "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup",
      ])
    #expect(plan.maskedPaths.count == 10)
    #expect(
      plan.readonlyPaths.map(\.description) == [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
      ])
    #expect(plan.process.noNewPrivileges)
    #expect(plan.process.umask == 0o022)
    #expect(plan.process.resourceLimits.map(\.number) == [7])
    #expect(plan.furnishesDevices)
    #expect(plan.hostname == "runc")
    #expect(plan.warnings.isEmpty)
  }

  @Test(arguments: [
    ([], CloneShape.direct), (["network", "ipc", "uts", "mount", "cgroup"], .direct),
    (["pid"], .throughPidNamespace), (["pid", "network"], .throughPidNamespace), (["user"], .intermediate),
    (["user", "pid"], .intermediate),
  ])
  func choosesTheShape(joined: [String], shape: CloneShape) throws {
    let plan = try plan { spec in
      for type in joined { spec.addNamespace(type, path: "/ns/\(type)") }
      if joined.contains("uts") { spec.hostname = nil }
    }
    #expect(plan.namespaces.shape == shape)
  }

  /// What is joined belongs to other users than the new namespace's: it is entered before that is made.
  @Test func joinsBeforeANewUserNamespaceInAnIntermediate() throws {
    #expect(try plan { $0.mapIDs() }.namespaces.shape == .direct)
    let plan = try plan { spec in
      spec.mapIDs()
      spec.addNamespace("network", path: "/ns/net")
    }
    #expect(plan.namespaces.shape == .intermediate)
  }

  @Test func entersTheRootWithoutAMountNamespaceByChroot() throws {
    let plan = try plan { spec in
      spec.removeNamespace("mount")
      spec.mounts = []
      spec.root?.readonly = false
      spec.linux?.maskedPaths = nil
      spec.linux?.readonlyPaths = nil
    }
    #expect(plan.root.entry == .chroot)
  }

  @Test func noPivotMovesTheRoot() throws {
    #expect(try plan(noPivot: true).root.entry == .moveMount)
  }
}
