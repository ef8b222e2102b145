internal import Cgroups
internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import OCI
internal import Protobuf
internal import TTRPC

extension TaskService {
  func kill(_ request: KillTaskRequest, _ reply: Reply) throws(CallStatus) {
    let (task, process) = try find(request.process)
    guard let signal = Int32(exactly: request.signal), (0...64).contains(signal) else {
      throw CallStatus(.invalidArgument, "unknown signal \(request.signal)")
    }
    if process.phase == .stopped && !request.all { throw CallStatus(.notFound, "process already finished") }
    if process !== task.first {
      switch process.phase {
      case .added: throw CallStatus(.failedPrecondition, "process not created")
      case .starting: process.earlySignals.append(signal)
      case .created, .running, .stopped: TaskService.send(signal, to: process.pid)
      }
      return reply.succeed()
    }
    let (id, store, all) = (task.id, task.store, request.all)
    server.workers.start { _ throws(OperationError) in
      try Container.kill(id, signal: signal, all: all, in: store)
      return 0
    } completion: { result in
      switch result {
      case .success: reply.succeed()
      case .failure(let failure) where failure.text.hasPrefix("container not running"):
        reply.fail(CallStatus(.notFound, "process already finished"))
      case .failure(let failure) where failure.text.hasPrefix("container does not exist"):
        reply.fail(CallStatus(.notFound, "no such container"))
      case .failure(let failure): reply.fail(CallStatus(.unknown, failure.text))
      }
    }
  }

  /// To a child of the shim that is not reaped yet: its number is its own.
  static func send(_ signal: Int32, to pid: Int32) {
    do throws(SystemCallError) { try Descriptor.ofProcess(pid).sendSignal(signal) } catch {
      // It has ended, which its waiters will hear.
    }
  }

  func pids(_ task: ContainerTask, _ reply: Reply) throws(CallStatus) {
    var pids: [Int32]
    do throws(OperationError) { pids = try Container(task.id, in: task.store).processes() } catch {
      throw CallStatus(.unknown, error.oneLine)
    }
    // containerd from 1.7 on, when it starts, ends a shim that names no process, and with it the status of a container
    // that has ended while there was no containerd to hear it. Until Delete the first process is one of the task's.
    if pids.isEmpty, task.first.pid > 0 { pids = [task.first.pid] }
    let named = task.execs.values
    reply.succeed(
      PidsResponse(
        processes: pids.map { pid in
          PidsResponse.Process(pid: UInt32(bitPattern: pid), exec: named.first { $0.pid == pid }?.exec)
        }))
  }

  func pause(_ task: ContainerTask, _ reply: Reply) throws(CallStatus) {
    guard task.first.phase == .running, !task.isPaused else {
      throw CallStatus(.failedPrecondition, "cannot pause a container that is not running")
    }
    change(task, reply) { id, store throws(OperationError) in
      try Container.pause(id, in: store)
    } then: { [server] in
      task.isPaused = true
      server.publish(.paused(container: task.id.string))
    }
  }

  func resume(_ task: ContainerTask, _ reply: Reply) throws(CallStatus) {
    guard task.isPaused else { throw CallStatus(.failedPrecondition, "cannot resume a container that is not paused") }
    change(task, reply) { id, store throws(OperationError) in
      try Container.resume(id, in: store)
    } then: { [server] in
      task.isPaused = false
      server.publish(.resumed(container: task.id.string))
    }
  }

  private func change(
    _ task: ContainerTask, _ reply: Reply, _ body: (ContainerID, ContainerStore) throws(OperationError) -> Void,
    then: @escaping () -> Void
  ) {
    server.workers.start { _ throws(OperationError) in
      try body(task.id, task.store)
      return 0
    } completion: { result in
      switch result {
      case .success:
        then()
        reply.succeed()
      case .failure(let failure): reply.fail(CallStatus(.unknown, failure.text))
      }
    }
  }

  func update(_ request: UpdateTaskRequest, _ reply: Reply) throws(CallStatus) {
    let task = try task(request.id)
    let resources: Spec.Resources
    do throws(JSONError) {
      resources = try Spec.Resources(json: request.resources?.value ?? Array("{}".utf8), named: "resources")
    } catch {
      throw CallStatus(.invalidArgument, "\(error)")
    }
    let (id, store) = (task.id, task.store)
    server.workers.start { warn throws(OperationError) in
      for warning in try Container.update(id, resources, in: store) { warn(warning) }
      return 0
    } completion: { result in
      switch result {
      case .success: reply.succeed()
      case .failure(let failure): reply.fail(CallStatus(.unknown, failure.text))
      }
    }
  }

  func statistics(_ task: ContainerTask, _ reply: Reply) throws(CallStatus) {
    if task.first.phase == .stopped { throw CallStatus(.notFound, "cgroup does not exist: the container has stopped") }
    do throws(OperationError) {
      let container = try Container(task.id, in: task.store)
      let statistics = try container.statistics()
      let metrics =
        container.usesUnifiedCgroup
        ? AnyMessage("io.containerd.cgroups.v2.Metrics", UnifiedMetrics(statistics).protobuf)
        : AnyMessage("io.containerd.cgroups.v1.Metrics", LegacyMetrics(statistics).protobuf)
      reply.succeed(StatsResponse(metrics: metrics))
    } catch {
      throw CallStatus(.unknown, error.oneLine)
    }
  }
}
