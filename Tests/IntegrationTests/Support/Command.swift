import Foundation
import Glibc
import Testing

/// What a finished command left: its exit status and both its outputs.
struct Output: Sendable {
  let command: [String]
  /// The exit status as a shell tells it: 128+N when signal N ended the process.
  let status: Int32
  let stdout: String
  let stderr: String

  var lines: [String] { stdout.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }

  /// Whether the command failed by its own decision: 255 is what `exec` answers when it cannot run its process.
  var isRefusal: Bool { (1..<128).contains(status) || status == 255 }

  /// This output, or a failure that shows it, when the status is not the one expected.
  @discardableResult
  func expect(status wanted: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws -> Output {
    if status != wanted { throw UnexpectedStatus(output: self, wanted: wanted) }
    return self
  }

  @discardableResult
  func succeed() throws -> Output { try expect(status: 0) }
}

struct UnexpectedStatus: Error, CustomStringConvertible {
  let output: Output
  let wanted: Int32
  var description: String {
    "status \(output.status) instead of \(wanted): \(output.command)\nstdout: \(output.stdout)\n"
      + "stderr: \(output.stderr)"
  }
}

/// A command that was started and not yet waited for. It is killed, by its pid, when nobody waits for it in time.
final class RunningCommand {
  let pid: pid_t
  let command: [String]
  private let files: OutputFiles
  private var status: Int32?

  /// Starts a program with nothing open but its three standard streams, which are files, so that a container which
  /// keeps them open delays nobody.
  init(_ command: [String], environment: [String], stdin: String = "/dev/null", files: OutputFiles) throws {
    self.command = command
    self.files = files
    self.pid = try spawn(
      command, environment: environment, stdin: stdin, stdout: files.stdout, stderr: files.stderr)
  }

  var stdout: String { readText(files.stdout) }
  var stderr: String { readText(files.stderr) }

  var isRunning: Bool {
    collect(options: WNOHANG)
    return status == nil
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end of the command.
  ///
  /// - Parameter timeout: seconds; after them the command is killed, and the error says so.
  func wait(timeout: Double = 30) throws -> Output {
    let ended = eventually(within: timeout) { !isRunning }
    if !ended {
      kill(pid, SIGKILL)
      collect(options: 0)
      throw TimedOut(command: command, seconds: timeout, stdout: stdout, stderr: stderr)
    }
    return Output(command: command, status: status ?? -1, stdout: stdout, stderr: stderr)
  }

  private func collect(options: Int32) {
    guard status == nil else { return }
    var raw: Int32 = 0
    guard unsafe waitpid(pid, &raw, options) == pid else { return }
    let signal = raw & 0x7f
    status = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
  }

  /// Gives the process up: who takes the pid waits for it.
  func release() -> pid_t {
    status = status ?? 0
    return pid
  }

  deinit {
    if isRunning {
      kill(pid, SIGKILL)
      collect(options: 0)
    }
  }
}

/// Where one command writes to.
struct OutputFiles {
  let stdout: String
  let stderr: String
}

struct TimedOut: Error, CustomStringConvertible {
  let command: [String]
  let seconds: Double
  let stdout: String
  let stderr: String
  var description: String { "no end after \(seconds) s: \(command)\nstdout: \(stdout)\nstderr: \(stderr)" }
}

struct SpawnFailed: Error, CustomStringConvertible {
  let command: [String]
  let code: Int32
  var description: String { "cannot start \(command): errno \(code)" }
}

private func spawn(
  _ command: [String], environment: [String], stdin: String, stdout: String, stderr: String
) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawnattr_init(&attributes)
  defer {
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
  }
  unsafe posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
  unsafe posix_spawn_file_actions_addopen(&actions, 1, stdout, O_WRONLY | O_CREAT | O_APPEND, 0o644)
  unsafe posix_spawn_file_actions_addopen(&actions, 2, stderr, O_WRONLY | O_CREAT | O_APPEND, 0o644)
  // Closing what is not open is no error here (glibc).
  for descriptor in 3..<Int32(256) { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }
  // The test runner's threads may block signals and ignore SIGPIPE: a command starts with a clean slate.
  var none = sigset_t()
  var all = sigset_t()
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

  let arguments = unsafe command.map { unsafe strdup($0) } + [nil]
  let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
  defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
  var pid: pid_t = 0
  let code = unsafe posix_spawn(&pid, command[0], &actions, &attributes, arguments, variables)
  guard code == 0 else { throw SpawnFailed(command: command, code: code) }
  return pid
}

/// Whether a condition becomes true, asked every few milliseconds.
///
/// - Parameter seconds: how long to ask, on a machine of usual speed.
func eventually(within seconds: Double = 5, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + .patient(seconds)
  var pause: UInt32 = 500
  while true {
    if try condition() { return true }
    if ContinuousClock.now > end { return false }
    usleep(pause)
    pause = min(pause * 2, 10_000)
  }
}

extension Duration {
  /// Seconds on a machine of usual speed: an emulated one (APUS_PATIENCE, how much slower it is) takes longer for all.
  static func patient(_ seconds: Double) -> Duration { .seconds(seconds * factor) }

  private static let factor = ProcessInfo.processInfo.environment["APUS_PATIENCE"].flatMap(Double.init) ?? 1
}

/// The text of a file, or nothing when it cannot be read. Also for the files of /proc, which have no size.
func readText(_ path: String) -> String {
  String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}
