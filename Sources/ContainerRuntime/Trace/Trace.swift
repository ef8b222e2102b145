internal import JSON
package import Kernel

/// How long each step of a command took, on both sides, as a file in the trace format of Chrome
/// (<https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>), which trace viewers open.
///
/// The steps of the container's process have the words of `explain`. One that has not ended yet is shown up to the end of
/// the command, and `execute the program` up to where the runtime heard that the program runs.
package struct Trace: Sendable {
  private let path: HostPath

  /// Begins to measure. The file is opened at once, so that one that cannot be written is told before anything is made.
  package init(_ path: HostPath) throws(OperationError) {
    self.path = path
    try write([])
    try OperationError.wrapping { () throws(SystemCallError) in try Timeline.start() }
  }

  /// Writes what was measured since.
  /// - Parameter command: the name of the whole.
  package func finish(_ command: String) throws(OperationError) {
    let end = realtimeNanoseconds()
    var events = [Event(name: command, category: "command", lane: .runtime, begin: Timeline.beginning, end: end)]
    for lane in Timeline.Lane.allCases { events += Trace.events(lane, end: end) }
    try write(Trace.document(events))
  }

  private func write(_ bytes: [UInt8]) throws(OperationError) {
    do throws(SystemCallError) {
      try Descriptor.open(path, [.writeOnly, .create, .truncate, .noControllingTerminal], mode: 0o644).write(bytes)
    } catch {
      throw OperationError(SystemCallError("write the trace", path.string, error.errno))
    }
  }
}

extension Trace {
  struct Event: Equatable {
    var name: String
    var category: String
    var lane: Timeline.Lane
    var begin: Int64
    var end: Int64
    var label: String?
    var property: String?
  }

  private static func events(_ lane: Timeline.Lane, end: Int64) -> [Event] {
    let known = Timeline.sequence?.labels ?? []
    var events: [Event] = []
    for step in paired(Timeline.marks(lane)) {
      var event = Event(name: "", category: "", lane: lane, begin: step.begin, end: step.end ?? end)
      switch lane {
      case .runtime:
        guard RuntimeStep.allCases.indices.contains(step.number) else { continue }
        (event.name, event.category) = (RuntimeStep.allCases[step.number].rawValue, "runtime")
      case .intermediate:
        guard IntermediateStep.allCases.indices.contains(step.number) else { continue }
        (event.name, event.category) = (IntermediateStep.allCases[step.number].rawValue, "intermediate")
      case .container:
        guard known.indices.contains(step.number) else { continue }
        let label = known[step.number]
        (event.name, event.category) = (label.text, "container")
        (event.label, event.property) = (label.name, label.property)
        if step.end == nil, step.number == known.count - 1, let runs = programRuns() { event.end = runs }
      }
      events.append(event)
    }
    return events
  }

  /// When the runtime heard that the program runs: the end of the step in which it waited for that.
  private static func programRuns() -> Int64? {
    let waits = [RuntimeStep.startSent, .execTold].map { $0.number }
    return Timeline.marks(.runtime).last { $0.isEnd && waits.contains($0.step) }?.nanoseconds
  }

  struct Step: Equatable {
    var number: Int
    var begin: Int64
    var end: Int64?
  }

  /// A step's end belongs to its last beginning that has none.
  static func paired(_ marks: [Timeline.Mark]) -> [Step] {
    var steps: [Step] = []
    for mark in marks {
      if !mark.isEnd {
        steps.append(Step(number: mark.step, begin: mark.nanoseconds, end: nil))
      } else if let index = steps.lastIndex(where: { $0.number == mark.step && $0.end == nil }) {
        steps[index].end = mark.nanoseconds
      }
    }
    return steps
  }

  private static func document(_ events: [Event]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("displayTimeUnit")
    writer.string("ms")
    writer.key("traceEvents")
    writer.beginArray()
    for lane in Timeline.Lane.allCases where events.contains(where: { $0.lane == lane }) { name(lane, &writer) }
    let beginning = events.map { $0.begin }.min() ?? 0
    for event in events { write(event, from: beginning, &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  /// Says in whose row the events of a lane are.
  private static func name(_ lane: Timeline.Lane, _ writer: inout JSONWriter) {
    for kind in ["process_name", "thread_name"] {
      writer.beginObject()
      writer.key("ph")
      writer.string("M")
      writer.key("name")
      writer.string(kind)
      writeRow(lane, &writer)
      writer.key("args")
      writer.beginObject()
      writer.key("name")
      switch lane {
      case .runtime: writer.string("apus")
      case .intermediate: writer.string("the process between")
      case .container: writer.string("the container's process")
      }
      writer.endObject()
      writer.endObject()
    }
  }

  private static func write(_ event: Event, from beginning: Int64, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("ph")
    writer.string("X")
    writer.key("name")
    writer.string(event.name)
    writer.key("cat")
    writer.string(event.category)
    writer.key("ts")
    writer.literal(microseconds(event.begin - beginning))
    writer.key("dur")
    writer.literal(microseconds(event.end - event.begin))
    writeRow(event.lane, &writer)
    if event.label != nil || event.property != nil {
      writer.key("args")
      writer.beginObject()
      if let label = event.label {
        writer.key("step")
        writer.string(label)
      }
      if let property = event.property {
        writer.key("property")
        writer.string("config.json.\(property)")
      }
      writer.endObject()
    }
    writer.endObject()
  }

  private static func writeRow(_ lane: Timeline.Lane, _ writer: inout JSONWriter) {
    let own = CurrentProcess.pid
    let pid = lane == .container ? Timeline.sequence?.pid ?? 0 : own
    writer.key("pid")
    writer.integer(pid)
    writer.key("tid")
    writer.integer(lane == .intermediate ? 0 : pid)
  }

  /// Of nanoseconds, with three digits behind the point; the clock may have been set back meanwhile.
  static func microseconds(_ nanoseconds: Int64) -> String {
    let value = max(0, nanoseconds)
    let rest = String(value % 1000)
    return "\(value / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }
}

extension InitSequence {
  /// The steps as a trace names them.
  var timeline: Timeline.Sequence {
    Timeline.Sequence(
      labels: zip(steps, stepNames).map { Timeline.Label(name: $1, text: $0.text, property: $0.property) })
  }
}
