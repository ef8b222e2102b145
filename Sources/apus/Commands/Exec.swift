internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Invocation {
  /// In the foreground: the status of the process itself, 128 + the signal when one ended it.
  func exec(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try Seal.ensure()
    let request = try execRequest(reporter)
    try reporter.openLog()
    if let debug = reporter.debug { Seal.describe(to: debug) }
    if options.flag(.detach) {
      _ = try Container.execute(request)
      return 0
    }
    try RunningProcess.holdSignals()
    return try Container.execute(request).wait().code
  }

  private func execRequest(_ reporter: Reporter) throws(OperationError) -> ExecRequest {
    var request = ExecRequest(id: try id(), store: try store())
    request.processFile = try path(.process, "--process")
    request.pidFile = try path(.pidFile, "--pid-file")
    request.access = try processAccess(detaches: options.flag(.detach))
    request.preservedDescriptors = try preservedDescriptors()
    request.cgroups = options.strings(.cgroup)
    request.ignoresPaused = options.flag(.ignorePaused)
    request.changes = changes(hasFile: request.processFile != nil)
    request.log = { reporter.warn($0.description) }
    request.debug = reporter.debug
    return request
  }

  private func changes(hasFile: Bool) -> ProcessChanges {
    var changes = ProcessChanges()
    if !hasFile { changes.arguments = Array(arguments.dropFirst()) }
    changes.workingDirectory = options.string(.cwd)
    changes.user = options.string(.user)
    changes.additionalGids = options.integers(.additionalGids)
    changes.environment = options.strings(.env)
    changes.capabilities = options.strings(.cap)
    if options.has(.noNewPrivs) { changes.noNewPrivileges = options.flag(.noNewPrivs) }
    // The config's own process may have a terminal; another one only when it is asked for.
    if !hasFile || options.has(.tty) { changes.terminal = options.flag(.tty) }
    changes.apparmorProfile = options.string(.apparmor)
    changes.selinuxLabel = options.string(.processLabel)
    return changes
  }

  /// How the caller gets at the process, for `create`, `run` and `exec`.
  func processAccess(detaches: Bool) throws(OperationError) -> ProcessAccess {
    var access = ProcessAccess()
    access.program = program
    access.detaches = detaches
    access.consoleSocket = try path(.consoleSocket, "--console-socket")
    access.pidfdSocket = try path(.pidfdSocket, "--pidfd-socket")
    return access
  }

  /// `--preserve-fds`; a socket activation is for a container, not for a process in it. Asked before this process opens
  /// anything, so that what is open is the caller's.
  private func preservedDescriptors() throws(OperationError) -> Int {
    let count = options.integer(.preserveFds) ?? 0
    for index in 0..<min(count, 1 << 20) where !Descriptor.isOpen(Int32(3 + index)) {
      throw OperationError(
        "", "", .message("unable to stat preserved-fd \(index) (of \(count)): no such file or directory"))
    }
    return count
  }
}
