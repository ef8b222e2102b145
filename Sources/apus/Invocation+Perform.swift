internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Invocation {
  /// Runs the command.
  /// - Returns: the exit status.
  func perform(_ reporter: Reporter) throws(OperationError) -> Int32 {
    switch command {
    case .create: try traced { () throws(OperationError) in try create(reporter) }
    case .run: try traced { () throws(OperationError) in try run(reporter) }
    case .start: try start()
    case .state: try state()
    case .kill: try kill()
    case .delete: try delete(reporter)
    case .spec: try spec()
    case .explain: try explain()
    case .completion: try completion()
    case .list: try list(reporter)
    case .ps: try processes()
    case .pause: try pause()
    case .resume: try resume()
    case .update: try update(reporter)
    case .events: try events()
    case .features: features()
    case .validate: try validate()
    case .exec: try traced { () throws(OperationError) in try exec(reporter) }
    case .checkpoint: try checkpoint(reporter)
    case .restore: try restore(reporter)
    }
  }

  /// With `--trace`, measures a command and writes the file in the end, whatever became of the command. That the file
  /// could not be written any more then is said, but what was made is made.
  private func traced(_ body: () throws(OperationError) -> Int32) throws(OperationError) -> Int32 {
    guard let path = try path(.trace, "--trace") else { return try body() }
    let trace = try Trace(path.absolute(in: try currentFolder()))
    let result: Result<Int32, OperationError>
    do { result = .success(try body()) } catch { result = .failure(error) }
    do { try trace.finish(command.name) } catch { Output.writeError("apus: \(error.oneLine)\n") }
    return try result.get()
  }

  /// The id among the arguments, for commands that take one.
  var containerID: String? {
    switch command {
    case .create, .run, .start, .state, .kill, .delete, .exec, .ps, .pause, .resume, .update, .events, .checkpoint,
      .restore:
      arguments.first
    case .list, .spec, .explain, .validate, .features, .completion: nil
    }
  }

  func id() throws(OperationError) -> ContainerID { try ContainerID(arguments.first ?? "") }

  /// `--root`, or the default: /run/apus for root, a folder under XDG_RUNTIME_DIR for others. Who is root of a user
  /// namespace only, as Podman without privileges is, has no use for /run either (runc#1808).
  func store() throws(OperationError) -> ContainerStore {
    if let root = global.root {
      return ContainerStore(path: try path(root, "--root").absolute(in: try currentFolder()))
    }
    if let folder = StartOfProgram.variable("XDG_RUNTIME_DIR"), !folder.isEmpty,
      CurrentProcess.effectiveUser != 0 || CurrentProcess.isRootForAUser
    {
      return ContainerStore(path: try path(folder, "XDG_RUNTIME_DIR").appending("apus"))
    }
    return ContainerStore(path: try path(GlobalOptions.defaultRoot, "--root"))
  }

  func path(_ text: String, _ option: String) throws(OperationError) -> HostPath {
    do { return try HostPath(text) } catch { throw OperationError("", "", .message("\(option): \(error)")) }
  }

  func path(_ option: StringOption, _ name: String) throws(OperationError) -> HostPath? {
    guard let text = options.string(option) else { return nil }
    return try path(text, name)
  }

  private func currentFolder() throws(OperationError) -> HostPath { try path(currentFolderPath() ?? "/", "folder") }
}
