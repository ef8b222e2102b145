internal import Kernel
internal import TTRPC

/// One process that containerd knows of: a container's first, or one that Exec has added.
final class TaskProcess {
  enum Phase { case added, starting, created, running, stopped }

  /// Empty for the container's first.
  let exec: String
  let streams: StandardStreams
  let standard: ProcessStreams
  /// Of an exec: the process of the runtime-spec, as JSON.
  let description: [UInt8]
  var phase: Phase
  var pid: Int32 = 0
  private(set) var end: ProcessEnd?
  /// An end that came before the start was told: a start is told before an exit.
  var earlyEnd: ProcessEnd?
  /// Signals that came before the process was there.
  var earlySignals: [Int32] = []
  var isDeleting = false
  private var waiters: [Reply] = []
  private(set) var terminal: Descriptor?

  init(exec: String, _ streams: StandardStreams, _ standard: ProcessStreams, description: [UInt8], phase: Phase) {
    self.exec = exec
    self.streams = streams
    self.standard = standard
    self.description = description
    self.phase = phase
  }

  var isAlive: Bool { phase == .created || phase == .running || phase == .starting }

  /// Answers when the process has ended.
  func wait(_ reply: Reply) {
    if let end { reply.succeed(WaitResponse(end: end)) } else { waiters.append(reply) }
  }

  /// It has ended.
  func finish(_ end: ProcessEnd) {
    self.end = end
    phase = .stopped
    standard.endInput()
    for reply in waiters { reply.succeed(WaitResponse(end: end)) }
    waiters = []
  }

  func begin(terminal master: consuming Descriptor?) throws(SystemCallError) {
    try standard.begin(terminal: master)
    terminal = master
  }

  func resize(rows: UInt16, columns: UInt16) throws(SystemCallError) {
    switch terminal {
    case .some(let terminal): try terminal.setWindowSize(WindowSize(rows: rows, columns: columns))
    case nil: break
    }
  }

  /// Closes what belongs to it.
  func close() {
    standard.end()
    terminal = nil
    for reply in waiters { reply.fail(CallStatus(.notFound, "process was deleted")) }
    waiters = []
  }

  func state(_ id: String, bundle: String, isPaused: Bool) -> StateResponse {
    var state = StateResponse()
    state.id = exec.isEmpty ? id : exec
    state.bundle = bundle
    state.pid = UInt32(bitPattern: pid)
    state.streams = streams
    state.end = end
    state.status =
      switch phase {
      case .added, .created: .created
      case .starting: exec.isEmpty ? .created : .running
      case .running: isPaused ? .paused : .running
      case .stopped: .stopped
      }
    return state
  }
}
