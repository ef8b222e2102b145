import Cgroups
import Foundation
import Kernel
import OCI
import Testing

@Suite(.enabled(if: ScratchCgroup.isPossible), .enabled(if: ScratchCgroup.hasMemory)) struct MemoryEventsTests {
  @Test func tellsOfMemoryThatRanOutAndOfTheEnd() throws {
    let scratch = try ScratchCgroup()
    let cgroup = try scratch.make(Spec.Resources(memory: .init(limit: 8 << 20, swap: 8 << 20)))
    var events = try cgroup.memoryEvents()
    #expect(try events.read() == MemoryEvents.Reading())
    #expect(try cgroup.outOfMemoryKills() == 0)
    let sleeper = try Sleeper("a=$(head -c 50000000 /dev/zero | tr '\\0' x); sleep 600", in: scratch)
    try cgroup.attach(sleeper.pid)
    var sawOutOfMemory = false
    while !sawOutOfMemory {
      let seen = try poll(events.waitsFor, timeout: 10_000)
      try #require(seen.contains { !$0.isEmpty }, "nothing for 10 s")
      sawOutOfMemory = try events.read().outOfMemory
    }
    let deadline = monotonicNanoseconds() + 5_000_000_000
    while try cgroup.outOfMemoryKills() == 0, monotonicNanoseconds() < deadline { usleep(10_000) }
    #expect(try cgroup.outOfMemoryKills() ?? 0 > 0)
    #expect(try cgroup.memoryPeak() ?? 0 > 7 << 20)
    try cgroup.killAll()
    sleeper.end()
    try cgroup.remove()
    var ended = false
    while !ended {
      let seen = try poll(events.waitsFor, timeout: 10_000)
      try #require(seen.contains { !$0.isEmpty }, "nothing for 10 s")
      ended = try events.read().ended
    }
  }

  @Test func withoutAMemoryControllerThereAreNone() throws {
    let cgroup = try Cgroup(CgroupRecord(folders: [.init(hierarchy: "cpu", path: "/sys/fs/cgroup/cpu/nowhere")]))
    let error = #expect(throws: CgroupError.self) { _ = try cgroup.memoryEvents() }
    #expect(
      error?.description
        == "no usable cgroups: the controller \"memory\" is not there, which tells when memory runs out")
    #expect(try cgroup.outOfMemoryKills() == nil)
  }
}
