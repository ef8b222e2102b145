internal import Kernel
internal import OCI

/// Why a hook failed, in words.
struct HookFailure: Error, Equatable {
  let text: String

  /// The same, with the hook that it is about.
  func placed(_ point: HookPoint, _ index: Int, _ hook: Spec.Hook) -> HookFailure {
    HookFailure(text: "error running \(point.rawValue) hook #\(index): \(quoted(hook.path)): \(text)")
  }
}

/// Runs hooks (config.md, “POSIX-platform Hooks”) one after another in the caller's namespaces.
enum HookRunner {
  static var defaultEnvironment: [String] {
    guard Defence.hookEnvironment.isOn else { return StartOfProgram.environment }
    return ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
  }
  private static let outputLimit = 2048
  /// Seconds; a hundred years are no timeout.
  private static let longestTimeout = 3_155_760_000

  /// Stops at the first that fails.
  /// - Parameter environment: of hooks that have none of their own.
  static func run(
    _ hooks: [Spec.Hook], _ point: HookPoint, state: [UInt8], folder: HostPath,
    environment: [String] = defaultEnvironment
  ) throws(HookFailure) {
    for (index, hook) in hooks.enumerated() {
      do { try run(hook, state, folder, environment) } catch { throw error.placed(point, index, hook) }
    }
  }

  /// The same, as a part of an operation.
  static func runOperation(
    _ hooks: [Spec.Hook], _ point: HookPoint, state: [UInt8], folder: HostPath
  ) throws(OperationError) {
    do { try run(hooks, point, state: state, folder: folder) } catch {
      throw OperationError("", "", .message(error.text))
    }
  }

  /// Runs every hook, whatever becomes of those before it (runtime.md, “Lifecycle” 13: a failing poststop hook is a
  /// warning, and the others run).
  static func runAll(_ hooks: [Spec.Hook], _ point: HookPoint, state: [UInt8], folder: HostPath) -> [HookFailure] {
    var failures: [HookFailure] = []
    for (index, hook) in hooks.enumerated() {
      do throws(HookFailure) { try run(hook, state, folder, defaultEnvironment) } catch {
        failures.append(error.placed(point, index, hook))
      }
    }
    return failures
  }

  /// Without `env` a hook gets nothing of the runtime's own environment, which may hold secrets.
  private static func run(
    _ hook: Spec.Hook, _ state: [UInt8], _ folder: HostPath, _ environment: [String]
  ) throws(HookFailure) {
    do throws(SystemCallError) {
      let output = try Descriptor.memoryFile("hook-output")
      // A file in memory, not a pipe: a hook that does not read its input holds nobody up.
      let input = try Descriptor.memoryFile("hook-state")
      try input.write(state)
      try input.rewind()
      let child = try spawn(
        hook.path, arguments: CStringList(hook.args ?? [hook.path]),
        environment: CStringList(hook.env ?? environment), input: input, output: output, folder: folder)
      let status = try wait(child, timeout: hook.timeout)
      if status == .exited(0) { return }
      let text =
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signalled(let signal): "signal: \(Signals.text(signal))"
        case nil: "no end within \(hook.timeout ?? 0) s (timeout)"
        }
      throw SystemCallError.refused(text + said(output))
    } catch {
      throw HookFailure(text: error.isRefusal ? error.call : "\(error.errno.message) (\(error.errno.name))")
    }
  }

  /// nil after the timeout (seconds): then the whole process group of the hook is killed.
  private static func wait(_ child: borrowing ChildProcess, timeout: Int?) throws(SystemCallError) -> ExitStatus? {
    if let timeout {
      let deadline = monotonicNanoseconds() + Int64(min(timeout, longestTimeout)) * 1_000_000_000
      while try poll([(child.pidfd.number, .readable)], timeout: left(until: deadline))[0].isEmpty {
        if monotonicNanoseconds() < deadline { continue }
        killGroup(of: child.pid)
        _ = try child.pidfd.waitForExit(wait: true)
        return nil
      }
    }
    return try child.pidfd.waitForExit(wait: true)
  }

  /// Milliseconds, rounded up.
  private static func left(until deadline: Int64) -> Int32 {
    Int32(clamping: max(0, (deadline - monotonicNanoseconds() + 999_999) / 1_000_000))
  }

  private static func said(_ output: borrowing Descriptor) -> String {
    do {
      let text = String(decoding: try output.readFromStart(most: outputLimit), as: UTF8.self)
      return text.isEmpty ? "" : ", output: \(singleLine(text))"
    } catch {
      return ""
    }
  }
}
