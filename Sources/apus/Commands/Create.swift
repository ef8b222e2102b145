internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Invocation {
  func create(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try Seal.ensure()
    let inherited = try InheritedDescriptors(preserved: options.integer(.preserveFds) ?? 0)
    try reporter.openLog()
    if let debug = reporter.debug { Seal.describe(to: debug) }
    try Container.create(try createRequest(reporter, inherited))
    return 0
  }

  /// In the foreground: the status of the process itself, 128 + the signal when one ended it.
  func run(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try Seal.ensure()
    let inherited = try InheritedDescriptors(preserved: options.integer(.preserveFds) ?? 0)
    try reporter.openLog()
    if let debug = reporter.debug { Seal.describe(to: debug) }
    let request = try createRequest(reporter, inherited)
    if options.flag(.detach) {
      try Container.run(request).awaitReadiness()
      return 0
    }
    if !options.flag(.noSubreaper) {
      _ = try OperationError.wrapping { () throws(SystemCallError) in try CurrentProcess.control(.childSubreaper, 1) }
    }
    try RunningProcess.holdSignals()
    let status = try Container.run(request).wait { reporter.warn($0) }
    if !options.flag(.keep) {
      try Container.delete(request.id, force: true, in: request.store) { reporter.warn($0) }
    }
    return status.code
  }

  func createRequest(
    _ reporter: Reporter, _ inherited: InheritedDescriptors
  ) throws(OperationError) -> CreateRequest {
    var request = CreateRequest(
      id: try id(), bundle: try path(.bundle, "--bundle") ?? HostPath(constant: "."), store: try store())
    request.pidFile = try path(.pidFile, "--pid-file")
    request.plan.noPivot = options.flag(.noPivot)
    request.plan.systemdCgroup = global.systemdCgroup
    request.sequence.keyring = !options.flag(.noNewKeyring)
    request.sequence.preservedDescriptors = inherited.count
    request.environment = inherited.variables
    if let socket = NotifySocket(StartOfProgram.variable("NOTIFY_SOCKET")) {
      request.notifySocket = socket
      request.plan.notifyFolder = request.store.path.appending(request.id.string).appending(
        ContainerFolder.notifications)
    }
    request.access = try processAccess(detaches: command == .create || options.flag(.detach))
    request.log = { reporter.warn($0.description) }
    request.debug = reporter.debug
    return request
  }
}
