import Foundation
import Glibc
import Testing

/// What the rules of a cgroup v2 tree mean for a container (cgroups(7), Documentation/admin-guide/cgroup-v2.rst).
@Suite(.scratch, .enabled(if: HostCgroups.isPure, "hierarchies of v1 have other rules")) struct UnifiedTests {
  private func words(in file: String) -> Set<String> {
    Set(readText(file).split { " \n".contains($0) }.map(String.init))
  }

  /// A folder beside the container's own.
  private func makeFolder(_ name: String) throws -> String {
    let folder = HostCgroups.path("", name)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    return folder
  }

  /// Every folder on the way gives what the tree has, and the container's own gives nothing: that is left to it.
  @Test(.placeByPath) func controllersAreGivenDownThePath() throws {
    let container = try Container()
    try container.edit { $0["linux.cgroupsPath"] = .string("/\(container.id)-parent/child") }
    try container.runDetached()
    let parent = HostCgroups.path("", "\(container.id)-parent")
    #expect(words(in: parent + "/cgroup.subtree_control") == HostCgroups.controllers)
    #expect(words(in: parent + "/child/cgroup.controllers") == HostCgroups.controllers)
    #expect(words(in: parent + "/child/cgroup.subtree_control") == [])
    #expect(readText(parent + "/child/cgroup.type") == "domain\n")
  }

  /// A cgroup that holds processes gives no controllers to those below it.
  @Test(.placeByPath, .controllers("pids")) func placeBelowProcessesTakesNoLimits() throws {
    let container = try Container { $0["linux.resources.pids"] = ["limit": 10] }
    let folder = try makeFolder("\(container.id)-full")
    let holder = try container.scratch.start(["/bin/sh", "-c", "echo $$ >\(folder)/cgroup.procs; exec sleep 1000"])
    #expect(eventually { !readText(folder + "/cgroup.procs").isEmpty })
    try container.edit { $0["linux.cgroupsPath"] = .string("/\(container.id)-full/child") }
    let output = try container.scratch.run(container.words("run"))
    try container.expectRefusal(
      of: output, saying: "linux.resources.pids.limit", "there are processes in a cgroup above it",
      leavesNothing: false)
    #expect(!fileExists(folder + "/child"))
    #expect(readText(folder + "/cgroup.type") == "domain\n")
    holder.signal(SIGKILL)
    _ = try holder.wait()
    unsafe rmdir(folder)
  }

  @Test(.placeByPath) func threadedPlaceIsRefused() throws {
    let container = try Container()
    let folder = try makeFolder("\(container.id)-threads")
    defer { unsafe rmdir(folder) }
    let inner = folder + "/inner"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    defer { unsafe rmdir(inner) }
    try Data("threaded".utf8).write(to: URL(filePath: inner + "/cgroup.type"))
    try container.edit { $0["linux.cgroupsPath"] = .string("/\(container.id)-threads/inner/child") }
    try container.expectRefusal(
      of: container.scratch.run(container.words("run")), saying: "linux.cgroupsPath", "\"domain invalid\"",
      leavesNothing: false)
    #expect(!fileExists(inner + "/child"))
  }

  /// The process begins in its cgroup: nobody moves it there.
  @Test func processIsClonedIntoItsCgroup() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let log = container.scratch.path("strace")
    let trace = ["/usr/bin/strace", "-f", "-s", "64", "-e", "trace=clone3,openat", "-o", log]
    try container.scratch.run(trace + container.words("run")).succeed()
    let text = readText(log)
    #expect(text.contains("CLONE_INTO_CGROUP"))
    #expect(!text.contains("cgroup.procs\", O_WRONLY"))
  }

  /// What the configuration writes by the names of the kernel's files has the last word.
  @Test(.controllers("memory")) func unifiedIsWrittenLast() throws {
    let container = try Container {
      $0["linux.resources.memory"] = ["limit": 67_108_864]
      $0["linux.resources.unified"] = ["memory.max": "33554432", "memory.high": "16777216"]
    }
    try container.runDetached()
    try container.expect(.memory(33_554_432), .both("memory", "memory.high", "16777216"))
  }

  @Test(arguments: [
    ("nonsense.max", "the controller \"nonsense\" is not available in this cgroup v2 tree"),
    ("cgroup.nonsense", "cgroup.nonsense"),
  ])
  func unknownUnifiedFileIsRefused(file: String, problem: String) throws {
    try Container { $0["linux.resources.unified"] = .object([file: "1"]) }
      .expectRefusal(saying: "linux.resources.unified[\"\(file)\"]", problem)
  }

  /// With memory.oom.group all processes of the container go together.
  @Test(.controllers("memory")) func lackOfMemoryEndsTheGroup() throws {
    let container = try Container {
      $0["linux.resources.memory"] = ["limit": 16_777_216, "swap": 16_777_216]
      $0["linux.resources.unified"] = ["memory.oom.group": "1"]
    }
    try container.runDetached("tail -c 90000000 /dev/zero & while :; do sleep 1; done")
    #expect(try container.becomes("stopped"))
  }

  /// The kernel tells when the last process is gone, and nobody asks meanwhile.
  @Test func deletionWaitsForTheKernelsWord() throws {
    let container = try Container()
    try container.runDetached()
    let log = container.scratch.path("strace")
    let trace = ["/usr/bin/strace", "-f", "-e", "trace=rmdir,poll,ppoll,nanosleep,clock_nanosleep", "-o", log]
    try container.scratch.run(trace + container.words("delete", ["--force"])).succeed()
    let text = readText(log)
    #expect(!text.contains("nanosleep"))
    #expect(text.split(separator: "\n").filter { $0.contains("rmdir") && $0.contains("EBUSY") }.count <= 2)
  }
}
