import ContainerRuntime
import Kernel
import OCI
import Testing

@Suite struct PlacementPlanTests {
  static let lists: [(String, [Int], String)] = [
    ("0", [0], "0"), ("0-3,7", [0, 1, 2, 3, 7], "0-3,7"), ("63-65", [63, 64, 65], "63-65"), (" 1 , 0 ", [0, 1], "0-1"),
    ("7,7,7", [7], "7"), ("200", [200], "200"),
  ]

  @Test(arguments: lists.indices) func listsAreRead(index: Int) throws {
    let (text, numbers, written) = Self.lists[index]
    let set = try #require(NumberSet(list: text))
    #expect((0..<1000).filter(set.contains) == numbers)
    #expect(set.description == written)
  }

  @Test(arguments: ["", ",", "a", "1-", "-1", "3-1", "1 2", "0,", "65536", "99999999999999999999", "+1", "0x1"])
  func otherListsAreNot(text: String) { #expect(NumberSet(list: text) == nil) }

  /// A machine that runs both modules, which the test machine need not be.
  private func steps(_ edit: (inout Spec) -> Void) throws -> [String] {
    var host = try machine()
    host.hasAppArmor = true
    host.hasSELinux = true
    var spec = Spec.default(cgroupNamespace: true)
    edit(&spec)
    let plan = try Plan(id: "web", bundle: HostPath("/bundle"), spec: spec, host: host)
    return InitSequence(plan, options: InitSequence.Options()).steps.map(\.text)
  }

  /// Callers write a version without its last part.
  @Test(arguments: ["1.0.0", "1.1", "1.3.0", "1.0.2-dev", "1.99.0+x"]) func versionsAreAccepted(version: String) throws
  {
    #expect(try problems { $0.ociVersion = version } == [])
  }

  @Test func labelsAreSetBeforePrivilegesGo() throws {
    let texts = try steps { spec in
      spec.process?.apparmorProfile = "p"
      spec.process?.selinuxLabel = "a:b:c:d"
    }
    let profile = try #require(texts.firstIndex(of: "confine the program by the AppArmor profile p"))
    let label = try #require(texts.firstIndex(of: "confine the program by the SELinux label a:b:c:d"))
    let nnp = try #require(texts.firstIndex(of: "set no_new_privs"))
    let pivot = try #require(texts.firstIndex(of: "pivot into the root file system"))
    let bounding = try #require(texts.firstIndex(of: "drop capabilities from the bounding set"))
    #expect(pivot < profile && profile < bounding && pivot < label && label < bounding && bounding < nnp)
  }

  /// Files of new file systems get the label; procfs and sysfs label their own, and what is bound keeps its.
  @Test func mountLabelIsTheContextOfNewFileSystems() throws {
    var host = try machine()
    host.hasSELinux = true
    var spec = Spec.default(cgroupNamespace: true)
    spec.linux?.mountLabel = "a:b:c:d:e1,e2"
    spec.mounts?.append(Spec.Mount(destination: "/b", source: "/tmp", options: ["bind"]))
    spec.mounts?.append(Spec.Mount(destination: "/o", type: "tmpfs", options: ["context=own"]))
    let plan = try Plan(id: "web", bundle: HostPath("/bundle"), spec: spec, host: host)
    var labels: [String: [String?]] = [:]
    for mount in plan.mounts {
      labels[mount.target.description] = mount.data.filter { $0.key == "context" }.map(\.value)
    }
    #expect(labels["/dev"] == ["a:b:c:d:e1,e2"] && labels["/dev/pts"] == ["a:b:c:d:e1,e2"])
    #expect(labels["/proc"] == [] && labels["/sys"] == [] && labels["/b"] == [] && labels["/o"] == ["own"])
  }
}
