import Cgroups
import Foundation
import Kernel
import OCI
import Testing

@Suite(.enabled(if: ScratchCgroup.isPossible)) struct CgroupLifeTests {
  /// A thread stands in for the child: it is all that moves.
  @Test(.disabled(if: ScratchCgroup.isUnifiedOnly)) func aThreadEntersByItself() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let back = try Cgroup(
      CgroupRecord(
        folders: scratch.layout.hierarchies.map { hierarchy in
          CgroupRecord.Folder(
            hierarchy: hierarchy.name,
            path: ([hierarchy.mountPoint.string] + hierarchy.ownComponents).joined(separator: "/"))
        }))
    let seen = Box()
    let thread = Thread {
      do {
        let entrance = try cgroup.openEntrance()
        try entrance.enter()
        seen.text = try HostPath("/proc/thread-self/cgroup").readText()
        try back.openEntrance().enter()
      } catch {
        seen.text = "\(error)"
      }
      seen.done.signal()
    }
    thread.start()
    seen.done.wait()
    let lines = seen.text.split(separator: "\n").map(String.init)
    #expect(!lines.isEmpty)
    for line in lines {
      let entered = line.hasSuffix("/" + scratch.name)
      #expect(entered == !line.hasPrefix("0::"), "\(line)")
    }
    try cgroup.remove()
  }

  final class Box: @unchecked Sendable {
    var text = ""
    let done = DispatchSemaphore(value: 0)
  }

  @Test func aFailedEntryNamesTheFile() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    try cgroup.remove()
    let error = #expect(throws: CgroupError.self) { _ = try cgroup.openEntrance(unified: true) }
    #expect(error?.description.hasPrefix("open \(scratch.topFolders[0])/") == true)
    #expect(error?.description.hasSuffix("no such file or directory (ENOENT)") == true)
    #expect(throws: CgroupError.self) { try cgroup.attach(1) }
  }

  @Test func removesWhatTheContainerMadeBelow() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    for folder in scratch.topFolders {
      try FileManager.default.createDirectory(atPath: folder + "/x/y/z", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: folder + "/w", withIntermediateDirectories: true)
    }
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func waitsForProcessesThatAreEnding() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper("exec sleep 0.3")
    try cgroup.attach(sleeper.pid)
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func tellsWhoKeepsTheCgroupBusy() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    let start = monotonicNanoseconds()
    let error = #expect(throws: CgroupError.self) { try cgroup.remove() }
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    #expect(
      error?.description
        == "cannot remove cgroup \(scratch.topFolders[0]): 1 process(es) still in it: \(sleeper.pid)")
    #expect(seconds >= 2 && seconds < 4)
    sleeper.end()
    try cgroup.remove()
    #expect(scratch.leftovers.isEmpty)
  }

  @Test(arguments: [false, true]) func killsEverything(frozen: Bool) throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper("for i in 1 2 3 4 5; do sleep 600 & done; wait", in: scratch)
    try cgroup.attach(sleeper.pid)
    let deadline = monotonicNanoseconds() + 5_000_000_000
    while try cgroup.processes().count < 6, monotonicNanoseconds() < deadline { usleep(10_000) }
    #expect(try cgroup.processes().count == 6)
    if frozen { try cgroup.freeze() }
    let start = monotonicNanoseconds()
    try cgroup.killAll()
    #expect(sleeper.endingSignal == SIGKILL)
    try cgroup.remove()
    #expect(monotonicNanoseconds() - start < 1_500_000_000)
    #expect(scratch.leftovers.isEmpty)
  }

  @Test func anotherSignalLeavesAPauseAsItWas() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    try cgroup.freeze()
    try cgroup.killAll(SIGTERM)
    #expect(try cgroup.isFrozen())
    // Freezing of cgroup v2 lets signals through that end a process.
    if !ScratchCgroup.isUnifiedOnly { #expect(sleeper.isRunning) }
    try cgroup.thaw()
    #expect(sleeper.endingSignal == SIGTERM)
    try cgroup.remove()
  }

  @Test func aCgroupThatIsGoneHoldsNothing() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    try cgroup.remove()
    #expect(try cgroup.processes().isEmpty && cgroup.processesEverywhere().isEmpty)
    #expect(try !cgroup.isFrozen())
    try cgroup.thaw()
    try cgroup.killAll()
    #expect(try cgroup.outOfMemoryKills() == nil)
    #expect(try cgroup.statistics().cpu == CgroupStatistics.CPU())
  }

  @Test(arguments: [
    ("", "the path is empty"), ("relative/x", "it is no absolute path of a cgroup"),
    ("/", "it is no absolute path of a cgroup"), ("/sys", "it is no absolute path of a cgroup"),
    ("/sys/fs/cgroup/memory/../../x", "it is no absolute path of a cgroup"),
    ("/sys/\0", "the path contains a NUL character"),
  ])
  func aDamagedRecordLeadsNowhere(path: String, problem: String) {
    let record = CgroupRecord(folders: [CgroupRecord.Folder(hierarchy: "memory", path: path)])
    #expect(throws: CgroupError.malformed(path: path, problem: problem)) { try Cgroup(record) }
    #expect(throws: CgroupError.malformed(path: path, problem: problem)) {
      try Cgroup(CgroupRecord(folders: [], parents: [path]))
    }
  }

  @Test func aCgroupBelowDoesNotLeadOut() throws {
    let cgroup = try Cgroup(
      CgroupRecord(folders: [CgroupRecord.Folder(hierarchy: "memory", path: "/sys/fs/cgroup/memory/web")]))
    #expect(try cgroup.descending(into: "a/../../../b").path(of: "memory")?.string == "/sys/fs/cgroup/memory/web/b")
    #expect(try cgroup.descending(into: "/").path(of: "memory")?.string == "/sys/fs/cgroup/memory/web")
  }
}
