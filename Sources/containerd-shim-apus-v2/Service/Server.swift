internal import ContainerRuntime
internal import Kernel
internal import TTRPC

/// The shim while it serves: what all its parts share.
final class Server {
  static let listenerNumber: Int32 = 3
  /// Milliseconds to tell containerd the last events after a shutdown.
  private static let farewell: Int64 = 5000
  /// Milliseconds before connections are taken again, after one could not be.
  private static let pause: Int64 = 200
  private static let graceTime: Int64 = 2000
  /// Milliseconds that a shim waits for a container. A containerd that died while it started this one never has one for
  /// it, and containerd 1.6 keeps such a shim when it comes back.
  private static let patience: Int64 = 8000

  let namespace: String
  let log: ShimLog
  let loop: EventLoop
  let workers: Workers
  let publisher: EventPublisher
  private(set) var tasks: [String: ContainerTask] = [:]
  private let socket: ShimSocket?
  private let listener: Descriptor
  private let signals: Descriptor
  private var watches: [Watch] = []
  private var connections: [UInt64: Connection] = [:]
  private var nextConnection: UInt64 = 0
  private var isLeaving = false
  /// How many containers there have been.
  private var uses = 0
  private var isDismissed = false

  static func run(_ arguments: ShimArguments) throws(OperationError) {
    let server = try OperationError.wrapping { () throws(SystemCallError) in try Server(arguments) }
    try OperationError.wrapping { () throws(SystemCallError) in try server.loop.run() }
  }

  private init(_ arguments: ShimArguments) throws(SystemCallError) {
    namespace = arguments.namespace
    log = ShimLog(isDebug: arguments.isDebug)
    log.open()
    socket = ShimSocket(url: arguments.socket)
    listener = Descriptor(owning: Server.listenerNumber)
    try listener.setCloseOnExec(true)
    try CurrentProcess.control(.childSubreaper, 1)
    Server.takeName()
    // A log or an output that nobody reads ends no shim, nor does the end of a terminal that containerd ran in.
    let taken = SignalSet(1, 2, 13, 15, 17)
    try Signals.block(taken)
    signals = try Descriptor.signals(taken)
    loop = try EventLoop()
    workers = Workers(loop, log)
    publisher = EventPublisher(loop, log, namespace: namespace, address: StartOfProgram.variable("TTRPC_ADDRESS") ?? "")
    watches.append(try loop.watch(listener.number, .readable) { [unowned self] _ in accept() })
    watches.append(try loop.watch(signals.number, .readable) { [unowned self] _ in takeSignals() })
    leaveUnlessUsed()
  }

  /// A program that was executed by its descriptor bears its number as its name.
  private static func takeName() {
    do throws(SystemCallError) {
      try Descriptor.open(HostPath(constant: "/proc/self/comm"), .writeOnly).writeOnce("containerd-shim")
    } catch {
      // The name is for people only.
    }
  }

  private func accept() {
    do throws(SystemCallError) {
      while let socket = try listener.accept() {
        // As with the stock shim, another user has no business here, whatever the mode of the socket.
        if try socket.peerUser() != CurrentProcess.effectiveUser { continue }
        let number = nextConnection
        nextConnection += 1
        connections[number] = try Connection(socket, self) { [unowned self] in connections[number] = nil }
      }
    } catch {
      log.warn("a connection could not be taken: \(error)")
      // Those that wait, for want of a descriptor, would wake the loop without end.
      watches[0].change([])
      loop.after(milliseconds: Server.pause) { [unowned self] in watches[0].change(.readable) }
    }
  }

  private func takeSignals() {
    do throws(SystemCallError) {
      while let signal = try signals.nextSignal() {
        switch signal {
        case 17: try reap()
        case 2, 15: if tasks.isEmpty { leave() }
        default: break
        }
      }
    } catch {
      log.error("signals could not be taken: \(error)")
    }
  }

  /// Reaps every child that has ended: workers, processes of containers, and what they have left behind.
  private func reap() throws(SystemCallError) {
    while let ended = try CurrentProcess.reap(wait: false) {
      // What a worker has made becomes a child of the shim after the worker has answered and ended.
      workers.drain()
      let end = ProcessEnd(
        status: UInt32(ended.status.code), moment: Moment(nanoseconds: realtimeNanoseconds()))
      for task in tasks.values where task.take(end, of: ended.pid) { break }
    }
  }

  func task(_ id: String) -> ContainerTask? { tasks[id] }
  func add(_ task: ContainerTask) {
    isDismissed = false
    uses += 1
    tasks[task.id.string] = task
  }

  func remove(_ task: ContainerTask) {
    tasks[task.id.string] = nil
    if !tasks.isEmpty { return }
    if isDismissed { leaveUnlessNeeded() } else { leaveUnlessUsed() }
  }

  /// containerd asks for it after each container, and after a sandbox only once: its last containers may still be there.
  func shutDown() {
    isDismissed = true
    if tasks.isEmpty { leave() }
  }

  /// The shutdown that belongs to the last container may be on its way, or a new one that `start` has sent here.
  private func leaveUnlessNeeded() {
    loop.after(milliseconds: Server.graceTime) { [unowned self] in
      if isDismissed && tasks.isEmpty { leave() }
    }
  }

  private func leaveUnlessUsed() {
    let before = uses
    loop.after(milliseconds: Server.patience) { [unowned self] in
      if tasks.isEmpty && uses == before { leave() }
    }
  }

  func publish(_ event: TaskEvent) { publisher.publish(event) }

  /// Ends the shim once its answers and events are out; containerd asks for it after the last container.
  func leave() {
    if isLeaving { return }
    isLeaving = true
    socket?.removeFile()
    loop.after(milliseconds: Server.farewell) { [unowned self] in loop.stop() }
    publisher.whenIdle { [unowned self] in
      // The answer to the shutdown itself is written in this turn of the loop.
      loop.after(milliseconds: 0) { [unowned self] in loop.stop() }
    }
  }
}
