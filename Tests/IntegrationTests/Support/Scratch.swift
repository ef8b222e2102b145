import Foundation
import Glibc
import Synchronization
import Testing

/// The surroundings of one test case: a folder, a private mount namespace, a `--root`, and the containers made in it.
///
/// When the test case ends, every container is deleted by force and nothing of it may be left: no state, no cgroup in
/// any hierarchy, no process, no mount.
final class Scratch: Sendable {
  @TaskLocal static var running: Scratch?

  /// The scratch of the running test case; an error when the suite lacks the trait `.scratch`.
  static var current: Scratch {
    get throws {
      guard let running else { throw TestSetupProblem("the suite lacks the trait .scratch") }
      return running
    }
  }

  /// The shipped binary itself, whoever calls it.
  let binary: String
  private let shipped: String
  private let weakened: String
  let busybox: String
  let directory: String
  /// The `--root` of every command.
  let root: String
  let mounts: PrivateMounts
  private let mountsBefore: [String]
  private let ids = Mutex<[String]>([])
  private let commands = Atomic<Int>(0)

  private static let count = Atomic<Int>(0)

  init() throws {
    binary = try TestEnvironment.apus
    busybox = try TestEnvironment.busybox
    let number = Scratch.count.add(1, ordering: .relaxed).newValue
    directory = "/tmp/apus-test-\(getpid())-\(number)"
    root = directory + "/root"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    try Caller.ordinary?.own(directory)
    shipped = try RuntimeCall(of: binary, at: directory + "/apus").path
    weakened = try RuntimeCall(of: TestEnvironment.faultBinary, at: directory + "/apus-fault").path
    mounts = try PrivateMounts(in: directory)
    mountsBefore = mounts.mounts
  }

  /// The runtime: the shipped binary, or the fault build while a defence is off.
  var apus: String { Weakened.isFaultBuild ? weakened : shipped }

  /// An id that no other test uses, remembered for the end of this one.
  func newID() -> String {
    let id = ids.withLock { ids in
      ids.append("\(URL(filePath: directory).lastPathComponent)-\(ids.count)")
      return ids[ids.count - 1]
    }
    return id
  }

  /// Starts any command inside the private mount namespace.
  ///
  /// - Parameters:
  ///   - workingDirectory: the scratch folder when nil.
  ///   - environment: `NAME=value` words besides PATH.
  ///   - stdin: the path of a file, or /dev/null.
  func start(
    _ command: [String], workingDirectory: String? = nil, environment: [String] = [], stdin: String = "/dev/null"
  ) throws -> RunningCommand {
    let number = commands.add(1, ordering: .relaxed).newValue
    return try RunningCommand(
      mounts.entering(command, workingDirectory: workingDirectory ?? directory),
      environment: [PrivateMounts.path] + environment + Weakened.environment,
      stdin: stdin,
      files: OutputFiles(stdout: "\(directory)/\(number).out", stderr: "\(directory)/\(number).err"))
  }

  /// Runs any command inside the private mount namespace to its end.
  func run(_ command: [String], workingDirectory: String? = nil, timeout: Double = 30) throws -> Output {
    try start(command, workingDirectory: workingDirectory).wait(timeout: timeout)
  }

  /// Runs the runtime with the scratch root.
  func apus(_ arguments: String..., workingDirectory: String? = nil, timeout: Double = 30) throws -> Output {
    try run([apus, "--root", root] + arguments, workingDirectory: workingDirectory, timeout: timeout)
  }

  /// The same with the shipped binary, whatever the test is without.
  func shippedApus(_ arguments: String...) throws -> Output { try run([shipped, "--root", root] + arguments) }

  /// A fresh path in the scratch folder.
  func path(_ name: String) -> String { directory + "/" + name }

  /// How a path of the private mount namespace is called outside of it, where the test itself runs.
  func inside(_ path: String) -> String { "/proc/\(mounts.pid)/root\(path)" }

  /// What is left of a container in the state root, in the cgroups, among the processes.
  func remains(of id: String) throws -> [String] {
    var remains: [String] = []
    if fileExists(inside("\(root)/\(id)")) { remains.append("state folder \(root)/\(id)") }
    remains += try cgroups(of: id).map { "cgroup \($0)" }
    return remains + processes(of: id).map { "process \($0) \(commandLine(of: $0))" }
  }

  /// The cgroups with the id in their name, deepest first.
  private func cgroups(of id: String) throws -> [String] {
    try run(["/usr/bin/find", "/sys/fs/cgroup", "-depth", "-type", "d", "-name", "*\(id)*"]).lines
  }

  /// Everything that a mount, unmounted or left, changes in the private namespace.
  func mountChanges() -> [String] {
    let after = mounts.mounts
    return after.filter { !mountsBefore.contains($0) }.map { "new mount \($0)" }
      + mountsBefore.filter { !after.contains($0) }.map { "lost mount \($0)" }
  }

  /// Processes in a cgroup of the container, or with its bundle in their mounts or its id in their arguments.
  private func processes(of id: String) -> [pid_t] {
    let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    return pids.filter { pid in
      // A zombie is dead: it has no arguments and no mounts, and waits for its parent only.
      guard pid != getpid(), pid != mounts.pid, !readText("/proc/\(pid)/stat").contains(") Z ") else { return false }
      let marks = [commandLine(of: pid), readText("/proc/\(pid)/cgroup"), readText("/proc/\(pid)/mountinfo")]
      return marks.contains { $0.contains(id) }
    }
  }

  /// Deletes what the test made, records an issue for what stays, and clears that away for the tests that follow.
  func end(sourceLocation: SourceLocation) throws {
    for id in ids.withLock({ $0 }) {
      for _ in 1...2 {
        do {
          try apus("delete", "--force", id, timeout: 10).succeed()
        } catch {
          Issue.record("\(error)", sourceLocation: sourceLocation)
        }
      }
      var left: [String] = []
      // A process that was killed leaves its cgroup and /proc a moment later.
      _ = try eventually(within: 1) {
        left = try remains(of: id)
        return left.isEmpty
      }
      if !left.isEmpty {
        Issue.record("left after delete: \(left.joined(separator: ", "))", sourceLocation: sourceLocation)
        try clearAway(id)
      }
    }
    let changes = mountChanges()
    if !changes.isEmpty { Issue.record("\(changes)", sourceLocation: sourceLocation) }
    mounts.release()
    try FileManager.default.removeItem(atPath: directory)
  }

  private func clearAway(_ id: String) throws {
    for pid in processes(of: id) { kill(pid, SIGKILL) }
    _ = eventually(within: 2) { processes(of: id).isEmpty }
    for cgroup in try cgroups(of: id) { unsafe rmdir(cgroup) }
  }
}

private func commandLine(of pid: pid_t) -> String {
  readText("/proc/\(pid)/cmdline").split(separator: "\0").joined(separator: " ")
}

/// Whether anything has this name, a dangling link too.
func fileExists(_ path: String) -> Bool {
  var status = stat()
  return unsafe lstat(path, &status) == 0
}

/// Gives every test case of a suite a `Scratch` of its own and checks at its end that nothing is left.
struct ScratchTrait: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    await Turns.all.take()
    let result: Result<Void, any Error>
    do { result = .success(try await run(test, function)) } catch { result = .failure(error) }
    await Turns.all.give()
    try result.get()
  }

  private func run(_ test: Test, _ function: @Sendable () async throws -> Void) async throws {
    let scratch = try Scratch()
    do {
      try await Scratch.$running.withValue(scratch) { try await function() }
    } catch {
      try scratch.end(sourceLocation: test.sourceLocation)
      throw error
    }
    try scratch.end(sourceLocation: test.sourceLocation)
  }
}

/// Swift Testing begins all test cases at once and goes on with each in turn. Hundreds of scratches beside each other
/// would be as many processes that each of them looks through for its own remains.
private actor Turns {
  static let all = Turns()

  private var free = 2 * ProcessInfo.processInfo.activeProcessorCount
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

extension Trait where Self == ScratchTrait {
  /// A folder, a private mount namespace and a state root for each test case, and the check that nothing stays.
  static var scratch: Self { Self() }
}
