internal import ContainerRuntime
internal import Kernel
internal import Protobuf
internal import TTRPC

/// The images that a container is made from, when it is started.
struct TaskImages {
  let path: HostPath

  /// nil when the container is made anew.
  init?(_ request: CreateTaskRequest) throws(CallStatus) {
    if request.checkpoint.isEmpty { return nil }
    do throws(PathProblem) { path = try HostPath(request.checkpoint) } catch {
      throw CallStatus(.invalidArgument, "checkpoint: \(error)")
    }
  }
}

extension TaskService {
  func checkpoint(_ request: CheckpointTaskRequest, _ reply: Reply) throws {
    let task = try task(request.id)
    guard task.first.phase == .running else {
      throw CallStatus(.failedPrecondition, "cannot checkpoint a container that is not running")
    }
    let wanted = try CheckpointTaskOptions(request.options)
    let options = try TaskService.options(wanted, images: request.path, task)
    let (id, store) = (task.id, task.store)
    server.workers.start { warn throws(OperationError) in
      do throws(OperationError) {
        try Container.checkpoint(id, options, in: store, warn: warn, debug: nil)
      } catch {
        throw TaskService.named(error, "checkpoint", task)
      }
      return 0
    } completion: { [server] result in
      switch result {
      case .success:
        server.publish(.checkpointed(container: id.string, checkpoint: request.path))
        reply.succeed()
      case .failure(let failure): reply.fail(CallStatus(.unknown, "OCI runtime checkpoint failed: \(failure.text)"))
      }
    }
  }

  private static func options(
    _ wanted: CheckpointTaskOptions, images: String, _ task: ContainerTask
  ) throws(CallStatus) -> CheckpointOptions {
    var options = CheckpointOptions()
    options.leavesRunning = !wanted.exits
    options.tcpEstablished = wanted.openTCP
    options.externalUnixSockets = wanted.externalUnixSockets
    options.shellJob = wanted.terminal
    options.fileLocks = wanted.fileLocks
    if !wanted.cgroupsMode.isEmpty {
      guard let mode = CheckpointOptions.CgroupMode(rawValue: wanted.cgroupsMode) else {
        throw CallStatus(.invalidArgument, "invalid manage-cgroups-mode value \"\(wanted.cgroupsMode)\"")
      }
      options.cgroupMode = mode
    }
    do throws(PathProblem) {
      options.images = try HostPath(images.isEmpty ? wanted.imagePath : images)
      options.work = try workFolder(wanted.workPath, task)
    } catch {
      throw CallStatus(.invalidArgument, "checkpoint: \(error)")
    }
    return options
  }

  private static func workFolder(_ path: String, _ task: ContainerTask) throws(PathProblem) -> HostPath {
    path.isEmpty ? task.bundle.appending("criu-work") : try HostPath(path)
  }

  /// A container that is made from a checkpoint has no process before it is started: only its root file system is there.
  func prepare(_ task: ContainerTask, _ request: CreateTaskRequest, _ reply: Reply) {
    server.workers.start { _ throws(OperationError) in
      try RootFileSystem(bundle: task.bundle).mount(request.rootfs)
      return 0
    } completion: { [self] result in
      do throws(WorkerFailure) { _ = try result.get() } catch { return abandon(task, reply, error.text) }
      task.first.phase = .created
      server.publish(
        .create(
          container: request.id, bundle: request.bundle, rootfs: request.rootfs, request.streams,
          checkpoint: request.checkpoint, pid: 0))
      reply.succeed(ProcessResponse(pid: 0))
    }
  }

  /// The start of such a container.
  func restore(_ task: ContainerTask, _ images: TaskImages, _ reply: Reply) throws(CallStatus) {
    let process = task.first
    let prepared: (ends: ChildEnds, console: Console?)
    var options = CheckpointOptions()
    options.images = images.path
    do {
      prepared = (try process.standard.makeEnds(), try Console(isWanted: process.streams.terminal))
      options.work = try TaskService.workFolder(task.options.criuWorkPath, task)
    } catch {
      throw CallStatus(.unknown, "\(error)")
    }
    let (console, restoring) = (prepared.console, options)
    process.phase = .starting
    server.workers.start(prepared.ends, keeping: console?.kept ?? []) { warn throws(OperationError) in
      do throws(OperationError) {
        return try Container.restore(TaskService.request(task, console, warn), restoring, warn: warn).pid
      } catch {
        throw TaskService.named(error, "restore", task)
      }
    } completion: { [self] result in
      do throws(WorkerFailure) {
        task.begin(pid: try result.get())
      } catch {
        process.phase = .created
        return reply.fail(CallStatus(.unknown, "OCI runtime restore failed: \(error.text)"))
      }
      process.phase = .running
      begin(process, console)
      beginInput(of: process)
      server.publish(.start(container: task.id.string, pid: UInt32(bitPattern: process.pid)))
      reply.succeed(ProcessResponse(pid: UInt32(bitPattern: process.pid)))
      task.settle(process)
    }
  }

  private func beginInput(of process: TaskProcess) {
    do throws(SystemCallError) { try process.standard.beginInput() } catch {
      server.log.error("standard input of process \(process.pid): \(error)")
    }
  }
}
