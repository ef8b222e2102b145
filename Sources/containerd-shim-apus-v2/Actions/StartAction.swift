internal import Cgroups
internal import ContainerRuntime
internal import Kernel
internal import OCI
internal import Protobuf
internal import TTRPC

/// `start`: finds the shim that serves the container's group, or leaves one behind, and prints its address.
struct StartAction {
  private static let inputLimit = 4 << 20
  static let groupAnnotations = ["io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"]

  let arguments: ShimArguments
  /// From containerd 2.3 on.
  let bootstrap: BootstrapParameters?
  let options: RuntimeOptions

  init(_ arguments: ShimArguments) throws(OperationError) {
    self.arguments = arguments
    if arguments.id.isEmpty || arguments.namespace.isEmpty {
      throw OperationError("", "", .message("start needs -id and -namespace"))
    }
    let input = try OperationError.wrapping { () throws(SystemCallError) in
      try Descriptor.borrowing(0) { input throws(SystemCallError) in
        try input.readAll(limit: StartAction.inputLimit)
      }
    }
    do throws(ProtobufError) {
      (bootstrap, options) = try StartAction.read(input, arguments)
    } catch {
      throw OperationError("", "", .message("the options on standard input: \(error)"))
    }
  }

  /// Until containerd 2.2 the input is the options of the runtime, maybe none; an Any whose first field is the name of a
  /// type, never the container's id.
  static func read(
    _ input: [UInt8], _ arguments: ShimArguments
  ) throws(ProtobufError) -> (BootstrapParameters?, RuntimeOptions) {
    let parameters = try BootstrapParameters(protobuf: input)
    if parameters.instance == arguments.id && parameters.namespace == arguments.namespace {
      let known = parameters.extensions.compactMap(\.value).last { $0.typeURL.hasSuffix(RuntimeOptions.typeURL) }
      return (parameters, try RuntimeOptions(known))
    }
    return (nil, try RuntimeOptions(input.isEmpty ? nil : AnyMessage(protobuf: input)))
  }

  func run() throws(OperationError) {
    let socket = ShimSocket(
      folder: try socketFolder(), address: bootstrap?.address ?? arguments.address, namespace: arguments.namespace,
      group: group())
    try OperationError.wrapping { () throws(SystemCallError) in
      switch try socket.listen() {
      case .elsewhere: break
      case .here(let listener): try leaveServer(listener, socket)
      }
      try ShimBundle(path: HostPath(constant: ".")).write(address: socket.url)
    }
    StandardOutput.write(answer(socket))
  }

  private func answer(_ socket: ShimSocket) -> [UInt8] {
    bootstrap == nil ? Array(socket.url.utf8) : BootstrapResult(version: 3, address: socket.url).protobuf
  }

  private func socketFolder() throws(OperationError) -> HostPath {
    guard let folder = bootstrap?.socketFolder, !folder.isEmpty else { return ShimSocket.defaultFolder }
    do { return try HostPath(folder) } catch { throw OperationError("", "", .message("the sockets' folder: \(error)")) }
  }

  /// The containers of a pod share a shim. A configuration that cannot be read is for create to complain about.
  private func group() -> String {
    do throws(OperationError) {
      let annotations = try Bundle(path: HostPath(constant: ".")).spec.annotations
      for name in StartAction.groupAnnotations {
        if let group = annotations?[name], !group.isEmpty { return group }
      }
    } catch {
      return arguments.id
    }
    return arguments.id
  }

  /// The server is this program again, sealed, with the socket as descriptor 3. The socket is there already: containerd
  /// may connect while the server still begins.
  private func leaveServer(_ listener: borrowing Descriptor, _ socket: ShimSocket) throws(SystemCallError) {
    let failure = try Descriptor.pipe()
    let reading = try failure.first.duplicate()
    do throws(SystemCallError) {
      let child = try clone(CloneRequest()) { becomeServer(listener, socket, failure.second) }
      try adjust(child.pid)
    } catch {
      socket.removeFile()
      throw error
    }
    _ = consume failure
    // The end of the pipe is the start of the server's program.
    let text = try reading.readAll(limit: 65536)
    if text.isEmpty { return }
    socket.removeFile()
    throw SystemCallError.refused(String(decoding: text, as: UTF8.self))
  }

  private func becomeServer(
    _ listener: borrowing Descriptor, _ socket: ShimSocket, _ failure: borrowing Descriptor
  ) -> Never {
    do {
      try CurrentProcess.newProcessGroup()
      let null = try Descriptor.open(HostPath(constant: "/dev/null"), .readWrite)
      for stream in Int32(0)...2 { try null.duplicate(onto: stream) }
      // The second of two copies is above the place that the socket takes.
      let low = try failure.duplicate()
      let report = try low.duplicate()
      try listener.duplicate(onto: Server.listenerNumber)
      // Whatever the caller has left open would stay so as long as the shim.
      try Descriptor.closeOnExec(from: Server.listenerNumber + 1)
      do {
        try StartAction.shareNoCore()
        try Seal.restart(arguments: serverArguments(socket), environment: environment)
      } catch {
        try report.write(error.oneLine)
      }
    } catch {
      // The exit status tells as much.
    }
    exitNow(1)
  }

  /// The shim and its containers trust each other, and nobody else on a core's threads, when containerd's configuration
  /// says so (`sched_core`, or the variable itself).
  private static func shareNoCore() throws(OperationError) {
    if (StartOfProgram.variable("SCHED_CORE") ?? "").isEmpty { return }
    do throws(SystemCallError) { try CurrentProcess.makeSchedulingCore() } catch {
      throw OperationError("", "", .message("SCHED_CORE: core scheduling cannot be had: \(error)"))
    }
  }

  private func serverArguments(_ socket: ShimSocket) -> [String] {
    [
      arguments.program, "-namespace", arguments.namespace, "-id", arguments.id, "-address",
      bootstrap?.address ?? arguments.address, "-socket", socket.url,
    ] + (arguments.isDebug || bootstrap?.wantsDebug == true ? ["-debug"] : [])
  }

  private var environment: [String] {
    let own = StartOfProgram.environment.filter {
      !$0.hasPrefix("NOTIFY_SOCKET=") && !(bootstrap != nil && $0.hasPrefix("TTRPC_ADDRESS="))
    }
    guard let events = bootstrap?.eventsAddress else { return own }
    return own + ["TTRPC_ADDRESS=\(events)"]
  }

  /// The kernel shall end a shim before containerd, and its cgroup is what the options say.
  private func adjust(_ server: Int32) throws(SystemCallError) {
    let processes = HostPath(constant: "/proc")
    do throws(SystemCallError) {
      let parent = try processes.appending("\(CurrentProcess.parent)/oom_score_adj").readText()
      if let score = Int(parent), score < 1000 {
        try Descriptor.open(processes.appending("\(server)/oom_score_adj"), .writeOnly).writeOnce(String(score + 1))
      }
    } catch {
      // Without CAP_SYS_RESOURCE it stays as it is inherited, which is containerd's own.
    }
    if options.shimCgroup.isEmpty { return }
    let layout: CgroupLayout
    do { layout = try CgroupLayout.discover(for: nil) } catch { throw SystemCallError.refused("\(error)") }
    var isFound = false
    for hierarchy in layout.hierarchies {
      let file = hierarchy.mountPoint.appending(options.shimCgroup).appending("cgroup.procs")
      do throws(SystemCallError) {
        try Descriptor.open(file, .writeOnly).writeOnce(String(server))
        isFound = true
      } catch {
        if error.errno != .noSuchFile { throw error }
      }
    }
    if !isFound { throw SystemCallError("open", "the shim's cgroup \(options.shimCgroup)", .noSuchFile) }
  }
}
