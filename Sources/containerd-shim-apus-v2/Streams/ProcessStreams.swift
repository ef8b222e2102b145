internal import Kernel
internal import TTRPC

/// The standard streams of one process: opened before it is made, moved while it runs, drained after its end.
final class ProcessStreams {
  /// Milliseconds between two attempts to open a FIFO that nobody reads yet, and in all.
  private static let retryTime: Int64 = 2
  private static let openTime: Int64 = 10_000

  private let loop: EventLoop
  private let streams: StandardStreams
  private let container: String
  private let namespace: String
  private let owner: (user: UInt32, group: UInt32)
  private var relays: [Relay] = []
  private var input: Relay?
  private var program: OutputProgram?
  /// The reading ends of the output FIFOs: containerd may go and come, and the process does not notice.
  private var keepers = DescriptorList()
  /// Until CloseIO the input has one writer, whoever else comes and goes.
  private var inputKeeper: Descriptor?
  private var inputPath: HostPath?
  /// Where input goes: the pipe to the process, or its terminal.
  private var inputTarget: Target?
  private var isInputClosed = false
  private var outputTarget: Target?
  private var errorTarget: Target?
  private var onDrained: (() -> Void)?
  private var drainTimer: UInt64?
  private var isEnded = false

  private final class Target {
    let descriptor: Descriptor
    let isPipe: Bool

    init(_ descriptor: consuming Descriptor, isPipe: Bool) {
      self.descriptor = descriptor
      self.isPipe = isPipe
    }
  }

  init(
    _ loop: EventLoop, _ streams: StandardStreams, container: String, namespace: String,
    owner: (user: UInt32, group: UInt32)
  ) {
    self.loop = loop
    self.streams = streams
    self.container = container
    self.namespace = namespace
    self.owner = owner
  }

  /// Opens what containerd has named. A FIFO for output is open once its reader is there.
  func open(_ done: @escaping (StreamProblem?) -> Void) {
    do throws(StreamProblem) {
      try checkInput(try StreamAddress(streams.input))
    } catch {
      return done(error)
    }
    openOutput(until: monotonicNanoseconds() + ProcessStreams.openTime * 1_000_000, done)
  }

  /// The FIFO itself is opened when the process is about to run (`beginInput`): a client that sees it open sends what it
  /// has, and may be at its end before it is ready to say so.
  private func checkInput(_ address: StreamAddress) throws(StreamProblem) {
    guard case .fifo(let path) = address else {
      if address == .none { return }
      throw StreamProblem(text: "standard input must be a FIFO: \(streams.input)")
    }
    do throws(SystemCallError) {
      if try path.status().kind != .fifo { throw SystemCallError.refused("\(path) is no FIFO") }
    } catch {
      throw StreamProblem(text: "standard input: \(error)")
    }
    inputPath = path
  }

  private func openOutput(until deadline: Int64, _ done: @escaping (StreamProblem?) -> Void) {
    do throws(StreamProblem) {
      let isWhole = try openTargets()
      if isWhole {
        if let program { return program.whenReady(done) }
        return done(nil)
      }
      if monotonicNanoseconds() > deadline { throw StreamProblem(text: "nobody reads \(streams.output)") }
    } catch {
      return done(error)
    }
    loop.after(milliseconds: ProcessStreams.retryTime) { [self] in openOutput(until: deadline, done) }
  }

  /// - Returns: false when a FIFO has no reader yet.
  private func openTargets() throws(StreamProblem) -> Bool {
    do {
      if outputTarget == nil, !streams.output.isEmpty {
        guard let target = try openTarget(try StreamAddress(streams.output), isError: false) else { return false }
        outputTarget = target
      }
      if errorTarget == nil, !streams.error.isEmpty, !streams.terminal {
        guard let target = try openTarget(try StreamAddress(streams.error), isError: true) else { return false }
        errorTarget = target
      }
      return true
    } catch let error as StreamProblem {
      throw error
    } catch {
      throw StreamProblem(text: "standard output: \(error)")
    }
  }

  private func openTarget(_ address: StreamAddress, isError: Bool) throws -> Target? {
    switch address {
    case .none: return nil
    case .fifo(let path):
      let writer: Descriptor
      do throws(SystemCallError) {
        writer = try Descriptor.open(path, [.writeOnly, .nonBlocking, .noControllingTerminal])
      } catch {
        if error.errno == .noSuchDevice { return nil }
        throw error
      }
      guard try writer.status().kind == .fifo else { throw StreamProblem(text: "\(path) is no FIFO") }
      keepers.append(try Descriptor.open(path, [.readOnly, .nonBlocking, .noControllingTerminal]))
      return Target(writer, isPipe: true)
    case .file(let path):
      try path.parentFolder.makeDirectories(mode: 0o755)
      return Target(
        try Descriptor.open(path, [.writeOnly, .create, .append, .noControllingTerminal], mode: 0o644), isPipe: false)
    case .program(let path, let arguments, let saysReady):
      let program =
        try self.program
        ?? OutputProgram(
          loop, path: path, arguments: arguments, saysReady: saysReady, id: container, namespace: namespace)
      self.program = program
      return Target(
        isError ? try program.error.duplicate() : try program.output.duplicate(), isPipe: true)
    }
  }

  /// The ends for the process, with relays behind them that wait for `begin`. Nothing is copied for a stream that goes
  /// nowhere. With a terminal the process needs none, and gets the null device until it has the terminal.
  func makeEnds() throws(SystemCallError) -> ChildEnds {
    let null = try Descriptor.open(HostPath(constant: "/dev/null"), .readWrite)
    if streams.terminal {
      return ChildEnds(input: try null.duplicate(), output: try null.duplicate(), error: try null.duplicate())
    }
    let output = try makeOutput(outputTarget, null)
    let error = try makeOutput(errorTarget, null)
    (outputTarget, errorTarget) = (nil, nil)
    return ChildEnds(input: try makeInput(null), output: output, error: error)
  }

  private func makeInput(_ null: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    if inputPath == nil { return try null.duplicate() }
    let pipe = try Descriptor.pipe()
    try pipe.second.setNonBlocking(true)
    try setOwner(pipe.first)
    inputTarget = Target(try pipe.second.duplicate(), isPipe: true)
    return try pipe.first.duplicate()
  }

  private func makeOutput(_ target: Target?, _ null: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    guard let target else { return try null.duplicate() }
    let pipe = try Descriptor.pipe()
    try pipe.first.setNonBlocking(true)
    try setOwner(pipe.second)
    add(
      from: try pipe.first.duplicate(), to: try target.descriptor.duplicate(), canSplice: target.isPipe)
    return try pipe.second.duplicate()
  }

  private func setOwner(_ end: borrowing Descriptor) throws(SystemCallError) {
    if owner.user != 0 || owner.group != 0 { try end.setOwner(uid: owner.user, gid: owner.group) }
  }

  private func add(from source: consuming Descriptor, to target: consuming Descriptor, canSplice: Bool) {
    relays.append(Relay(loop, from: source, to: target, canSplice: canSplice) { [unowned self] in checkDrained() })
  }

  /// The process is there.
  /// - Parameter terminal: the master of its terminal.
  func begin(terminal: borrowing Descriptor?) throws(SystemCallError) {
    switch terminal {
    case .some(let master):
      try master.setNonBlocking(true)
      if let target = outputTarget {
        add(from: try master.duplicate(), to: try target.descriptor.duplicate(), canSplice: false)
      }
      if inputPath != nil { inputTarget = Target(try master.duplicate(), isPipe: false) }
      (outputTarget, errorTarget) = (nil, nil)
    case nil: break
    }
    for relay in relays { relay.begin() }
  }

  /// The process runs, or is about to.
  func beginInput() throws(SystemCallError) {
    guard let path = inputPath, let target = inputTarget else { return }
    inputTarget = nil
    let source = try Descriptor.open(path, [.readOnly, .nonBlocking, .noControllingTerminal])
    if !isInputClosed {
      inputKeeper = try Descriptor.open(path, [.writeOnly, .nonBlocking, .noControllingTerminal])
    }
    let relay = Relay(loop, from: source, to: try target.descriptor.duplicate(), canSplice: target.isPipe) {}
    input = relay
    relay.begin()
  }

  /// No more input than what is there (CloseIO).
  func closeInput() {
    isInputClosed = true
    inputKeeper = nil
  }

  /// The process has ended: nobody reads its input.
  func endInput() {
    inputKeeper = nil
    inputTarget = nil
    input?.end()
    input = nil
  }

  /// Does something once all output is with its reader, or after a time.
  func whenDrained(milliseconds: Int64, _ action: @escaping () -> Void) {
    if relays.allSatisfy(\.isEnded) { return action() }
    onDrained = action
    drainTimer = loop.after(milliseconds: milliseconds) { [self] in
      drainTimer = nil
      for relay in relays { relay.end() }
    }
  }

  private func checkDrained() {
    guard relays.allSatisfy(\.isEnded) else { return }
    if let drainTimer { loop.cancelTimer(drainTimer) }
    drainTimer = nil
    program?.end()
    program = nil
    let action = onDrained
    onDrained = nil
    action?()
  }

  /// Closes everything.
  func end() {
    if isEnded { return }
    isEnded = true
    onDrained = nil
    endInput()
    for relay in relays { relay.end() }
    program?.end()
    program = nil
    (outputTarget, errorTarget) = (nil, nil)
    keepers = DescriptorList()
  }
}
