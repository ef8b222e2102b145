import Foundation
import Glibc
import Testing

/// A bundle with a busybox root file system, and the commands on the container made of it.
///
/// The config is what the runtime's own `spec` writes, without a terminal, after the test's edits.
struct Container {
  let id: String
  let scratch: Scratch
  let bundle: String

  var rootfs: String { bundle + "/rootfs" }
  var stateFolder: String { "\(scratch.root)/\(id)" }
  var stateFile: String { stateFolder + "/state.json" }

  init(_ edit: (inout JSONValue) throws -> Void = { _ in }) throws {
    scratch = try Scratch.current
    id = scratch.newID()
    bundle = scratch.path("bundle-" + id)
    try FileManager.default.createDirectory(atPath: bundle, withIntermediateDirectories: false)
    try makeBusyboxRoot(at: bundle + "/rootfs", busybox: scratch.busybox)
    let user = Caller.ordinary
    try user?.ownAll(below: bundle)
    try scratch.run([scratch.apus, "spec", "--bundle", bundle] + (user == nil ? [] : ["--rootless"])).succeed()
    var config = try JSONValue(parsing: readText(bundle + "/config.json"))
    config["process.terminal"] = false
    if let user { for kind in ["uid", "gid"] { config["linux.\(kind)Mappings"] = user.mappings } }
    try edit(&config)
    try write(config)
  }

  /// Replaces config.json.
  func write(_ config: JSONValue) throws { try write(text: try config.text) }

  func write(text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: bundle + "/config.json"))
  }

  /// Changes config.json as it is on disk.
  func edit(_ change: (inout JSONValue) throws -> Void) throws {
    var config = try JSONValue(parsing: readText(bundle + "/config.json"))
    try change(&config)
    try write(config)
  }

  // MARK: Commands

  /// Any command of the runtime, with the scratch root, from the bundle's folder.
  func apus(_ arguments: String...) throws -> Output {
    try scratch.run([scratch.apus, "--root", scratch.root] + arguments, workingDirectory: bundle)
  }

  /// The words of a command of the runtime on this container.
  func words(_ command: String, _ options: [String] = []) -> [String] {
    let bundled = ["create", "run"].contains(command) ? ["--bundle", bundle] : []
    return [scratch.apus, "--root", scratch.root, command] + bundled + options + [id]
  }

  /// Runs a shell script as the container's process in the foreground.
  @discardableResult
  func run(_ script: String, options: String...) throws -> Output {
    try edit { $0["process.args"] = ["/bin/sh", "-c", .string(script)] }
    return try scratch.run(words("run", options))
  }

  /// Runs the process that the config names in the foreground.
  func run(options: String...) throws -> Output { try scratch.run(words("run", options)) }

  /// Starts `run` in the foreground and does not wait for it.
  func startRunning(_ script: String, options: String..., stdin: String = "/dev/null") throws -> RunningCommand {
    try edit { $0["process.args"] = ["/bin/sh", "-c", .string(script)] }
    return try scratch.start(words("run", options), stdin: stdin)
  }

  /// Runs in the background: the process sleeps until it is killed, unless a script is given.
  @discardableResult
  func runDetached(_ script: String = "exec sleep 1000") throws -> Output {
    try edit { $0["process.args"] = ["/bin/sh", "-c", .string(script)] }
    return try scratch.run(words("run", ["--detach"])).succeed()
  }

  func create(options: String...) throws -> Output { try scratch.run(words("create", options)) }

  /// Creates a container whose process will sleep until it is killed.
  func createSleeping() throws {
    try edit { $0["process.args"] = ["/bin/sleep", "1000"] }
    try create().succeed()
  }

  func start() throws -> Output { try scratch.run(words("start")) }
  func delete(_ options: String...) throws -> Output { try scratch.run(words("delete", options)) }

  func kill(_ signal: String...) throws -> Output {
    try scratch.run(words("kill") + signal)
  }

  /// The answer of `state`.
  func state() throws -> JSONValue { try JSONValue(parsing: scratch.run(words("state")).succeed().stdout) }

  var status: String { get throws { try #require(try state()["status"]?.string) } }

  /// The process id of the container's first process, as the host sees it.
  var pid: pid_t { get throws { pid_t(try #require(try state()["pid"]?.integer)) } }

  /// Whether the status becomes this one within a few seconds.
  func becomes(_ wanted: String) throws -> Bool { try eventually { try status == wanted } }

  func execWords(_ command: [String], options: [String] = []) -> [String] {
    [scratch.apus, "--root", scratch.root, "exec"] + options + [id] + command
  }

  /// Runs a further process and waits for it.
  func exec(_ command: [String], options: [String] = []) throws -> Output {
    try scratch.run(execWords(command, options: options))
  }

  // MARK: Expectations

  /// Expects that a command refuses: a status, one line on standard error that names the runtime and holds the
  /// phrases, and nothing left of the container.
  @discardableResult
  func expectRefusal(
    of output: Output, saying phrases: String..., leavesNothing: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Output {
    #expect(output.isRefusal, "\(output)", sourceLocation: sourceLocation)
    #expect(output.stderr.hasPrefix("apus: "), sourceLocation: sourceLocation)
    #expect(
      output.stderr.hasSuffix("\n") && output.stderr.dropLast().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f },
      "one line without control characters: \(output.stderr)", sourceLocation: sourceLocation)
    for phrase in phrases {
      #expect(output.stderr.contains(phrase), sourceLocation: sourceLocation)
    }
    if leavesNothing {
      #expect(try scratch.remains(of: id).isEmpty, sourceLocation: sourceLocation)
      #expect(scratch.mountChanges().isEmpty, sourceLocation: sourceLocation)
    }
    return output
  }

  /// Expects that `run` refuses the bundle, as `expectRefusal(of:)`, and that nothing of it ran.
  @discardableResult
  func expectRefusal(
    saying phrases: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Output {
    let output = try scratch.run(words("run"))
    try expectRefusal(of: output, sourceLocation: sourceLocation)
    #expect(output.stdout.isEmpty, sourceLocation: sourceLocation)
    for phrase in phrases {
      #expect(output.stderr.contains(phrase), sourceLocation: sourceLocation)
    }
    return output
  }
}
