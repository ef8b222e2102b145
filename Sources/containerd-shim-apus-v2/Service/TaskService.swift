internal import ContainerRuntime
internal import Kernel
internal import Protobuf
internal import TTRPC

/// The Task service, containerd.task.v2.Task and v3, which differ in their names only.
final class TaskService {
  private static let names = ["containerd.task.v2.Task", "containerd.task.v3.Task"]

  unowned let server: Server

  init(_ server: Server) { self.server = server }

  func serve(_ request: CallRequest, _ reply: Reply) {
    server.log.debug("\(request.method)")
    guard TaskService.names.contains(request.service) else {
      return reply.fail(CallStatus(.unimplemented, "service \(request.service) is not served"))
    }
    do {
      try serve(request.method, request.payload, reply)
    } catch let status as CallStatus {
      reply.fail(status)
    } catch {
      reply.fail(CallStatus(.invalidArgument, "\(request.method): the request cannot be read: \(error)"))
    }
  }

  private func serve(_ method: String, _ payload: [UInt8], _ reply: Reply) throws {
    switch method {
    case "Create": try create(try CreateTaskRequest(protobuf: payload), reply)
    case "Start": try start(try ProcessReference(protobuf: payload), reply)
    case "Exec": try exec(try ExecTaskRequest(protobuf: payload), reply)
    case "Delete": try delete(try ProcessReference(protobuf: payload), reply)
    case "State":
      let reference = try ProcessReference(protobuf: payload)
      let (task, process) = try find(reference)
      reply.succeed(process.state(task.id.string, bundle: task.bundle.string, isPaused: task.isPaused))
    case "Wait": try find(try ProcessReference(protobuf: payload)).process.wait(reply)
    case "Kill": try kill(try KillTaskRequest(protobuf: payload), reply)
    case "Pids": try pids(try task(try ProcessReference(protobuf: payload).container), reply)
    case "Pause": try pause(try task(try ProcessReference(protobuf: payload).container), reply)
    case "Resume": try resume(try task(try ProcessReference(protobuf: payload).container), reply)
    case "Update": try update(try UpdateTaskRequest(protobuf: payload), reply)
    case "Stats": try statistics(try task(try ProcessReference(protobuf: payload).container), reply)
    case "ResizePty": try resize(try ResizeTerminalRequest(protobuf: payload), reply)
    case "CloseIO":
      let request = try CloseInputRequest(protobuf: payload)
      let process = try find(request.process).process
      if request.input { process.standard.closeInput() }
      reply.succeed()
    case "Connect":
      let id = try ProcessReference(protobuf: payload).container
      let pid = server.task(id)?.first.pid ?? 0
      reply.succeed(ConnectResponse(shim: UInt32(CurrentProcess.pid), task: UInt32(bitPattern: pid)))
    case "Shutdown":
      reply.succeed()
      server.shutDown()
    case "Checkpoint":
      try checkpoint(try CheckpointTaskRequest(protobuf: payload), reply)
    default: throw CallStatus(.unimplemented, "method \(method) is not served")
    }
  }

  func task(_ id: String) throws(CallStatus) -> ContainerTask {
    guard let task = server.task(id) else { throw CallStatus(.notFound, "container not created") }
    return task
  }

  func find(_ reference: ProcessReference) throws(CallStatus) -> (task: ContainerTask, process: TaskProcess) {
    let task = try task(reference.container)
    guard let process = task.process(reference.exec) else {
      throw CallStatus(.notFound, "process does not exist \(reference.exec)")
    }
    return (task, process)
  }

  private func resize(_ request: ResizeTerminalRequest, _ reply: Reply) throws(CallStatus) {
    let process = try find(request.process).process
    do throws(SystemCallError) {
      try process.resize(rows: UInt16(clamping: request.height), columns: UInt16(clamping: request.width))
    } catch {
      throw CallStatus(.unknown, error.description)
    }
    reply.succeed()
  }
}
