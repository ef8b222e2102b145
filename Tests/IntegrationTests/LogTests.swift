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
    #expect(!(try scratch.run([scratch.apus, "--root", scratch.root] + words).succeed().stderr.contains("debug")))
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
