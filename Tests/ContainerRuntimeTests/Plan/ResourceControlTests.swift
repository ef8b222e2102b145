import Foundation
import JSON
import Kernel
import OCI
import Testing

@testable import ContainerRuntime

/// `linux.intelRdt` against a folder in the place of the resctrl file system, which few machines have: the kernel makes
/// the files of a group with its folder, here the test does.
@Suite struct ResourceControlTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "resctrl-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder + "/prepared/mon_groups", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for place in ["", "/prepared"] {
      for name in ["tasks", "schemata"] { try Data().write(to: URL(filePath: folder + place + "/" + name)) }
    }
    try body(folder)
  }

  private func plan(_ root: String?, _ rdt: Spec.IntelRdt) throws -> Plan {
    var host = try machine()
    host.resourceControl = try root.map { try HostPath($0) }
    var spec = Spec.default(cgroupNamespace: true)
    spec.linux?.intelRdt = rdt
    return try Plan(id: "web", bundle: HostPath("/bundle"), spec: spec, host: host)
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  @Test func withoutTheFileSystemItIsRefused() throws {
    let error = #expect(throws: InvalidConfiguration.self) { try plan(nil, .init(closID: "c")) }
    #expect(
      error?.problems.map(\.description) == [
        "config.json.linux.intelRdt: Intel RDT is not enabled on this host: no resctrl file system is mounted"
      ])
  }

  @Test(arguments: [".", "..", "a/b", "/a"]) func namesAreChecked(name: String) throws {
    let error = #expect(throws: InvalidConfiguration.self) { try plan("/sys/fs/resctrl", .init(closID: name)) }
    #expect(error?.problems.first?.path == "config.json.linux.intelRdt.closID")
  }

  @Test func preparedClassIsJoinedAndStays() throws {
    try withFolder { folder in
      let decided = try #require(try plan(folder, .init(closID: "prepared")).resourceControl)
      var control = ResourceControl(decided)
      try control.apply(decided, to: 42)
      #expect(text(folder + "/prepared/tasks") == "42" && text(folder + "/prepared/schemata").isEmpty)
      try control.remove()
      #expect(FileManager.default.fileExists(atPath: folder + "/prepared"))
    }
  }

  @Test func missingClassIsRefusedWithoutSchemata() throws {
    try withFolder { folder in
      let decided = try #require(try plan(folder, .init(closID: "missing")).resourceControl)
      var control = ResourceControl(decided)
      let error = #expect(throws: SystemCallError.self) { try control.apply(decided, to: 42) }
      #expect(error?.description == "write \(folder)/missing/tasks: no such file or directory (ENOENT)")
    }
  }

  @Test func everySchemaIsWrittenAtOnce() throws {
    try withFolder { folder in
      let rdt = Spec.IntelRdt(
        closID: "prepared", schemata: ["L2:0=f"], l3CacheSchema: "L3:0=ff;1=c0\nMB:0=10", memBwSchema: "MB:0=20;1=70")
      let decided = try #require(try plan(folder, rdt).resourceControl)
      var control = ResourceControl(decided)
      try control.apply(decided, to: 42)
      #expect(text(folder + "/prepared/schemata") == "L2:0=f\nL3:0=ff;1=c0\nMB:0=20;1=70\n")
    }
  }

  @Test func rootIsAClassToo() throws {
    try withFolder { folder in
      let decided = try #require(try plan(folder, .init(closID: "/")).resourceControl)
      var control = ResourceControl(decided)
      try control.apply(decided, to: 7)
      #expect(text(folder + "/tasks") == "7")
    }
  }

  /// A class of the container's own and a group that counts: made, and gone with it.
  @Test func ownClassIsMadeAndRemoved() throws {
    try withFolder { folder in
      let decided = try #require(
        try plan(folder, .init(memBwSchema: "MB:0=20", enableMonitoring: true)).resourceControl)
      #expect(decided.group.string == folder + "/web" && decided.isOwn)
      #expect(decided.monitor?.string == folder + "/web/mon_groups/web")
      var control = ResourceControl(decided)
      // Without the kernel the folder is made and has no files: that is as far as it goes.
      #expect(throws: SystemCallError.self) { try control.apply(decided, to: 42) }
      #expect(FileManager.default.fileExists(atPath: folder + "/web") && control.ownsGroup)
      try control.remove()
      #expect(!FileManager.default.fileExists(atPath: folder + "/web"))
    }
  }

  @Test func monitoringGroupOfAPreparedClassIsTheContainers() throws {
    try withFolder { folder in
      let decided = try #require(
        try plan(folder, .init(closID: "prepared", enableMonitoring: true)).resourceControl)
      var control = ResourceControl(decided)
      #expect(throws: SystemCallError.self) { try control.apply(decided, to: 42) }
      let monitor = folder + "/prepared/mon_groups/web"
      #expect(FileManager.default.fileExists(atPath: monitor) && text(folder + "/prepared/tasks") == "42")
      try Data().write(to: URL(filePath: monitor + "/tasks"))
      try control.add(43)
      #expect(text(monitor + "/tasks") == "43")
      try FileManager.default.removeItem(atPath: monitor + "/tasks")
      try control.remove()
      #expect(!FileManager.default.fileExists(atPath: monitor))
      #expect(FileManager.default.fileExists(atPath: folder + "/prepared"))
    }
  }

  @Test func recordKeepsIt() throws {
    var record = Record(
      id: "a", phase: .created, bootID: "b", runtime: ProcessIdentity(pid: 5, startTime: 1), ociVersion: "1.3.0",
      bundle: "/b", rootfs: "/r", created: "now")
    record.resourceControl = ResourceControl(group: "/g", monitor: "/g/m", ownsGroup: true)
    #expect(try Record(json: record.json(), named: "state.json") == record)
  }
}
