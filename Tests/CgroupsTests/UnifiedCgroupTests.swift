import Cgroups
import Foundation
import Kernel
import OCI
import Testing

/// The code for a pure cgroup v2 tree on the tree that this host has, alone or beside v1.
@Suite(.enabled(if: ScratchCgroup.isPossible), .enabled(if: ScratchCgroup.hasUnified)) struct UnifiedCgroupTests {
  static func scratch() throws -> ScratchCgroup { try ScratchCgroup(unifiedOnly: true) }

  @Test func makesJoinsAndRemoves() throws {
    let scratch = try Self.scratch()
    #expect(scratch.layout.kind == .v2)
    let cgroup = try scratch.make(below: "a/b")
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    #expect(try cgroup.processes() == [sleeper.pid])
    #expect(try cgroup.openUnified() != nil)
    try cgroup.killAll()
    #expect(sleeper.endingSignal == SIGKILL)
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  /// The end of the last process is told by cgroup.events.
  @Test func waitsForTheEndOfProcesses() throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper("exec sleep 0.3")
    try cgroup.attach(sleeper.pid)
    let start = monotonicNanoseconds()
    try cgroup.remove()
    let milliseconds = (monotonicNanoseconds() - start) / 1_000_000
    #expect(milliseconds < 1500)
    #expect(scratch.leftovers.isEmpty)
    _ = sleeper
  }

  @Test func freezesAndThaws() throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    try cgroup.freeze()
    #expect(try cgroup.isFrozen())
    #expect(cgroup.path(of: "")?.appending("cgroup.events").text?.hasSuffix("frozen 1") == true)
    #expect(throws: CgroupError.self) { try scratch.plan().survey() }
    try cgroup.killAll()
    #expect(sleeper.endingSignal == SIGKILL)
    #expect(try !cgroup.isFrozen())
    // Nobody is in it, but it would stop whoever comes.
    try cgroup.freeze()
    #expect(throws: CgroupError.frozen(path: scratch.topFolders[0])) { try scratch.plan().survey() }
    try cgroup.thaw()
    #expect(try !cgroup.isFrozen())
    try cgroup.remove()
  }

  /// The kernel's verifier takes the program, and it decides as it should.
  @Test(
    arguments: [
      ([], ["/dev/null": true, "/dev/zero": true, "/dev/kmsg": false]),
      ([(true, "c", 1, 11, "rw")], ["/dev/null": true, "/dev/kmsg": true]),
      ([(true, "c", 1, 11, "w")], ["/dev/kmsg": false]),
      // A hole, which v1 cannot have.
      ([(true, "c", 1, nil, "rw"), (false, "c", 1, 11, "w")], ["/dev/kmsg": false, "/dev/null": true]),
      ([(true, nil, nil, nil, "rwm"), (false, "c", 1, 5, "r")], ["/dev/zero": false, "/dev/kmsg": true]),
    ] as [([(Bool, String?, Int64?, Int64?, String)], [String: Bool])])
  func devices(rules: [(Bool, String?, Int64?, Int64?, String)], expected: [String: Bool]) throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make(
      Spec.Resources(
        devices: rules.map { .init(allow: $0.0, type: $0.1, major: $0.2, minor: $0.3, access: $0.4) }))
    #expect(try cgroup.openUnified()?.devicePrograms().count == 1)
    for (device, isAllowed) in expected {
      let sleeper = try Sleeper("if : <> \(device); then exit 0; else exit 1; fi 2>/dev/null", in: scratch)
      try cgroup.attach(sleeper.pid)
      #expect((sleeper.endingStatus == 0) == isAllowed, "\(device)")
    }
    // Kept by an update, and replaced, not added to, by another start on the same place.
    #expect(try cgroup.update(Spec.Resources(unified: ["cgroup.max.depth": "5"])) == [])
    _ = try scratch.make()
    #expect(try cgroup.openUnified()?.devicePrograms().count == 1)
    try cgroup.remove()
  }

  @Test func unifiedFiles() throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make(
      Spec.Resources(unified: ["cgroup.max.depth": "3", "cgroup.max.descendants": "7"]))
    let folder = try #require(cgroup.path(of: ""))
    #expect(folder.appending("cgroup.max.depth").text == "3")
    #expect(folder.appending("cgroup.max.descendants").text == "7")
    let error = #expect(throws: CgroupError.self) {
      _ = try cgroup.update(Spec.Resources(unified: ["cgroup.max.depth": "5", "cgroup.max.descendants": "x"]))
    }
    #expect(error?.description.hasPrefix("linux.resources.unified[\"cgroup.max.descendants\"]: write \"x\" to") == true)
    #expect(folder.appending("cgroup.max.depth").text == "3")
    #expect(throws: CgroupError.self) { _ = try scratch.make(Spec.Resources(unified: ["cgroup.nonsense": "1"])) }
    try cgroup.remove()
  }

  @Test func refusesAThreadedPlace() throws {
    let scratch = try Self.scratch()
    let outer = try scratch.make()
    let inner = scratch.topFolders[0] + "/threads"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    try CgroupReservationTests.write("threaded", to: inner + "/cgroup.type")
    let error = #expect(throws: CgroupError.self) {
      let plan = try scratch.plan(below: "threads/web")
      _ = try CgroupReservation.make(plan, surveyed: plan.survey())
    }
    #expect(
      error
        == .property(
          "linux.cgroupsPath",
          problem:
            "\(inner)/web cannot hold a container: its type is \"domain invalid\", as a cgroup above it is threaded"))
    #expect(!FileManager.default.fileExists(atPath: inner + "/web"))
    try outer.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func findsWhereAProcessReallyIs() throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make()
    let inner = scratch.topFolders[0] + "/a/b"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let sleeper = try Sleeper()
    #expect(try cgroup.openUnified(ofProcess: sleeper.pid) == nil)
    try CgroupReservationTests.write("\(sleeper.pid)", to: inner + "/cgroup.procs")
    let found = try #require(try cgroup.openUnified(ofProcess: sleeper.pid)?.status().inode)
    #expect(try found == HostPath(inner).status().inode)
    sleeper.end()
    try cgroup.remove()
  }

  @Test(
    arguments: [
      (["sys", "fs", "cgroup", "own", "web"], ["own", "web"], []),
      (["sys", "fs", "cgroup", "own", "web"], ["own", "web", "x", "y"], ["x", "y"]),
      (["sys", "fs", "cgroup", "web"], ["web", "web"], ["web"]), (["c", "web"], ["other"], nil),
      (["c", "web"], [], nil),
      (["c", "web"], ["webs"], nil),
    ] as [([String], [String], [String]?)])
  func whatIsBelow(folder: [String], member: [String], below: [String]?) {
    #expect(Cgroup.below(folder, member) == below)
  }

  @Test func statisticsHavePressureAndProcesses() throws {
    let scratch = try Self.scratch()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    let statistics = try cgroup.statistics()
    #expect(statistics.tasks.current == 1)
    #expect(statistics.cpu.pressure != nil && statistics.memory.pressure != nil && statistics.blockIO.pressure != nil)
  }
}
