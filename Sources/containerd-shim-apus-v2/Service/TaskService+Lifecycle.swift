internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import OCI
internal import Protobuf
internal import TTRPC

extension TaskService {
  /// Milliseconds for the output to reach its reader before a process is deleted.
  private static let drainTime: Int64 = 10_000

  func create(_ request: CreateTaskRequest, _ reply: Reply) throws {
    let images = try TaskImages(request)
    if server.task(request.id) != nil { throw CallStatus(.alreadyExists, "container \(request.id) already exists") }
    let options = try RuntimeOptions(request.options)
    let task: ContainerTask
    do {
      task = ContainerTask(
        server, id: try ContainerID(request.id), bundle: try HostPath(request.bundle),
        store: try ShimBundle.store(options, namespace: server.namespace), options: options, request.streams)
    } catch {
      throw CallStatus(.invalidArgument, "\(error)")
    }
    task.images = images
    server.add(task)
    task.first.standard.open { [self] problem in
      if let problem { return abandon(task, reply, problem.text) }
      launch(task, request, reply)
    }
  }

  func abandon(_ task: ContainerTask, _ reply: Reply, _ text: String) {
    task.close()
    server.remove(task)
    reply.fail(CallStatus(.unknown, "OCI runtime create failed: \(text)"))
  }

  private func launch(_ task: ContainerTask, _ request: CreateTaskRequest, _ reply: Reply) {
    let prepared: (ends: ChildEnds, console: Console?)
    do throws(SystemCallError) {
      try ShimBundle(path: task.bundle).write(task.options)
      if task.images != nil { return prepare(task, request, reply) }
      prepared = (try task.first.standard.makeEnds(), try Console(isWanted: request.streams.terminal))
    } catch {
      return abandon(task, reply, "\(error)")
    }
    let console = prepared.console
    server.workers.start(prepared.ends, keeping: console?.kept ?? []) { warn throws(OperationError) in
      try TaskService.make(task, request.rootfs, console, warn)
    } completion: { [self] result in
      do throws(WorkerFailure) {
        task.begin(pid: try result.get())
      } catch {
        return abandon(task, reply, error.text)
      }
      begin(task.first, console)
      let pid = UInt32(bitPattern: task.first.pid)
      server.publish(
        .create(
          container: request.id, bundle: request.bundle, rootfs: request.rootfs, request.streams,
          checkpoint: request.checkpoint, pid: pid))
      reply.succeed(ProcessResponse(pid: pid))
      task.settle(task.first)
    }
  }

  /// In the worker: the root file system, then the container.
  private static func make(
    _ task: ContainerTask, _ mounts: [MountMessage], _ console: Console?, _ warn: @escaping @Sendable (String) -> Void
  ) throws(OperationError) -> Int32 {
    let root = RootFileSystem(bundle: task.bundle)
    try root.mount(mounts)
    do throws(OperationError) {
      try Container.create(request(task, console, warn))
      return try Container(task.id, in: task.store).record.initProcess?.pid ?? 0
    } catch {
      root.unmount()
      throw named(error, "create", task)
    }
  }

  static func request(
    _ task: ContainerTask, _ console: Console?, _ warn: @escaping @Sendable (String) -> Void
  ) -> CreateRequest {
    var request = CreateRequest(id: task.id, bundle: task.bundle, store: task.store)
    request.pidFile = task.bundle.appending("init.pid")
    request.plan.noPivot = task.options.noPivotRoot
    request.plan.systemdCgroup = task.options.systemdCgroup
    request.sequence.keyring = !task.options.noNewKeyring
    request.access.detaches = true
    request.access.console = console?.socket()
    request.log = { warn($0.description) }
    return request
  }

  static func named(_ error: OperationError, _ operation: String, _ task: ContainerTask) -> OperationError {
    var error = error
    error.operation = operation
    error.container = task.id.string
    return error
  }

  func begin(_ process: TaskProcess, _ console: Console?) {
    do throws(SystemCallError) {
      try process.begin(terminal: try console?.takeMaster())
      if !process.exec.isEmpty { try process.standard.beginInput() }
    } catch {
      server.log.error("the standard streams of process \(process.pid): \(error)")
    }
  }

  func start(_ reference: ProcessReference, _ reply: Reply) throws(CallStatus) {
    let (task, process) = try find(reference)
    if !reference.exec.isEmpty { return try startExec(task, process, reply) }
    guard process.phase == .created, !task.isPaused else {
      throw CallStatus(.failedPrecondition, "cannot start a container that is not in the created state")
    }
    if let images = task.images { return try restore(task, images, reply) }
    do throws(SystemCallError) { try process.standard.beginInput() } catch {
      throw CallStatus(.unknown, "standard input: \(error)")
    }
    process.phase = .starting
    let (id, store) = (task.id, task.store)
    server.workers.start { _ throws(OperationError) in
      do throws(OperationError) { try Container.start(id, in: store) } catch {
        throw TaskService.named(error, "start", task)
      }
      return 0
    } completion: { [self] result in
      switch result {
      case .success:
        process.phase = .running
        let pid = UInt32(bitPattern: process.pid)
        server.publish(.start(container: id.string, pid: pid))
        reply.succeed(ProcessResponse(pid: pid))
      case .failure(let failure):
        process.phase = .created
        reply.fail(CallStatus(.unknown, "OCI runtime start failed: \(failure.text)"))
      }
      task.settle(process)
    }
  }

  func exec(_ request: ExecTaskRequest, _ reply: Reply) throws(CallStatus) {
    let task = try task(request.process.container)
    if task.process(request.process.exec) != nil {
      throw CallStatus(.alreadyExists, "id \(request.process.exec)")
    }
    if task.isPaused { throw CallStatus(.failedPrecondition, "cannot exec in a paused state") }
    if task.first.phase == .stopped { throw CallStatus(.failedPrecondition, "cannot exec in a stopped state") }
    task.add(request.process.exec, request.streams, description: request.specification?.value ?? [])
    server.publish(.execAdded(container: task.id.string, exec: request.process.exec))
    reply.succeed()
  }

  private func startExec(_ task: ContainerTask, _ process: TaskProcess, _ reply: Reply) throws(CallStatus) {
    guard process.phase == .added else { throw CallStatus(.failedPrecondition, "cannot start a started process") }
    if task.first.phase == .stopped {
      throw CallStatus(.failedPrecondition, "container \(task.id) init process is not running")
    }
    process.phase = .starting
    process.standard.open { [self] problem in
      if let problem { return failExec(task, process, reply, problem.text) }
      launchExec(task, process, reply)
    }
  }

  private func failExec(_ task: ContainerTask, _ process: TaskProcess, _ reply: Reply, _ text: String) {
    reply.fail(CallStatus(.unknown, "OCI runtime exec failed: \(text)"))
    process.standard.end()
    process.finish(ProcessEnd(status: 255, moment: Moment(nanoseconds: realtimeNanoseconds())))
    task.tellHeldEnd()
  }

  private func launchExec(_ task: ContainerTask, _ process: TaskProcess, _ reply: Reply) {
    let prepared: (ends: ChildEnds, console: Console?)
    do throws(SystemCallError) {
      prepared = (try process.standard.makeEnds(), try Console(isWanted: process.streams.terminal))
    } catch {
      return failExec(task, process, reply, "\(error)")
    }
    let console = prepared.console
    server.workers.start(prepared.ends, keeping: console?.kept ?? []) { warn throws(OperationError) in
      var request = ExecRequest(id: task.id, store: task.store)
      request.processDescription = process.description
      request.access.detaches = true
      request.access.console = console?.socket()
      request.changes.terminal = process.streams.terminal
      request.log = { warn($0.description) }
      do throws(OperationError) { return try Container.execute(request).pid } catch {
        throw TaskService.named(error, "exec", task)
      }
    } completion: { [self] result in
      switch result {
      case .success(let pid):
        process.pid = pid
        process.phase = .running
        begin(process, console)
        server.publish(
          .execStarted(container: task.id.string, exec: process.exec, pid: UInt32(bitPattern: pid)))
        reply.succeed(ProcessResponse(pid: UInt32(bitPattern: pid)))
        for signal in process.earlySignals { TaskService.send(signal, to: pid) }
        process.earlySignals = []
        task.settle(process)
      case .failure(let failure): failExec(task, process, reply, failure.text)
      }
    }
  }

  func delete(_ reference: ProcessReference, _ reply: Reply) throws(CallStatus) {
    let (task, process) = try find(reference)
    if process.isDeleting { throw CallStatus(.failedPrecondition, "the process is being deleted") }
    if process === task.first {
      guard process.phase == .created || process.end != nil else {
        throw CallStatus(.failedPrecondition, "cannot delete a running process")
      }
    } else if process.isAlive {
      throw CallStatus(.failedPrecondition, "cannot delete a running process")
    }
    process.isDeleting = true
    if process.phase == .created { return remove(task, reply) }
    process.standard.whenDrained(milliseconds: TaskService.drainTime) { [self] in
      if process === task.first { return remove(task, reply) }
      task.remove(process)
      reply.succeed(TaskService.deleted(process))
    }
  }

  private func remove(_ task: ContainerTask, _ reply: Reply) {
    let (id, store, bundle) = (task.id, task.store, task.bundle)
    server.workers.start { warn throws(OperationError) in
      do throws(OperationError) { try Container.delete(id, force: true, in: store, warn: warn) } catch {
        throw TaskService.named(error, "delete", task)
      }
      RootFileSystem(bundle: bundle).unmount()
      return 0
    } completion: { [self] result in
      do throws(WorkerFailure) { _ = try result.get() } catch {
        task.first.isDeleting = false
        return reply.fail(CallStatus(.unknown, "failed to delete task: \(error.text)"))
      }
      task.close()
      server.remove(task)
      let response = TaskService.deleted(task.first)
      server.publish(.delete(container: id.string, pid: response.pid, response.end))
      reply.succeed(response)
    }
  }

  /// A process that never ran has no end of its own.
  private static func deleted(_ process: TaskProcess) -> DeleteResponse {
    DeleteResponse(
      pid: UInt32(bitPattern: process.pid), end: process.end ?? ProcessEnd(status: 0, moment: Moment(nanoseconds: 0)))
  }
}
