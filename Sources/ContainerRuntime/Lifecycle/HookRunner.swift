internal import Kernel
internal import OCI

/// Why a hook failed, in words.
struct HookFailure: Error, Equatable {
  let text: String
}

/// Runs hooks (config.md, “POSIX-platform Hooks”) one after another in the caller's namespaces.
enum HookRunner {
  private static let defaultEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
  private static let outputLimit = 2048

  /// Stops at the first that fails.
  static func run(
    _ hooks: [Spec.Hook], _ point: HookPoint, state: [UInt8], folder: HostPath
  ) throws(HookFailure) {
    for (index, hook) in hooks.enumerated() {
      do {
        try run(hook, state, folder)
      } catch {
        throw HookFailure(
          text: "error running \(point.rawValue) hook #\(index) (\(quoted(hook.path))): \(error.text)")
      }
    }
  }

  /// Without `env` a hook gets a default PATH and nothing of the runtime's own environment, which may hold secrets.
  private static func run(_ hook: Spec.Hook, _ state: [UInt8], _ folder: HostPath) throws(HookFailure) {
    let output: Descriptor
    let child: ChildProcess
    let input: DescriptorPair
    do {
      output = try Descriptor.memoryFile("hook-output")
      input = try Descriptor.pipe()
      child = try spawn(
        hook.path, arguments: CStringList(hook.args ?? [hook.path]),
        environment: CStringList(hook.env ?? defaultEnvironment), input: input.first, output: output, folder: folder)
    } catch {
      throw HookFailure(text: "\(error.errno.message) (\(error.errno.name))")
    }
    let deadline = hook.timeout.map { monotonicNanoseconds() + Int64($0) * 1_000_000_000 }
    do {
      let status = try feedAndWait(child, input, state, deadline)
      if status == .exited(0) { return }
      let text =
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signalled(let signal): "killed by signal \(signal)"
        case nil: "no end within \(hook.timeout ?? 0) s (timeout)"
        }
      throw HookFailure(text: text + said(output))
    } catch let failure as HookFailure {
      throw failure
    } catch {
      throw HookFailure(text: "\(error)")
    }
  }

  /// nil after the deadline: then the whole process group of the hook is killed.
  private static func feedAndWait(
    _ child: borrowing ChildProcess, _ input: consuming DescriptorPair, _ state: [UInt8], _ deadline: Int64?
  ) throws(SystemCallError) -> ExitStatus? {
    // A hook that does not read its input must not hold the runtime up, nor one that closes it end it.
    try input.second.setNonBlocking(true)
    var writer: Descriptor? = try input.second.duplicate()
    closeBoth(input)
    var sent = 0
    while true {
      var timeout: Int32?
      if let deadline {
        let left = deadline - monotonicNanoseconds()
        if left <= 0 { break }
        timeout = Int32(clamping: left / 1_000_000 + 1)
      }
      let number = writer == nil ? -1 : writer!.number
      let events = try poll([(child.pidfd.number, .readable), (number, .writable)], timeout: timeout)
      if !events[0].isEmpty { return try child.pidfd.waitForExit(wait: true) }
      guard !events[1].isEmpty else { continue }
      do {
        let piece = Array(state[sent..<min(sent + 4096, state.count)])
        try writer!.write(piece)
        sent += piece.count
        if sent == state.count { writer = nil }
      } catch {
        if error.errno != .again { writer = nil }
      }
    }
    killGroup(of: child.pid)
    _ = try child.pidfd.waitForExit(wait: true)
    return nil
  }

  private static func closeBoth(_ pair: consuming DescriptorPair) {}

  private static func said(_ output: borrowing Descriptor) -> String {
    do {
      let text = String(decoding: try output.readFromStart(most: outputLimit), as: UTF8.self)
      return text.isEmpty ? "" : ", output: \(singleLine(text))"
    } catch {
      return ""
    }
  }
}
