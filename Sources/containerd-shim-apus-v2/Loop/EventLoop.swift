internal import Kernel

/// One descriptor in the loop. It must be cancelled before the descriptor is closed: a worker may hold the same open
/// file, and the kernel would go on to tell about it.
final class Watch {
  let token: UInt64
  let number: Int32
  fileprivate var action: ((PollEvents) -> Void)?
  private unowned let loop: EventLoop

  fileprivate init(_ token: UInt64, _ number: Int32, _ loop: EventLoop, _ action: @escaping (PollEvents) -> Void) {
    self.token = token
    self.number = number
    self.loop = loop
    self.action = action
  }

  func cancel() {
    if action == nil { return }
    action = nil
    loop.forget(self)
  }

  func change(_ events: PollEvents) { loop.change(self, events) }
}

/// What the shim does: it waits, and acts on what happens. There is one thread; whatever may take long is a worker's.
final class EventLoop {
  private let epoll: Epoll
  private var watches: [UInt64: Watch] = [:]
  private var nextToken: UInt64 = 1
  private var timers: [(due: Int64, token: UInt64, action: () -> Void)] = []
  private var isStopped = false
  /// Milliseconds without an event after which the loop expects to wait for long.
  private static let restTime: Int32 = 1000
  private let text = ProgramText()
  private var isResting = false

  init() throws(SystemCallError) {
    epoll = try Epoll()
    text?.divide()
  }

  /// - Parameter number: of a descriptor that stays open until the watch is cancelled.
  func watch(
    _ number: Int32, _ events: PollEvents, _ action: @escaping (PollEvents) -> Void
  ) throws(SystemCallError) -> Watch {
    let watch = Watch(nextToken, number, self, action)
    nextToken += 1
    try epoll.add(number, events, token: watch.token)
    watches[watch.token] = watch
    return watch
  }

  fileprivate func change(_ watch: Watch, _ events: PollEvents) {
    do throws(SystemCallError) { try epoll.change(watch.number, events, token: watch.token) } catch {
      // It is cancelled already.
    }
  }

  fileprivate func forget(_ watch: Watch) {
    watches[watch.token] = nil
    do throws(SystemCallError) { try epoll.remove(watch.number) } catch {
      // The descriptor was no good any more.
    }
  }

  /// Does something later, once.
  /// - Returns: what `cancelTimer` takes.
  @discardableResult
  func after(milliseconds: Int64, _ action: @escaping () -> Void) -> UInt64 {
    let token = nextToken
    nextToken += 1
    timers.append((monotonicNanoseconds() + milliseconds * 1_000_000, token, action))
    return token
  }

  func cancelTimer(_ token: UInt64) { timers.removeAll { $0.token == token } }

  func stop() { isStopped = true }

  func run() throws(SystemCallError) {
    while !isStopped {
      let patience = timeout
      if let event = try epoll.wait(timeout: patience) {
        isResting = false
        watches[event.token]?.action?(event.events)
      } else if patience == EventLoop.restTime && !isResting {
        // A shim waits nearly all its life: its memory is what it costs.
        text?.release()
        isResting = true
      }
      runTimers()
    }
  }

  /// Milliseconds until the next timer, or until the loop may rest.
  private var timeout: Int32? {
    let rest = isResting ? nil : EventLoop.restTime
    guard let first = timers.map(\.due).min() else { return rest }
    let due = Int32(clamping: max(0, (first - monotonicNanoseconds() + 999_999) / 1_000_000))
    return min(due, rest ?? due)
  }

  private func runTimers() {
    if timers.isEmpty { return }
    let now = monotonicNanoseconds()
    let due = timers.filter { $0.due <= now }.sorted { $0.due < $1.due }
    if !due.isEmpty { isResting = false }
    for timer in due {
      // One that another has cancelled meanwhile is not due any more.
      guard let index = timers.firstIndex(where: { $0.token == timer.token }) else { continue }
      timers.remove(at: index)
      timer.action()
    }
  }
}
