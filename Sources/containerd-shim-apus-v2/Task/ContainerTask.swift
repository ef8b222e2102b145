internal import Cgroups
internal import ContainerRuntime
internal import Kernel
internal import TTRPC

/// A container that the shim looks after, with the processes that containerd has added to it.
final class ContainerTask {
  let id: ContainerID
  let bundle: HostPath
  let store: ContainerStore
  let options: RuntimeOptions
  let first: TaskProcess
  /// What it is made from instead of anew; nil once it is there.
  var images: TaskImages?
  private(set) var execs: [String: TaskProcess] = [:]
  var isPaused = false
  private unowned let server: Server
  private var memory: MemoryWatch?
  /// All processes end with the first.
  private var hasOwnPIDNamespace = true
  /// The end of the first process, which is told after those of the others.
  private var heldEnd: ProcessEnd?

  init(
    _ server: Server, id: ContainerID, bundle: HostPath, store: ContainerStore, options: RuntimeOptions,
    _ streams: StandardStreams
  ) {
    self.server = server
    self.id = id
    self.bundle = bundle
    self.store = store
    self.options = options
    let standard = ProcessStreams(
      server.loop, streams, container: id.string, namespace: server.namespace,
      owner: (options.ioUser, options.ioGroup))
    first = TaskProcess(exec: "", streams, standard, description: [], phase: .starting)
  }

  /// - Parameter exec: empty for the first.
  func process(_ exec: String) -> TaskProcess? { exec.isEmpty ? first : execs[exec] }

  func add(_ exec: String, _ streams: StandardStreams, description: [UInt8]) {
    let standard = ProcessStreams(
      server.loop, streams, container: id.string, namespace: server.namespace,
      owner: (options.ioUser, options.ioGroup))
    execs[exec] = TaskProcess(exec: exec, streams, standard, description: description, phase: .added)
  }

  func remove(_ process: TaskProcess) {
    process.close()
    execs[process.exec] = nil
    tellHeldEnd()
  }

  /// The container is made.
  func begin(pid: Int32) {
    first.pid = pid
    first.phase = .created
    images = nil
    do throws(OperationError) {
      let container = try Container(id, in: store)
      hasOwnPIDNamespace = container.record.hasOwnPIDNamespace
      watchMemory(container)
    } catch {
      // It has ended already.
      server.log.debug("\(id): \(error.oneLine)")
    }
  }

  private func watchMemory(_ container: Container) {
    do {
      memory = try MemoryWatch(server.loop, try container.memoryEvents()) { [unowned self] in
        server.publish(.outOfMemory(container: id.string))
      }
    } catch {
      server.log.debug("\(id): out of memory will not be told: \(error)")
    }
  }

  /// A child of the shim has ended.
  /// - Returns: whether it was one of this container's.
  func take(_ end: ProcessEnd, of pid: Int32) -> Bool {
    if pid == first.pid && first.isAlive {
      if first.phase == .starting { first.earlyEnd = end } else { endFirst(end) }
      return true
    }
    for process in execs.values where process.pid == pid && process.isAlive {
      if process.phase == .starting { process.earlyEnd = end } else { endExec(process, end) }
      return true
    }
    return false
  }

  /// The start of a process is told: now its end may be, if it came meanwhile.
  func settle(_ process: TaskProcess) {
    guard let end = process.earlyEnd else { return }
    process.earlyEnd = nil
    if process === first { endFirst(end) } else { endExec(process, end) }
  }

  func endExec(_ process: TaskProcess, _ end: ProcessEnd) {
    process.finish(end)
    server.publish(.exit(container: id.string, id: process.exec, pid: UInt32(bitPattern: process.pid), end))
    tellHeldEnd()
  }

  private func endFirst(_ end: ProcessEnd) {
    // That memory ran out is why it may have ended, and is told first.
    memory?.read()
    memory?.end()
    memory = nil
    first.phase = .stopped
    heldEnd = end
    if hasOwnPIDNamespace { return tellHeldEnd() }
    // What shares a pid namespace with others outlives its container's first process, unless somebody ends it.
    let (id, store) = (id, store)
    server.workers.start { _ throws(OperationError) in
      try Container.kill(id, signal: 9, all: true, in: store)
      return 0
    } completion: { [weak self] _ in
      self?.tellHeldEnd()
    }
  }

  /// One that is still being started counts: it ends at once, and its end comes before the container's too.
  func tellHeldEnd() {
    guard let end = heldEnd, !execs.values.contains(where: \.isAlive) else { return }
    heldEnd = nil
    first.finish(end)
    server.publish(.exit(container: id.string, id: id.string, pid: UInt32(bitPattern: first.pid), end))
  }

  func close() {
    memory?.end()
    memory = nil
    first.close()
    for process in execs.values { process.close() }
    execs = [:]
  }
}

/// Tells when the kernel ends processes of a container for lack of memory.
final class MemoryWatch {
  private var events: MemoryEvents
  private var watches: [Watch] = []
  private let tell: () -> Void

  init(_ loop: EventLoop, _ events: consuming MemoryEvents, tell: @escaping () -> Void) throws(SystemCallError) {
    self.tell = tell
    self.events = events
    let sources = self.events.waitsFor
    for source in sources {
      watches.append(try loop.watch(source.number, source.events) { [unowned self] _ in read() })
    }
  }

  func read() {
    do throws(CgroupError) {
      let reading = try events.read()
      if reading.outOfMemory { tell() }
      if reading.ended { end() }
    } catch {
      end()
    }
  }

  func end() {
    for watch in watches { watch.cancel() }
    watches = []
  }
}
