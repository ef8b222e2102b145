package import Kernel

/// How the processes of a container are to be saved or restored: what `checkpoint` and `restore` are asked for.
package struct CheckpointOptions: Equatable, Sendable {
  package struct PageServer: Equatable, Sendable {
    package let address: String
    package let port: Int32

    package init(address: String, port: Int32) {
      self.address = address
      self.port = port
    }
  }

  package enum CgroupMode: String, Equatable, Sendable { case soft, full, strict, ignore }

  /// The folder of the images.
  package var images = HostPath(constant: "checkpoint")
  /// The folder for the log and what CRIU needs meanwhile; nil for that of the images.
  package var work: HostPath?
  /// The images of the checkpoint before, relative to `images`.
  package var parent: HostPath?
  package var leavesRunning = false
  /// Saves memory only and ends nothing.
  package var isPreDump = false
  package var tcpEstablished = false
  package var tcpSkipInFlight = false
  package var linkRemap = false
  package var externalUnixSockets = false
  package var shellJob = false
  package var fileLocks = false
  package var lazyPages = false
  package var autoDedup = false
  /// nil for CRIU's own choice.
  package var cgroupMode: CgroupMode?
  package var pageServer: PageServer?
  /// A descriptor of the caller's that gets a zero byte once pages can be asked for.
  package var statusDescriptor: Int32?
  package var lsmProfile: String?
  package var lsmMountContext: String?

  package init() {}
}

extension CheckpointOptions {
  /// Looks at what does not depend on a container, before anything is made.
  func check() throws(OperationError) {
    if let parent {
      if parent.isAbsolute { throw OperationError("", "", .message("--parent-path must be relative")) }
      do throws(SystemCallError) {
        // As it is written: the images' folder need not be there yet.
        let folder = HostPath(unchecked: currentFolderPath() ?? "/")
        let kind = try images.appending(parent.string).absolute(in: folder).status().kind
        if kind != .directory { throw SystemCallError("stat", parent.string, .notDirectory) }
      } catch {
        throw OperationError(
          "", "",
          .message(
            "invalid --parent-path: stat \(images)/\(parent): \(error.errno.message) (\(error.errno.name))"))
      }
    }
    try checkStatusDescriptor()
  }

  private func checkStatusDescriptor() throws(OperationError) {
    guard lazyPages, let number = statusDescriptor else { return }
    let problem: String?
    do throws(SystemCallError) {
      let isWritable = try Descriptor.borrowing(number) { file throws(SystemCallError) in try file.isOpenForWriting() }
      problem = isWritable ? nil : "not writable"
    } catch {
      problem = "\(error.errno.message) (\(error.errno.name))"
    }
    if let problem { throw OperationError("", "", .message("invalid --status-fd argument \(number): \(problem)")) }
  }

  /// CRIU's word for the mode.
  var criuMode: CRIUOptions.CgroupMode {
    switch cgroupMode {
    case .soft: .soft
    case .full: .full
    case .strict: .strict
    case .ignore: .ignore
    case nil: .default
    }
  }
}
