internal import ContainerRuntime
internal import Kernel

/// The standard streams that a worker gives to what it makes; the shim's copies are closed with this.
final class ChildEnds {
  let input: Descriptor
  let output: Descriptor
  let error: Descriptor

  init(input: consuming Descriptor, output: consuming Descriptor, error: consuming Descriptor) {
    self.input = input
    self.output = output
    self.error = error
  }
}

/// What a worker says before it ends.
enum WorkerWord {
  private static let answer = UInt8(ascii: "a")
  private static let failure = UInt8(ascii: "f")
  private static let warning = UInt8(ascii: "w")
  static let most = 32768

  case done(Int32)
  case failed(String)
  case warned(String)

  var bytes: [UInt8] {
    switch self {
    case .done(let number):
      [WorkerWord.answer]
        + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: UInt32(bitPattern: number) >> UInt32($0)) }
    case .failed(let text): [WorkerWord.failure] + text.utf8.prefix(WorkerWord.most - 1)
    case .warned(let text): [WorkerWord.warning] + text.utf8.prefix(WorkerWord.most - 1)
    }
  }

  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    switch bytes.first {
    case WorkerWord.answer:
      self = .done(Int32(bitPattern: bytes.dropFirst().reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }))
    case WorkerWord.warning: self = .warned(text)
    default: self = .failed(text)
    }
  }
}

/// Short-lived copies of the shim that do what may take long: they hold a container's lock, run hooks, wait for a freezer
/// or for the end of processes, while the loop goes on. What a worker makes becomes a child of the shim when it ends,
/// since the shim is a subreaper. The shim has one thread and runs sealed, so a copy of it may launch containers.
final class Workers {
  typealias Completion = (Result<Int32, WorkerFailure>) -> Void

  private let loop: EventLoop
  private let log: ShimLog
  private var running: [Int32: Worker] = [:]

  init(_ loop: EventLoop, _ log: ShimLog) {
    self.loop = loop
    self.log = log
  }

  /// Does something in a worker.
  /// - Parameters:
  ///   - ends: become its standard streams.
  ///   - kept: descriptors that it uses; it has no other of the shim's, so that no end of a stream is held up.
  ///   - body: gives a number, and has a voice for warnings.
  ///   - completion: is called in the loop.
  func start(
    _ ends: ChildEnds? = nil, keeping kept: [Int32] = [],
    _ body: (@escaping @Sendable (String) -> Void) throws(OperationError) -> Int32,
    completion: @escaping Completion
  ) {
    do throws(SystemCallError) {
      let pair = try Descriptor.socketPair(.sequencedPacket)
      let channel = try pair.first.duplicate()
      let child = try clone(CloneRequest()) { Workers.work(ends, kept, pair.second.number, body) }
      let worker = Worker(child, channel: channel, completion)
      try worker.begin(loop) { [unowned self] in drain(worker) }
      running[worker.pid] = worker
    } catch {
      completion(.failure(WorkerFailure(text: "a process for the work could not be made: \(error)")))
    }
  }

  private static func work(
    _ ends: ChildEnds?, _ kept: [Int32], _ channel: Int32,
    _ body: (@escaping @Sendable (String) -> Void) throws(OperationError) -> Int32
  ) -> Never {
    do throws(SystemCallError) {
      if let ends {
        try ends.input.duplicate(onto: 0)
        try ends.output.duplicate(onto: 1)
        try ends.error.duplicate(onto: 2)
      }
      try Descriptor.closeAll(from: 3, except: kept + [channel])
    } catch {
      say(.failed("the standard streams: \(error)"), channel)
      exitNow(1)
    }
    do throws(OperationError) {
      say(.done(try body { say(.warned($0), channel) }), channel)
      exitNow(0)
    } catch {
      say(.failed(error.oneLine), channel)
      exitNow(1)
    }
  }

  private static func say(_ word: WorkerWord, _ channel: Int32) {
    do throws(SystemCallError) {
      try Descriptor.borrowing(channel) { channel throws(SystemCallError) in try channel.send(word.bytes) }
    } catch {
      // The shim is gone.
    }
  }

  /// Takes every answer that is there.
  func drain() { for worker in running.values { drain(worker) } }

  private func drain(_ worker: Worker) {
    while running[worker.pid] != nil {
      let word: WorkerWord
      do throws(SystemCallError) {
        guard let bytes = try worker.receive() else { return }
        word = bytes.isEmpty ? .failed("the process that did the work died") : WorkerWord(bytes)
      } catch {
        word = .failed("\(error)")
      }
      switch word {
      case .warned(let text): log.warn(text)
      case .done(let number): finish(worker, .success(number))
      case .failed(let text): finish(worker, .failure(WorkerFailure(text: text)))
      }
    }
  }

  private func finish(_ worker: Worker, _ result: Result<Int32, WorkerFailure>) {
    running[worker.pid] = nil
    worker.end(result)
  }
}

/// Why a worker could not do its work, as it said.
struct WorkerFailure: Error {
  let text: String
}

private final class Worker {
  let pid: Int32
  private let pidfd: Descriptor
  private let channel: Descriptor
  private let completion: Workers.Completion
  private var watch: Watch?

  init(_ child: consuming ChildProcess, channel: consuming Descriptor, _ completion: @escaping Workers.Completion) {
    pid = child.pid
    pidfd = child.pidfd
    self.channel = channel
    self.completion = completion
  }

  func begin(_ loop: EventLoop, _ action: @escaping () -> Void) throws(SystemCallError) {
    try channel.setNonBlocking(true)
    watch = try loop.watch(channel.number, .readable) { _ in action() }
  }

  /// nil when nothing has come; nothing at the end.
  func receive() throws(SystemCallError) -> [UInt8]? {
    do { return try channel.receive(most: WorkerWord.most).bytes } catch {
      if error.errno == .again { return nil }
      if error.errno == .connectionReset { return [] }
      throw error
    }
  }

  func end(_ result: Result<Int32, WorkerFailure>) {
    watch?.cancel()
    watch = nil
    completion(result)
  }
}
