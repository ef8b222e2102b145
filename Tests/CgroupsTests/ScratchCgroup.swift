import Cgroups
import Foundation
import Kernel
import OCI
import Testing

/// A place for cgroups on the real kernel which is gone after the test, whatever happens in it.
final class ScratchCgroup {
  let name: String
  let layout: CgroupLayout
  private static let counter = Counter()

  final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0
    func next() -> Int {
      lock.withLock {
        value += 1; return value
      }
    }
  }

  static let isPossible: Bool = geteuid() == 0 && FileManager.default.isWritableFile(atPath: "/sys/fs/cgroup")

  static var isUnifiedOnly: Bool { !FileManager.default.fileExists(atPath: "/sys/fs/cgroup/devices") }

  static var hasUnified: Bool {
    ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].contains {
      FileManager.default.fileExists(atPath: $0 + "/cgroup.controllers")
    }
  }

  /// Whether memory can be limited here.
  static var hasMemory: Bool {
    FileManager.default.fileExists(atPath: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
      || HostPath(constant: "/sys/fs/cgroup/cgroup.controllers").text?.contains("memory") == true
  }

  /// - Parameter unifiedOnly: as on a host that has the cgroup v2 tree alone. Its controllers are not given away: that
  ///   would change the tree for others.
  init(unifiedOnly: Bool = false) throws {
    name = "apus-test-\(getpid())-\(Self.counter.next())"
    let found = try CgroupLayout.discover(for: Spec.Resources(memory: Spec.Resources.Memory()))
    layout = unifiedOnly ? try CgroupLayout(hierarchies: found.hierarchies.filter { $0.isUnified }) : found
  }

  deinit {
    for folder in topFolders { Self.remove(folder) }
  }

  var topFolders: [String] {
    layout.hierarchies.map { hierarchy in
      let own = layout.kind == .v2 ? Array(hierarchy.ownComponents.dropLast()) : hierarchy.ownComponents
      return ([hierarchy.mountPoint.string] + own + [name]).joined(separator: "/")
    }
  }

  func topFolder(of hierarchy: String) -> String {
    topFolders[layout.hierarchies.firstIndex { $0.name == hierarchy } ?? 0]
  }

  /// What is there of it.
  var leftovers: [String] { topFolders.filter { FileManager.default.fileExists(atPath: $0) } }

  private static func remove(_ folder: String) {
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder) else { return }
    for child in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
      var isDirectory = ObjCBool(false)
      let isThere = unsafe manager.fileExists(atPath: folder + "/" + child, isDirectory: &isDirectory)
      if isThere && isDirectory.boolValue {
        remove(folder + "/" + child)
      }
    }
    let processes = (try? String(contentsOfFile: folder + "/cgroup.procs", encoding: .utf8)) ?? ""
    for process in processes.split(separator: "\n").compactMap({ Int32($0) }) where process > 0 {
      kill(process, SIGKILL)
    }
    for _ in 0..<200 {
      if unsafe rmdir(folder) == 0 || errno == ENOENT { return }
      usleep(10_000)
    }
  }

  func plan(_ resources: Spec.Resources? = nil, below: String = "") throws -> CgroupPlan {
    try CgroupPlan(
      linux: Spec.Linux(resources: resources, cgroupsPath: below.isEmpty ? nil : name + "/" + below), id: name,
      layout: layout)
  }

  func make(_ resources: Spec.Resources? = nil, below: String = "") throws -> Cgroup {
    let plan = try plan(resources, below: below)
    return try CgroupReservation.make(plan, surveyed: plan.survey()).commit()
  }
}

/// A shell command in a process of its own, which ends with its owner.
final class Sleeper {
  let pid: Int32
  private(set) var status: Int32?

  init(_ command: String = "exec sleep 600") throws {
    var process = pid_t(0)
    var arguments = unsafe [strdup("/bin/sh"), strdup("-c"), strdup(command), nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    // The threads that run tests block signals, and a mask is inherited.
    var attributes = posix_spawnattr_t()
    var none = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    let result = unsafe posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, environ)
    if result != 0 { throw SystemCallError("spawn", command, Errno(rawValue: result)) }
    pid = process
  }

  /// A command that begins when it was moved into the cgroup in all hierarchies.
  convenience init(_ command: String, in scratch: ScratchCgroup) throws {
    let count = scratch.layout.hierarchies.count
    try self.init(
      "while [ $(grep -c '\(scratch.name)$' /proc/self/cgroup) != \(count) ]; do sleep 0.01; done; \(command)")
  }

  var isRunning: Bool { wait(WNOHANG) == nil }
  /// What it said with exit. Waits for the end.
  var endingStatus: Int32 { (wait(0) ?? 0) >> 8 & 0xff }
  /// The signal that ended it, 0 for none. Waits for the end.
  var endingSignal: Int32 { (wait(0) ?? 0) & 0x7f }

  private func wait(_ options: Int32) -> Int32? {
    if let status { return status }
    var raw: Int32 = 0
    guard unsafe waitpid(pid, &raw, options) == pid else { return nil }
    status = raw
    return raw
  }

  func end() {
    if status == nil { kill(pid, SIGKILL) }
    _ = wait(0)
  }

  deinit { end() }
}

extension HostPath {
  var text: String? {
    (try? String(contentsOfFile: string, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
