import Foundation
import Testing

/// What a kernel has for cgroups that few machines mount.
private enum Controllers {
  private static let table = readText("/proc/cgroups").split(separator: "\n").map { line in
    line.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Built in, and in no v1 hierarchy.
  static func isFree(_ name: String) -> Bool { table.contains { $0.first == name && $0[1] == "0" } }

  /// A hierarchy is made in the first cgroup namespace only (PROC_CGROUP_INIT_INO of linux/proc_ns.h).
  static let isHostsNamespace =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/cgroup")) == "cgroup:[4026531835]"

  /// Where a cgroup v2 tree offers huge pages.
  static let hasHugePages =
    HostCgroups.layout != .v1
    && readText("/sys/fs/cgroup\(HostCgroups.isPure ? "" : "/unified")/cgroup.controllers")
      .split(whereSeparator: \.isWhitespace).contains("hugetlb")

  /// As the names of files have them, such as `2MB`.
  static let pageSizes: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: "/sys/kernel/mm/hugepages")) ?? [])
    .compactMap { name in
      guard let kilobytes = Int(name.dropFirst("hugepages-".count).dropLast("kB".count)) else { return nil }
      return kilobytes >= 1 << 20
        ? "\(kilobytes >> 20)GB" : kilobytes >= 1 << 10 ? "\(kilobytes >> 10)MB" : "\(kilobytes)KB"
    }
}

/// linux.resources of controllers that are not in everybody's hierarchies: huge pages in a cgroup v2 tree, classes and
/// priorities of traffic in a v1 hierarchy that the test mounts for itself.
@Suite(.scratch) struct ControllerTests {
  /// Both what a process uses and what it reserves (config-linux.md, "Huge page limits").
  @Test(.enabled(if: Controllers.hasHugePages, "the kernel's cgroup v2 tree has no hugetlb controller"))
  func hugePageLimitsReachTheirFiles() throws {
    let sizes = Controllers.pageSizes
    try #require(!sizes.isEmpty)
    let container = try Container { config in
      config["linux.resources.hugepageLimits"] = .array(
        sizes.map { ["pageSize": .string($0), "limit": 4_294_967_296] })
    }
    try container.runDetached()
    let folder = try container.folder(of: "")
    for size in sizes {
      #expect(readText("\(folder)/hugetlb.\(size).max") == "4294967296\n", "\(size)")
      #expect(readText("\(folder)/hugetlb.\(size).rsvd.max") == "4294967296\n", "\(size)")
    }
  }

  @Test(
    .enabled(
      if: Controllers.isFree("net_cls") && Controllers.isFree("net_prio") && Controllers.isHostsNamespace,
      "the kernel has no controllers of traffic that are free for a v1 hierarchy, or lets none be made here"))
  func classAndPrioritiesOfTrafficReachTheirFiles() throws {
    let scratch = try Scratch.current
    let place = "/run/traffic"
    // Hierarchies are everybody's, their mounts are not. One whose last cgroup has gone a moment ago outlives its mount
    // and is taken down with the next one.
    let end = """
      for i in 1 2 3 4 5 6 7 8 9 10; do
        umount \(place); sleep 0.1
        grep -q '^net_cls[[:space:]]*0' /proc/cgroups && exit 0
        mount -t cgroup -o net_cls,net_prio traffic \(place)
      done; umount \(place); exit 1
      """
    try scratch.run(
      ["/bin/sh", "-c", "mkdir \(place) && mount -t cgroup -o net_cls,net_prio traffic \(place)"]
    ).succeed()
    let container = try Container {
      $0["linux.resources.network"] = ["classID": 1_048_577, "priorities": [["name": "lo", "priority": 7]]]
    }
    do {
      try container.runDetached()
      let folder = "\(place)/\(container.id)"
      #expect(try scratch.run(["/bin/cat", folder + "/net_cls.classid"]).stdout == "1048577\n")
      #expect(try scratch.run(["/bin/cat", folder + "/net_prio.ifpriomap"]).lines.contains("lo 7"))
      #expect(try scratch.run(["/bin/cat", folder + "/tasks"]).lines.contains("\(container.pid)"))
      try container.delete("--force").succeed()
      #expect(try scratch.run(["/bin/ls", "-d", folder]).status != 0)
    } catch {
      try scratch.run(["/bin/sh", "-c", end]).succeed()
      throw error
    }
    try scratch.run(["/bin/sh", "-c", end]).succeed()
  }
}
