import Foundation
import Testing

/// `--log` and `--log-format`: what engines read after a failure.
@Suite(.scratch) struct LogTests {
  /// With `--debug` what is done is told: in the log, or without one on standard error.
  @Test func debugTellsWhatIsDone() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let scratch = container.scratch
    let words = ["run", "--bundle", container.bundle, container.id]
    let open = try scratch.run([scratch.apus, "--root", scratch.root, "--debug"] + words).succeed()
    #expect(open.stderr.contains("level=debug msg=\"nsexec container setup"))
    let log = scratch.path("log")
    let logged = try scratch.run([scratch.apus, "--root", scratch.root, "--debug", "--log", log] + words).succeed()
    #expect(logged.stderr.isEmpty)
    #expect(readText(log).contains("level=debug msg=\"child process in init()"))
    #expect(open.stderr.contains("exeseal: using /proc/self/exe clone"))
    #expect(!(try scratch.run([scratch.apus, "--root", scratch.root] + words).succeed().stderr.contains("debug")))
  }

  /// Without a log a warning is to be seen, as in runc; with one standard error stays empty.
  @Test func warningsGoToTheLogOrToStandardError() throws {
    let container = try Container {
      $0["process.args"] = ["true"]
      $0["process.capabilities.inheritable"] = ["CAP_KILL"]
      $0["process.capabilities.ambient"] = ["CAP_KILL", "CAP_CHOWN"]
    }
    let warning = "can't raise ambient capability CAP_CHOWN: "
    let (open, _) = try run(container, [])
    #expect(open.status == 0 && open.stderr.contains("level=warning msg=\"") && open.stderr.contains(warning))
    #expect(open.stderr.split(separator: "\n").count == 1)
    let (logged, log) = try run(container, ["--log", "@"])
    #expect(logged.status == 0 && logged.stderr.isEmpty && log.contains(warning))
  }

  /// Called through a link `runc`, a failure begins as runc's, for scripts that look for it.
  @Test(arguments: [("run", "runc run failed: "), ("create", "runc create failed: ")])
  func aFailureBeginsAsRuncsUnderItsName(command: String, opening: String) throws {
    let container = try Container { $0["process.args"] = ["nope"] }
    let link = container.scratch.path("runc")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: container.scratch.apus)
    let output = try container.scratch.run([link] + container.words(command).dropFirst())
    #expect(output.status == 1)
    #expect(
      output.stderr.hasPrefix(
        opening + "unable to start container process: exec: \"nope\": executable file not found in $PATH"))
  }

  /// What the kernel would not execute is said by runc's init, in a line of its own and with its own status; the log has
  /// all of it.
  @Test func whatCannotBeExecutedIsSaidAsRuncsInitUnderItsName() throws {
    let container = try Container { $0["process.args"] = ["/hello"] }
    let (link, program, log) = (
      container.scratch.path("runc"), container.rootfs + "/hello", container.scratch.path("log")
    )
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: container.scratch.apus)
    try Data("#!/no/such/interpreter\n".utf8).write(to: URL(filePath: program))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    for options in [[], ["--log", log]] {
      let output = try container.scratch.run([link] + options + container.words("run").dropFirst())
      #expect(output.status == 255)
      #expect(output.stderr == "exec /hello: no such file or directory\n")
    }
    let written = readText(log)
    for words in ["unable to start container process: exec /hello: ", "step ", "config.json.process.args", "hint: "] {
      #expect(written.contains(words), "\(written)")
    }
  }

  @Test(arguments: [["--log", "@", "--log-format", "json"], ["--log-format=json", "--log", "@"]])
  func failureIsOneJSONObjectOnOneLine(options: [String]) throws {
    let container = try Container { $0["process.args"] = ["nope"] }
    let (output, log) = try run(container, options)
    let lines = log.split(separator: "\n")
    let record = try JSONValue(parsing: String(try #require(lines.last)))
    #expect(record["level"] == "error")
    let message = try #require(record["msg"]?.string)
    #expect(message.contains("exec: \"nope\": executable file not found in $PATH"))
    #expect(try #require(record["time"]?.string).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil)
    #expect(output.stderr.contains("executable file not found in $PATH"))
    try container.expectRefusal(of: output)
  }

  @Test func logOfASuccessIsThereAndHasNoError() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let (output, log) = try run(container, ["--log", "@", "--log-format", "json"])
    try output.succeed()
    #expect(fileExists(container.scratch.path("log")))
    #expect(!log.contains("\"error\""))
  }

  @Test func logIsAppendedTo() throws {
    let container = try Container { $0["process.args"] = ["nope"] }
    try Data("{\"level\":\"info\",\"msg\":\"before\"}\n".utf8).write(to: URL(filePath: container.scratch.path("log")))
    let (_, log) = try run(container, ["--log", "@", "--log-format", "json"])
    #expect(log.hasPrefix("{\"level\":\"info\",\"msg\":\"before\"}\n{"))
    for line in log.split(separator: "\n") { _ = try JSONValue(parsing: String(line)) }
  }

  @Test func textFormatHasTheMessage() throws {
    let container = try Container { $0["process.args"] = ["nope"] }
    let (_, log) = try run(container, ["--log", "@"])
    #expect(log.contains("level=error"))
    #expect(log.contains("executable file not found in $PATH"))
  }

  @Test func unknownFormatIsRefused() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let (output, _) = try run(container, ["--log-format", "xml"])
    try container.expectRefusal(of: output, saying: "xml")
  }

  /// E17: what the container's config says cannot end a line of the log or of standard error.
  @Test func messageCannotForgeALine() throws {
    let forged = "x\n{\"level\":\"error\",\"msg\":\"forged\"}\u{1b}[31m"
    let container = try Container { $0["process.args"] = [.string(forged)] }
    let (output, log) = try run(container, ["--log", "@", "--log-format", "json"])
    try container.expectRefusal(of: output)
    let lines = log.split(separator: "\n")
    #expect(!log.utf8.contains(0x1b))
    for line in lines { #expect(try JSONValue(parsing: String(line))["msg"] != "forged") }
  }

  private func run(_ container: Container, _ options: [String]) throws -> (Output, String) {
    let scratch = container.scratch
    let file = scratch.path("log")
    let words = options.map { $0.replacing("@", with: file) }
    let output = try scratch.run(
      [scratch.apus, "--root", scratch.root] + words + ["run", "--bundle", container.bundle, container.id])
    return (output, readText(file))
  }
}
