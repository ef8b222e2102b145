import Foundation
import Testing

/// The cgroups of the machine that runs the tests: they ask which file of which hierarchy tells what they look for.
enum HostCgroups {
  enum Layout: Sendable { case v1, hybrid, pure }

  static let layout: Layout =
    fileExists("/sys/fs/cgroup/cgroup.controllers")
    ? .pure : fileExists("/sys/fs/cgroup/unified/cgroup.controllers") ? .hybrid : .v1

  /// Whether a cgroup v2 tree is all that this machine has mounted.
  static var isPure: Bool { layout == .pure }

  /// The controllers that the machine can give to a container, of all hierarchies.
  static let controllers: Set<String> = {
    let unified = readText("/sys/fs/cgroup\(isPure ? "" : "/unified")/cgroup.controllers")
    let lines = isPure ? [] : readText("/proc/self/cgroup").split(separator: "\n")
    let names = lines.flatMap { $0.split(separator: ":", omittingEmptySubsequences: false)[1].split(separator: ",") }
    return Set((names + unified.split { " \n".contains($0) }).map(String.init))
  }()

  static func has(_ names: [String]) -> Bool { controllers.isSuperset(of: names) }

  /// A folder from the root of the hierarchy of a controller.
  static func path(_ controller: String, _ components: String) -> String {
    "/sys/fs/cgroup/\(isPure ? "" : controller.isEmpty ? "unified/" : controller + "/")\(components)"
  }

  /// What freezes a cgroup, what lets it go on, and the file that takes it.
  static var freezer: (file: String, frozen: String, thawed: String) {
    isPure ? ("cgroup.freeze", "1", "0") : ("freezer.state", "FROZEN", "THAWED")
  }

  /// The lines of /proc/PID/cgroup whose hierarchies the machine has mounted: a test may have one for itself
  /// (ControllerTests).
  static func memberships(of pid: String) -> [Substring] {
    let mounted = Set(
      readText("/proc/self/mountinfo").split(separator: "\n").compactMap { MountInfo(line: String($0)) }
        .filter { $0.type == "cgroup" }.flatMap(\.superOptions))
    return readText("/proc/\(pid)/cgroup").split(separator: "\n").filter { line in
      if line.hasPrefix("0::") { return layout != .v1 }
      let names = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)[1].split(separator: ",")
      return layout != .pure && names.allSatisfy { mounted.contains(String($0)) }
    }
  }

  /// The folders of a process in all hierarchies, by /proc/PID/cgroup and the mounts of the host.
  static func folders(of pid: pid_t, on scratch: Scratch) throws -> [String] {
    let mounts = scratch.mounts.mounts.compactMap(MountInfo.init(line:))
    return try memberships(of: "\(pid)").map { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      let mount = mounts.last { mount in
        mount.mountPoint.hasPrefix("/sys/fs/cgroup")
          && (fields[1].isEmpty ? mount.type == "cgroup2" : mount.superOptions.contains(fields[1]))
      }
      return try #require(mount, "\(line)").mountPoint + fields[2]
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// A test that sets limits of controllers, which not every cgroup v2 tree has.
  static func controllers(_ names: String...) -> Self {
    .enabled(if: HostCgroups.has(names), "the machine's cgroups lack a controller of \(names.joined(separator: ", "))")
  }

  /// What only the hierarchies of v1 have.
  static var v1Hierarchies: Self { .enabled(if: !HostCgroups.isPure, "cgroup v2 has nothing of the kind") }

  /// What needs the cgroup v2 tree, alone or beside v1.
  static var unifiedHierarchy: Self {
    .enabled(if: HostCgroups.layout != .v1, "no cgroup v2 tree is mounted")
  }
}

extension Container {
  /// The folder of the container's first process in the v1 hierarchy of a controller, or in the cgroup v2 tree where
  /// that is all there is. An empty name asks for the cgroup v2 tree.
  func folder(of controller: String) throws -> String {
    let pid = try pid
    let memberships = HostCgroups.memberships(of: "\(pid)")
    for line in memberships {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      let names = parts[1].split(separator: ",").map(String.init)
      if HostCgroups.isPure || names.contains(controller) || parts[1] == controller {
        return HostCgroups.path(controller, String(parts[2].dropFirst()))
      }
    }
    throw TestSetupProblem("no hierarchy with \(controller) among those of process \(pid): \(memberships)")
  }

  /// The trimmed text of a file there.
  func text(of file: String, _ controller: String) throws -> String {
    readText("\(try folder(of: controller))/\(file)").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Expects that a limit is in force.
  func expect(_ limits: HostLimit..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    for limit in limits {
      let (file, wanted) = limit.onHost
      let text = try text(of: file, limit.controller)
      #expect(text == wanted, "\(file)", sourceLocation: sourceLocation)
    }
  }
}

extension Container {
  /// The rules for devices as the kernel has them: a list on v1, the number of the one program in a cgroup v2 tree.
  func deviceRules() throws -> String {
    if !HostCgroups.isPure { return try text(of: "devices.list", "devices") }
    let folder = try folder(of: "devices")
    let words = ["/usr/bin/env", "python3", "-c", DevicePrograms.query, folder]
    let numbers = try scratch.run(words).succeed().lines
    #expect(numbers.count == 1, "\(numbers)")
    return numbers.joined(separator: " ")
  }
}

private enum DevicePrograms {
  /// Prints the number of each program for devices of a cgroup: bpf(2), BPF_PROG_QUERY for BPF_CGROUP_DEVICE.
  static let query = """
    import ctypes, os, struct, sys
    ids = (ctypes.c_uint32 * 64)()
    folder = os.open(sys.argv[1], os.O_RDONLY)
    query = ctypes.create_string_buffer(
        struct.pack("=IIIIQII", folder, 6, 0, 0, ctypes.addressof(ids), 64, 0) + bytes(64))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(321 if os.uname().machine == "x86_64" else 280, 16, query, 64) < 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    for number in ids[:struct.unpack_from("=I", query.raw, 24)[0]]: print(number)
    """
}

/// A limit, by the file and the text that stand for it on hierarchies of v1 and in a cgroup v2 tree.
struct HostLimit: Sendable {
  typealias Place = (file: String, text: String)
  let controller: String
  let v1: Place
  let v2: Place

  var onHost: Place { HostCgroups.isPure ? v2 : v1 }

  static func pids(_ limit: Int) -> Self {
    let text = limit < 0 ? "max" : "\(limit)"
    return Self(controller: "pids", v1: ("pids.max", text), v2: ("pids.max", text))
  }

  /// Bytes; -1 is no limit.
  static func memory(_ limit: Int) -> Self {
    Self(
      controller: "memory", v1: ("memory.limit_in_bytes", limit < 0 ? "9223372036854771712" : "\(limit)"),
      v2: ("memory.max", limit < 0 ? "max" : "\(limit)"))
  }

  static func reservation(_ limit: Int) -> Self {
    Self(controller: "memory", v1: ("memory.soft_limit_in_bytes", "\(limit)"), v2: ("memory.low", "\(limit)"))
  }

  /// Memory and swap together, and the limit for memory in it.
  static func swap(_ total: Int, memory: Int) -> Self {
    Self(
      controller: "memory", v1: ("memory.memsw.limit_in_bytes", "\(total)"),
      v2: ("memory.swap.max", "\(total - memory)"))
  }

  /// The weight is what runc 1.4 and crun 1.23 write for these shares.
  static func shares(_ shares: Int, weight: Int) -> Self {
    Self(controller: "cpu", v1: ("cpu.shares", "\(shares)"), v2: ("cpu.weight", "\(weight)"))
  }

  static func quota(_ quota: Int, period: Int = 100_000) -> Self {
    Self(controller: "cpu", v1: ("cpu.cfs_quota_us", "\(quota)"), v2: ("cpu.max", "\(quota) \(period)"))
  }

  static func period(_ period: Int, quota: Int) -> Self {
    Self(controller: "cpu", v1: ("cpu.cfs_period_us", "\(period)"), v2: ("cpu.max", "\(quota) \(period)"))
  }

  static func burst(_ burst: Int) -> Self {
    Self(controller: "cpu", v1: ("cpu.cfs_burst_us", "\(burst)"), v2: ("cpu.max.burst", "\(burst)"))
  }

  static func idle(_ idle: Int) -> Self { both("cpu", "cpu.idle", "\(idle)") }
  static func cpus(_ list: String) -> Self { both("cpuset", "cpuset.cpus", list) }
  static func mems(_ list: String) -> Self { both("cpuset", "cpuset.mems", list) }

  /// A file that both generations have.
  static func both(_ controller: String, _ file: String, _ text: String) -> Self {
    Self(controller: controller, v1: (file, text), v2: (file, text))
  }
}
