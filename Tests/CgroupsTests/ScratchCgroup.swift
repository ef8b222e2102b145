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

  init() throws {
    name = "apus-test-\(getpid())-\(Self.counter.next())"
    layout = try CgroupLayout.discover(for: Spec.Resources(memory: Spec.Resources.Memory()))
  }

  deinit {
    for folder in topFolders { Self.remove(folder) }
  }

  var topFolders: [String] {
    layout.hierarchies.map { hierarchy in
      ([hierarchy.mountPoint.string] + hierarchy.ownComponents + [name]).joined(separator: "/")
    }
  }

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

/// A process that sleeps, and ends with its owner.
final class Sleeper {
  let process = Process()
  var pid: Int32 { process.processIdentifier }

  init(_ command: String = "exec sleep 600") throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    try process.run()
  }

  func end() {
    kill(pid, SIGKILL)
    process.waitUntilExit()
  }

  deinit { end() }
}

extension HostPath {
  var text: String? {
    (try? String(contentsOfFile: string, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
