internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel

/// Says what went wrong: a line in the log file, if there is one, and one on standard error. On a terminal the details
/// follow on lines of their own; where standard error is captured, callers pass one line on.
struct Reporter: Sendable {
  private let options: GlobalOptions

  init(_ options: GlobalOptions) { self.options = options }

  /// The log file is made even when nothing is ever written to it: engines look for it.
  func openLog() throws(OperationError) {
    guard options.log != nil else { return }
    _ = try OperationError.wrapping { () throws(SystemCallError) in try log() }
  }

  /// What was accepted without effect, and the like: in the log, without one on standard error.
  func warn(_ message: String) { append("warning", message, []) }

  /// What lies behind an error that tells it in short: for the log alone, so that a failure stays one line.
  func note(_ message: String) {
    if options.log != nil { append("warning", message, []) }
  }

  /// What is done, for `--debug`; nil without it.
  var debug: (@Sendable (String) -> Void)? {
    guard options.debug else { return nil }
    return { append("debug", $0, []) }
  }

  func fail(_ invocation: Invocation, _ error: OperationError) -> Never {
    var error = error
    let opening = Self.openingOfRunc(invocation)
    if opening == nil {
      error.operation = invocation.command.name
      error.container = invocation.containerID ?? ""
    }
    append("error", (opening ?? "") + error.oneLine, fields(error))
    if opening != nil, invocation.command == .run, let line = error.executing {
      // As runc's init, which is the container's process by then: the log has the rest.
      Output.writeError("\(line)\n")
      exitNow(255)
    }
    let start = opening ?? "apus: "
    if Terminal.isTerminal(2) {
      Output.writeError("\(start)\(error.summary)\n" + error.details.map { "  \($0)\n" }.joined())
    } else {
      Output.writeError("\(start)\(error.oneLine)\n")
    }
    exitNow(invocation.command == .exec ? 255 : 1)
  }

  /// How runc's error begins, for whoever calls this program by that name and looks for it; nil in other cases.
  private static func openingOfRunc(_ invocation: Invocation) -> String? {
    guard invocation.program == "runc" else { return nil }
    switch invocation.command {
    case .create: return "runc create failed: "
    case .run: return "runc run failed: "
    default: return nil
    }
  }

  func fail(_ error: UsageError) -> Never {
    append("error", error.message, [])
    let prefix = error.message.hasPrefix("\(error.program): ") ? "" : "apus: "
    Output.writeError("\(prefix)\(error.message)\n" + (Terminal.isTerminal(2) ? "\(error.hint)\n" : ""))
    exitNow(error.exitCode)
  }

  private func fields(_ error: OperationError) -> [(String, String)] {
    var fields: [(String, String)] = []
    if let step = error.step {
      fields.append(("step", step.text))
      if let property = step.property { fields.append(("property", "config.json.\(property)")) }
    }
    if let hint = error.hint { fields.append(("hint", hint)) }
    return fields
  }

  private func log() throws(SystemCallError) -> Descriptor {
    let path: HostPath
    do { path = try HostPath(options.log ?? "") } catch { throw SystemCallError.refused("--log: \(error)") }
    return try Descriptor.open(path, [.writeOnly, .create, .append, .noControllingTerminal], mode: 0o644)
  }

  private func append(_ level: String, _ message: String, _ fields: [(String, String)]) {
    // Without a file what is no error, which follows in any case, is to be seen all the same.
    guard options.log != nil || level != "error" else { return }
    let line: [UInt8]
    let time = Timestamp.seconds(nanoseconds: realtimeNanoseconds())
    switch options.logFormat {
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("level", level)
      writer.member("msg", message)
      writer.member("time", time)
      for (name, value) in fields { writer.member(name, value) }
      writer.endObject()
      line = writer.bytes + [UInt8(ascii: "\n")]
    case .text:
      var writer = JSONWriter()
      writer.string(message)
      line = Array("time=\"\(time)\" level=\(level) msg=\(writer.text)\n".utf8)
    }
    if options.log == nil { return Output.writeError(String(decoding: line, as: UTF8.self)) }
    Signals.ignore(13)
    do throws(SystemCallError) { try log().write(line) } catch {
      // The log cannot be written; standard error still tells what happened.
    }
  }
}

enum Output {
  static func write(_ text: String) { write(Array(text.utf8), 1) }
  static func write(_ bytes: [UInt8]) { write(bytes, 1) }
  /// What nobody reads is no reason to die by SIGPIPE in the middle of a create. Whatever is started gets the signal's
  /// default back.
  static func writeError(_ text: String) {
    Signals.ignore(13)
    write(Array(text.utf8), 2)
  }

  private static func write(_ bytes: [UInt8], _ number: Int32) {
    do throws(SystemCallError) {
      try Descriptor.borrowing(number) { descriptor throws(SystemCallError) in try descriptor.write(bytes) }
    } catch {
      // Nobody reads it any more.
    }
  }
}
