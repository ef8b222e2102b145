import Cgroups
import Kernel
import Testing

@Suite struct CgroupErrorTests {
  @Test(arguments: [
    (
      CgroupError.property("linux.resources.memory.limit", problem: "too much"),
      "linux.resources.memory.limit: too much"
    ),
    (
      .system(SystemCallError("mkdir", "/c/x", .noSpace), property: nil),
      "mkdir /c/x: no space left on device (ENOSPC)"
    ),
    (
      .system(SystemCallError("mkdir", "/c/x", .noSpace), property: "linux.cgroupsPath"),
      "linux.cgroupsPath: mkdir /c/x: no space left on device (ENOSPC)"
    ),
    (.noHierarchies("none"), "no usable cgroups: none"),
    (
      .notEmpty(path: "/c/x", processes: Array(1...12)),
      "container's cgroup is not empty: 12 process(es) found in /c/x: 1 2 3 4 5 6 7 8 9 10 …"
    ),
    (.frozen(path: "/c/x"), "container's cgroup unexpectedly frozen: /c/x"),
    (.busy(path: "/c/x", processes: []), "cannot remove cgroup /c/x: it is busy, although no process is seen in it"),
    (.busy(path: "/c/x", processes: [3, 4]), "cannot remove cgroup /c/x: 2 process(es) still in it: 3 4"),
    (.timedOut(path: "/c/x", state: "frozen", milliseconds: 2000), "cgroup /c/x was not frozen within 2000 ms"),
    (.malformed(path: "/c/x", problem: "odd"), "/c/x: odd"),
    (
      .notRestored(cause: "first", property: "cpu.shares"),
      "first; the limit of cpu.shares that was there before could not be restored"
    ),
  ])
  func texts(error: CgroupError, text: String) { #expect(error.description == text) }
}
