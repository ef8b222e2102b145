internal import Kernel

/// The CRIU that is installed: saves and restores processes (criu(8)).
final class CRIUProgram {
  /// Not along a PATH that anybody can set; but where a build by hand puts it comes first.
  private static let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  /// Freezing by cgroup v2, external pid namespaces and `status-ready` came with it.
  static let leastVersion = 31500
  /// `--lsm-profile` works from here on.
  static let labelVersion = 31600
  private static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

  private let file: Descriptor
  private(set) var version = CRIUVersion()

  private init(_ file: consuming Descriptor) { self.file = file }

  /// Finds it and asks for its version.
  static func find() throws(OperationError) -> CRIUProgram {
    guard let path = folders.map({ $0 + "/criu" }).first(where: { isExecutable($0) == nil }) else {
      throw OperationError(
        "", "", .message("CRIU version check failed: exec: \"criu\": executable file not found in $PATH"),
        hint: "install CRIU (package criu) in \(folders.joined(separator: ", "))")
    }
    let file = try OperationError.wrapping { () throws(SystemCallError) in
      // A restored process is this program for a moment, in a container's own pid namespace or in another's.
      try Seal.view(of: HostPath(unchecked: path))
    }
    let program = CRIUProgram(file)
    let criu = try program.start()
    let answer: CRIUResponse
    do throws(OperationError) { answer = try criu.ask(CRIURequest(kind: .version)) } catch {
      throw OperationError("", "", .message("CRIU version check failed: \(error.summary)"), hint: error.hint)
    }
    guard let version = answer.version else {
      throw OperationError("", "", .message("CRIU version check failed: it does not tell its version"))
    }
    program.version = version
    try program.require(leastVersion)
    return program
  }

  /// Before 3.19 it does not bring no_new_privs back: then what it makes must inherit it.
  var forgetsNoNewPrivileges: Bool { version.number < 31900 }

  private func require(_ least: Int) throws(OperationError) {
    if version.number < least {
      throw OperationError("", "", .message("CRIU version \(version.number) must be \(least) or higher"))
    }
  }

  /// Whether options of a call are too new for it.
  func check(_ options: CheckpointOptions) throws(OperationError) {
    if version.number >= CRIUProgram.labelVersion { return }
    if options.lsmProfile != nil { throw OperationError("", "", .message("--lsm-profile requires at least CRIU 3.16")) }
    if options.lsmMountContext != nil {
      throw OperationError("", "", .message("--lsm-mount-context requires at least CRIU 3.16"))
    }
  }

  /// Asks whether the kernel and CRIU can do what a pre-dump or lazy pages need.
  func check(features wanted: CRIUFeatures) throws(OperationError) {
    let answer: CRIUResponse
    do throws(OperationError) {
      answer = try start().ask(CRIURequest(kind: .featureCheck, features: wanted))
    } catch {
      throw OperationError("", "", .message("CRIU feature check failed: \(error.summary)"), hint: error.hint)
    }
    var missing: [String] = []
    if wanted.tracksMemory == true && answer.features?.tracksMemory == false { missing.append("MemTrack") }
    if wanted.lazyPages == true && answer.features?.lazyPages == false { missing.append("LazyPages") }
    if !missing.isEmpty {
      throw OperationError(
        "", "", .message("criu is missing features: [\(missing.joined(separator: " "))]"),
        hint: "the kernel needs CONFIG_MEM_SOFT_DIRTY for a pre-dump, CONFIG_USERFAULTFD for lazy pages")
    }
  }

  /// Starts it as a server for one request.
  /// - Parameters:
  ///   - request: what clone3 makes for it.
  ///   - ownStreams: whether it has this process's standard streams, which become those of what it restores.
  ///   - inherited: descriptors that it has by the same numbers.
  ///   - preparation: is run in its process before it.
  func start(
    _ request: CloneRequest = CloneRequest(), ownStreams: Bool = false, inherited: [Int32] = [],
    preparation: () throws(SystemCallError) -> Void = {}
  ) throws(OperationError) -> CRIUProcess {
    try OperationError.wrapping { () throws(SystemCallError) in
      let pair = try Descriptor.socketPair(.sequencedPacket)
      let channel = try pair.first.duplicate()
      let server = pair.second.number
      let arguments = CStringList(["criu", "swrk", "\(server)"])
      let environment = CStringList(CRIUProgram.environment)
      let child = try clone(request) {
        do throws(SystemCallError) {
          Signals.resetDispositions()
          try Signals.block(.none)
          try Descriptor.closeOnExec(from: 3)
          try preparation()
          if !ownStreams { try CRIUProgram.closeStreams() }
          for number in inherited { try CRIUProgram.keep(number) }
          // CRIU looks for descriptors in the process that made its socket: in itself, that is, whose mount namespace
          // these folders are in.
          let own = try Descriptor.socketPair(.sequencedPacket)
          try pair.second.send([CRIUProcess.readyByte], descriptors: [own.first.number])
          try own.second.duplicate(onto: server)
          throw SystemCallError("exec", "criu", file.execute(arguments: arguments, environment: environment))
        } catch {
          CRIUProgram.tell(error, server)
          exitNow(1)
        }
      }
      return CRIUProcess(child, channel: channel)
    }
  }

  private static func keep(_ number: Int32) throws(SystemCallError) {
    try Descriptor.borrowing(number) { file throws(SystemCallError) in try file.setCloseOnExec(false) }
  }

  private static func closeStreams() throws(SystemCallError) {
    let null = try Descriptor.open(HostPath(constant: "/dev/null"), .readWrite)
    for number in Int32(0)...2 { try null.duplicate(onto: number) }
  }

  private static func tell(_ error: SystemCallError, _ server: Int32) {
    do throws(SystemCallError) {
      try Descriptor.borrowing(server) { socket throws(SystemCallError) in
        try socket.send(Array(error.description.utf8.prefix(1024)))
      }
    } catch {
      // The end of the socket says that it failed.
    }
  }
}
