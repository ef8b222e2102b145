internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Invocation {
  func checkpoint(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try reporter.openLog()
    warnWithoutPrivileges(reporter)
    try Container.checkpoint(
      try id(), try checkpointOptions(), in: try store(), warn: { reporter.note($0) }, debug: reporter.debug)
    return 0
  }

  /// In the foreground: the status of the process itself, as `run`.
  func restore(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try Seal.ensure()
    try reporter.openLog()
    warnWithoutPrivileges(reporter)
    let inherited = try InheritedDescriptors(preserved: 0)
    let request = try createRequest(reporter, inherited)
    let options = try checkpointOptions()
    if self.options.flag(.detach) {
      _ = try Container.restore(request, options) { reporter.note($0) }
      return 0
    }
    if !self.options.flag(.noSubreaper) {
      _ = try OperationError.wrapping { () throws(SystemCallError) in try CurrentProcess.control(.childSubreaper, 1) }
    }
    try RunningProcess.holdSignals()
    let status = try Container.restore(request, options, warn: { reporter.note($0) }).wait()
    try Container.delete(request.id, force: true, in: request.store) { reporter.warn($0) }
    return status.code
  }

  private func warnWithoutPrivileges(_ reporter: Reporter) {
    if CurrentProcess.effectiveUser != 0 { reporter.warn("\(command.name) is untested with rootless containers") }
  }

  private func checkpointOptions() throws(OperationError) -> CheckpointOptions {
    var checkpoint = CheckpointOptions()
    if let images = try path(.imagePath, "--image-path") { checkpoint.images = images }
    checkpoint.work = try path(.workPath, "--work-path")
    checkpoint.parent = try path(.parentPath, "--parent-path")
    checkpoint.leavesRunning = options.flag(.leaveRunning)
    checkpoint.isPreDump = options.flag(.preDump)
    checkpoint.tcpEstablished = options.flag(.tcpEstablished)
    checkpoint.tcpSkipInFlight = options.flag(.tcpSkipInFlight)
    checkpoint.linkRemap = options.flag(.linkRemap)
    checkpoint.externalUnixSockets = options.flag(.extUnixSk)
    checkpoint.shellJob = options.flag(.shellJob)
    checkpoint.fileLocks = options.flag(.fileLocks)
    checkpoint.lazyPages = options.flag(.lazyPages)
    checkpoint.autoDedup = options.flag(.autoDedup)
    checkpoint.cgroupMode = options.cgroupsMode.flatMap { CheckpointOptions.CgroupMode(rawValue: $0.rawValue) }
    checkpoint.pageServer = try pageServer()
    checkpoint.statusDescriptor = options.integer(.statusFd).flatMap { $0 < 0 ? nil : Int32(clamping: $0) }
    checkpoint.lsmProfile = options.string(.lsmProfile)
    checkpoint.lsmMountContext = options.string(.lsmMountContext)
    return checkpoint
  }

  /// `ADDRESS:PORT`, with an IPv6 address in brackets.
  private func pageServer() throws(OperationError) -> CheckpointOptions.PageServer? {
    guard let text = options.string(.pageServer) else { return nil }
    let malformed = OperationError("", "", .message("Use --page-server ADDRESS:PORT to specify page server"))
    guard let colon = text.lastIndex(of: ":") else { throw malformed }
    var address = text[..<colon]
    let port = text[text.index(after: colon)...]
    if address.hasPrefix("[") && address.hasSuffix("]") {
      address = address.dropFirst().dropLast()
    } else if address.contains(":") {
      throw malformed
    }
    if address.isEmpty || port.isEmpty { throw malformed }
    guard let number = Int32(port), (1...65535).contains(number) else {
      throw OperationError("", "", .message("Invalid port number"))
    }
    return CheckpointOptions.PageServer(address: String(address), port: number)
  }
}
