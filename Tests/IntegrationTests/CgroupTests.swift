import Foundation
import Glibc
import Testing

/// One cgroup in every hierarchy of the machine: made, joined, removed.
@Suite(.scratch) struct CgroupTests {
  @Test func everyHierarchyIsJoined() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let folders = try HostCgroups.folders(of: pid, on: container.scratch)
    #expect(folders.count == HostCgroups.memberships(of: "self").count)
    for folder in folders {
      #expect(folder.hasSuffix("/" + Driver.cgroupName(of: container.id)))
      #expect(readText(folder + "/cgroup.procs").split(separator: "\n").contains("\(pid)"), "\(folder)")
    }
  }

  @Test func createdContainerIsInItsCgroupsAlready() throws {
    let container = try Container()
    try container.createSleeping()
    for folder in try HostCgroups.folders(of: container.pid, on: container.scratch) {
      #expect(folder.hasSuffix("/" + Driver.cgroupName(of: container.id)))
    }
  }

  @Test func deleteRemovesThemAll() throws {
    let container = try Container()
    try container.runDetached()
    let folders = try HostCgroups.folders(of: container.pid, on: container.scratch)
    #expect(folders.allSatisfy(fileExists))
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
    #expect(folders.filter(fileExists).isEmpty)
  }

  @Test func foregroundRunRemovesThemAll() throws {
    let container = try Container()
    try container.run("true").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test func containerSeesItselfAtTheRoot() throws {
    let container = try Container { $0.addCgroupNamespace() }
    let lines = try container.run("cat /proc/self/cgroup").succeed().lines
    #expect(lines.allSatisfy { $0.hasSuffix(":/") }, "\(lines)")
  }

  @Test(.placeByPath, arguments: ["/", ""]) func cgroupsPathIsTheConfigs(prefix: String) throws {
    let container = try Container()
    try container.edit { $0["linux.cgroupsPath"] = .string("\(prefix)\(container.id)-parent/child") }
    try container.runDetached()
    for folder in try HostCgroups.folders(of: container.pid, on: container.scratch) {
      #expect(folder.hasSuffix("/\(container.id)-parent/child"))
    }
    #expect(try container.state()["status"] == "running")
  }

  /// D5: the parents that were made for the container go with it; what was there before stays.
  @Test(.placeByPath) func onlyTheParentsThatWereMadeAreRemoved() throws {
    let container = try Container()
    let existing = HostCgroups.path("pids", "\(container.id)-existing")
    try FileManager.default.createDirectory(atPath: existing, withIntermediateDirectories: false)
    defer { unsafe rmdir(existing) }
    try container.edit { $0["linux.cgroupsPath"] = .string("/\(container.id)-existing/made/child") }
    try container.run("true").succeed()
    #expect(try container.scratch.remains(of: container.id) == ["cgroup \(existing)"])
  }

  /// D6: a path that climbs stays below the root of the hierarchies.
  @Test(.placeByPath) func climbingPathIsContained() throws {
    let container = try Container()
    try container.edit { $0["linux.cgroupsPath"] = .string("../../../\(container.id)-climber") }
    let output = try container.scratch.run(container.words("run", ["--detach"]))
    if output.status != 0 {
      try container.expectRefusal(of: output)
    } else {
      for folder in try HostCgroups.folders(of: container.pid, on: container.scratch) {
        #expect(folder.hasPrefix("/sys/fs/cgroup/") && !folder.contains("/.."))
      }
    }
  }

  /// D6: the root cgroup itself is never taken for a container.
  @Test(arguments: ["/", "/.", "//"]) func rootIsRefused(path: String) throws {
    try Container { $0["linux.cgroupsPath"] = .string(path) }.expectRefusal(saying: "cgroupsPath")
  }

  /// D6: a cgroup with processes of someone else is not joined, and a failed create leaves it alone.
  @Test(.placeByPath) func cgroupWithProcessesIsRefused() throws {
    let first = try Container()
    try first.edit { $0["linux.cgroupsPath"] = .string("/\(first.id)-shared") }
    try first.runDetached()
    let second = try Container()
    try second.edit { $0["linux.cgroupsPath"] = .string("/\(first.id)-shared") }
    try second.expectRefusal()
    #expect(try first.status == "running")
  }

  /// D6: a frozen cgroup is refused up front, since a process that joins it would hang.
  @Test(.placeByPath) func frozenCgroupIsRefused() throws {
    let container = try Container()
    let folder = HostCgroups.path("freezer", "\(container.id)-frozen")
    let freezer = HostCgroups.freezer
    let file = URL(filePath: "\(folder)/\(freezer.file)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try Data(freezer.frozen.utf8).write(to: file)
    try container.edit { $0["linux.cgroupsPath"] = .string("/\(container.id)-frozen") }
    let output = try container.scratch.run(container.words("run"))
    try Data(freezer.thawed.utf8).write(to: file)
    unsafe rmdir(folder)
    try container.expectRefusal(of: output, saying: "frozen")
  }

  /// D5: cgroups that the container made inside its own are removed, deepest first.
  @Test(.root("the test makes the cgroups inside")) func nestedCgroupsAreRemoved() throws {
    let container = try Container()
    try container.runDetached()
    let folder = try container.folder(of: "pids")
    try FileManager.default.createDirectory(atPath: folder + "/a/b/c", withIntermediateDirectories: true)
    try container.delete("--force").succeed()
    #expect(!fileExists(folder))
  }
}
