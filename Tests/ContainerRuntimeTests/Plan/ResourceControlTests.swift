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

  /// `update`: the kernel names below `info` what it can divide.
  @Test func updateIsRefusedInTheWordsOfRunc() throws {
    try withFolder { folder in
      let mount = try HostPath(folder)
      let cache = ResourceControlUpdate(l3CacheSchema: "L3:0=f", memBwSchema: "")
      let bandwidth = ResourceControlUpdate(l3CacheSchema: nil, memBwSchema: "MB:0=20")
      for place in [nil, mount] {
        #expect(cache.refusal(place) == "Intel RDT/CAT: l3 cache schema is not enabled")
        #expect(bandwidth.refusal(place) == "Intel RDT/MBA: memory bandwidth schema is not enabled")
      }
      for name in ["L3CODE", "MB"] {
        try FileManager.default.createDirectory(atPath: "\(folder)/info/\(name)", withIntermediateDirectories: true)
      }
      #expect(cache.refusal(mount) == nil && bandwidth.refusal(mount) == nil)
      #expect(!cache.isEmpty && ResourceControlUpdate(l3CacheSchema: "", memBwSchema: nil).isEmpty)
      #expect(
        bandwidth.applied(to: Spec.IntelRdt(closID: "c", l3CacheSchema: "L3:0=1", memBwSchema: "MB:0=10"))
          == Spec.IntelRdt(closID: "c", l3CacheSchema: "L3:0=1", memBwSchema: "MB:0=20"))
    }
  }

  @Test func updateChangesTheClassAndTakesItBack() throws {
    try withFolder { folder in
      let current = ResourceControl(group: folder + "/prepared", monitor: nil, ownsGroup: false)
      try Data("L3:0=f\n".utf8).write(to: URL(filePath: folder + "/prepared/schemata"))
      let update = ResourceControlUpdate(l3CacheSchema: "L3:0=3\nMB:0=5", memBwSchema: "MB:0=70")
      let change = try ResourceControl.change(
        current, to: update.lines, id: "web", in: HostPath(folder), processes: [42])
      #expect(text(folder + "/prepared/schemata") == "L3:0=3\nMB:0=70\n" && change.control == current)
      #expect(text(folder + "/prepared/tasks").isEmpty)
      try change.takeBack()
      #expect(text(folder + "/prepared/schemata").hasPrefix("L3:0=f\n"))
    }
  }

  /// A container without a class gets one; without the kernel its folder has no files, so that is taken back.
  @Test func updateMakesAClass() throws {
    try withFolder { folder in
      #expect(throws: SystemCallError.self) {
        try ResourceControl.change(nil, to: ["L3:0=3"], id: "web", in: HostPath(folder), processes: [42])
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/web"))
      // As if the kernel had made the files with the folder; the folder is then somebody else's.
      try FileManager.default.createDirectory(atPath: folder + "/web", withIntermediateDirectories: false)
      for name in ["tasks", "schemata"] { try Data().write(to: URL(filePath: folder + "/web/" + name)) }
      let change = try ResourceControl.change(nil, to: ["L3:0=3"], id: "web", in: HostPath(folder), processes: [42])
      #expect(text(folder + "/web/schemata") == "L3:0=3\n" && text(folder + "/web/tasks") == "42")
      #expect(change.control == ResourceControl(group: folder + "/web", monitor: nil, ownsGroup: false))
    }
  }

  /// What `delete --force` finds without a record.
  @Test(
    arguments: [
      (nil, true, true), (.init(), true, true), (.init(closID: "prepared"), false, true),
      (.init(closID: "/"), false, false),
      (.init(closID: "../prepared"), false, false),
    ] as [(Spec.IntelRdt?, Bool, Bool)])
  func remainsAreRemoved(rdt: Spec.IntelRdt?, removesClass: Bool, removesMonitor: Bool) throws {
    try withFolder { folder in
      let own = rdt?.closID == nil ? folder + "/web" : folder + "/prepared"
      try FileManager.default.createDirectory(atPath: own + "/mon_groups/web", withIntermediateDirectories: true)
      if own.hasSuffix("web") {
        // The kernel removes the folder of the monitoring groups with its class.
        try FileManager.default.removeItem(atPath: own + "/mon_groups")
      }
      try ResourceControl.removeRemains(of: "web", rdt, in: HostPath(folder))
      #expect(FileManager.default.fileExists(atPath: own) == !removesClass)
      #expect(FileManager.default.fileExists(atPath: own + "/mon_groups/web") == !removesMonitor)
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
