import Cgroups
import Foundation
import Kernel
import OCI
import Testing

@Suite(.enabled(if: ScratchCgroup.isPossible)) struct CgroupReservationTests {
  @Test func makesAFolderInEveryHierarchyAndRemovesThem() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    #expect(cgroup.record.folders.map { $0.path } == scratch.topFolders)
    #expect(scratch.topFolders.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(cgroup.exists)
    try cgroup.remove()
    #expect(!scratch.topFolders.contains { FileManager.default.fileExists(atPath: $0) })
    #expect(!cgroup.exists)
    try cgroup.remove()
  }

  @Test func leavesNothingWithoutCommit() throws {
    let scratch = try ScratchCgroup()
    let plan = try scratch.plan(below: "a/b")
    do {
      let reservation = try CgroupReservation.make(plan, surveyed: plan.survey())
      #expect(try reservation.cgroup().exists)
    }
    #expect(!scratch.topFolders.contains { FileManager.default.fileExists(atPath: $0) })
  }

  @Test func refusesACgroupWithProcesses() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make()
    let sleeper = try Sleeper()
    try cgroup.attach(sleeper.pid)
    #expect(try cgroup.processes() == [sleeper.pid])
    let error = #expect(throws: CgroupError.self) { try scratch.plan().survey() }
    let folder = scratch.topFolders[0]
    #expect(
      error?.description
        == "container's cgroup is not empty: 1 process(es) found in \(folder): \(sleeper.pid)")
    sleeper.end()
    #expect(try scratch.plan().survey() == cgroup.record)
    try cgroup.remove()
  }
}
