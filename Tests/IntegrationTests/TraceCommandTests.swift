import Foundation
import Testing

/// `--trace FILE`: when each step began and how long it took, on both sides.
@Suite(.scratch) struct TraceCommandTests {
  struct Event {
    let name: String
    let category: String
    let process: Int
    let begin: Double
    let duration: Double
    let property: String?
  }

  private static func events(_ file: String) throws -> [Event] {
    let document = try JSONValue(parsing: readText(file))
    let events = try #require(document["traceEvents"]?.array)
    #expect(events.contains { $0["ph"] == "M" && $0["name"] == "process_name" })
    return try events.filter { $0["ph"] == "X" }.map { event in
      Event(
        name: try #require(event["name"]?.string), category: try #require(event["cat"]?.string),
        process: try #require(event["pid"]?.integer), begin: try number(event["ts"]),
        duration: try number(event["dur"]), property: event["args"]?["property"]?.string)
    }
  }

  private static func number(_ value: JSONValue?) throws -> Double {
    switch value {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    default: throw TestSetupProblem("no number: \(String(describing: value))")
    }
  }

  /// The steps of the container's process in the words of `explain`, without their numbers and properties.
  private static func explained(_ container: Container) throws -> [String] {
    let lines = try container.apus("explain", "--bundle", container.bundle).succeed().lines
    let own = try #require(lines.firstIndex(of: "The container's process:"))
    return lines[(own + 1)...].map { line in
      let text = line.drop { $0 == " " || $0.isNumber }
      return text.split(separator: "  [").first.map(String.init) ?? ""
    }
  }

  @Test func runNamesEveryStepAsExplainDoes() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "0.1"] }
    let file = container.scratch.path("trace.json")
    try container.run(options: "--trace", file).succeed()
    let events = try Self.events(file)
    let inside = events.filter { $0.category == "container" }
    let expected = try Self.explained(container).map {
      // `run` tells its container to start by itself; explain shows what `create` would do, with an id of its own.
      $0.replacingOccurrences(of: "(fifo)", with: "(handshake)").replacingOccurrences(
        of: "_ses.ID", with: "_ses.\(container.id)")
    }
    #expect(inside.map(\.name) == expected)
    #expect(inside.contains { $0.name == "mount proc on /proc" && $0.property == "config.json.mounts[0]" })

    let runtime = events.filter { $0.category == "runtime" }.map(\.name)
    for step in [
      "sealed", "folder.made", "cgroup.made", "clone.done", "record.created", "start.sent", "folder.removed",
    ] {
      #expect(runtime.contains(step), "\(step) is not in \(runtime)")
    }
    // Each side is a process of its own, and what follows in a process begins later.
    #expect(Set(inside.map(\.process)).count == 1)
    #expect(Set(inside.map(\.process)).isDisjoint(with: events.filter { $0.category == "runtime" }.map(\.process)))
    #expect(inside.map(\.begin) == inside.map(\.begin).sorted())
    let whole = try #require(events.first { $0.category == "command" })
    #expect(whole.name == "run" && whole.duration >= 100_000)
    for event in events { #expect(event.begin >= 0 && event.begin + event.duration <= whole.duration + 1, "\(event)") }
    // The program's own tenth of a second is the runtime's waiting, not the step that executes it.
    let execution = try #require(inside.last)
    #expect(execution.name == "execute the program" && execution.duration < 90_000)
    #expect(try #require(events.first { $0.name == "end.awaited" }).duration >= 90_000)
  }

  @Test func createAndExecAreTracedToo() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    let file = container.scratch.path("create.json")
    try container.create(options: "--trace", file).succeed()
    let created = try Self.events(file)
    // Between its word that it is ready and its waiting, the runtime may be faster.
    let last = try #require(created.last { $0.category == "container" }?.name)
    #expect(["report that the container is ready", "wait for start (fifo)"].contains(last))
    try container.start().succeed()

    let other = container.scratch.path("exec.json")
    try container.exec(["/bin/true"], options: ["--trace", other]).succeed()
    let executed = try Self.events(other).filter { $0.category == "container" }.map(\.name)
    #expect(executed.contains { $0.hasPrefix("enter the container's namespaces") }, "\(executed)")
    #expect(executed.last == "execute the program")
  }

  /// What failed is what one wants to see.
  @Test func aFailureIsTracedUpToItsStep() throws {
    let container = try Container { $0["process.args"] = ["/bin/no-such-program"] }
    let file = container.scratch.path("trace.json")
    let output = try container.run(options: "--trace", file)
    #expect(output.isRefusal)
    #expect(try Self.events(file).last { $0.category == "container" }?.name == "find the program")
  }

  @Test(arguments: ["/nonexistent/trace.json", "/tmp"])
  func aFileThatCannotBeWrittenIsToldBeforeAnythingIsMade(_ file: String) throws {
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    let output = try container.run(options: "--trace", file)
    try container.expectRefusal(of: output, saying: "write the trace \(file)")
  }

  /// Without the option there is no memory to write times in, and so nothing is measured.
  @Test func costsNothingWhenItIsOff() throws {
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    let shared = { (options: [String]) throws -> Int in
      let calls = container.scratch.path("calls")
      let strace = ["/usr/bin/strace", "-f", "-o", calls, "-e", "trace=mmap"]
      try container.scratch.run(strace + container.words("run", options)).succeed()
      return readText(calls).split(separator: "\n").filter { $0.contains("MAP_SHARED|MAP_ANONYMOUS") }.count
    }
    let off = try shared([])
    #expect(try shared(["--trace", container.scratch.path("trace.json")]) == off + 1)
  }
}
