internal import Kernel

/// How a created container is told to start, by any later process: the init reads from one FIFO and answers on another.
/// Whether the init still waits is asked of the kernel: a FIFO that has no reader any more opens with ENXIO.
enum StartFIFO {
  /// Both have the name of runc's one: whoever looks through the descriptors of a waiting init for leaks knows it.
  static let startName = "exec.fifo"
  static let reportFolder = "report"
  static let reportName = reportFolder + "/exec.fifo"

  /// The ends that the init holds. Both are close-on-exec: the end of the report tells that the program runs.
  final class InitSide {
    let start: Descriptor
    let report: Descriptor

    init(start: consuming Descriptor, report: consuming Descriptor) {
      self.start = start
      self.report = report
    }
  }

  static func make(in folder: borrowing ContainerFolder) throws(SystemCallError) -> InitSide {
    try folder.descriptor.makeDirectory(reportFolder, mode: 0o700)
    for name in [startName, reportName] { try folder.descriptor.makeNode(name, kind: .fifo, mode: 0o600) }
    // Open for both directions: the init never sees an end of file when a caller comes and goes without a word.
    return InitSide(
      start: try folder.descriptor.open(startName, [.readWrite, .noFollow]),
      report: try folder.descriptor.open(reportName, [.readWrite, .noFollow]))
  }

  /// Whether the init waits for its start, or is between the word and its exec.
  static func isAwaited(in folder: borrowing ContainerFolder) throws(SystemCallError) -> Bool {
    do {
      _ = try folder.descriptor.open(startName, [.writeOnly, .nonBlocking, .noFollow])
      return true
    } catch {
      if error.errno == .noSuchDevice || error.errno == .noSuchFile { return false }
      throw error
    }
  }

  /// Tells the init to go on, and waits until its program runs.
  /// - Returns: all that the init said before its end of the FIFO was closed.
  static func start(in folder: borrowing ContainerFolder) throws(SystemCallError) -> [UInt8] {
    let report = try folder.descriptor.open(reportName, [.readOnly, .nonBlocking, .noFollow])
    let start = try folder.descriptor.open(startName, [.writeOnly, .nonBlocking, .noFollow])
    try start.write([1])
    var said: [UInt8] = []
    while said.count <= InitMessage.most || !Defence.boundedReport.isOn {
      let events = try poll([(report.number, .readable)], timeout: nil)[0]
      if events.contains(.readable) {
        said += try report.read(most: InitMessage.most + 2)
      } else if !events.isEmpty {
        // The kernel closes the two at exec in an order of its own, a moment apart. Until the other is closed too, the
        // container counts as created, and who asks for its state next must read that it runs.
        _ = try poll([(start.number, [])], timeout: nil)
        break
      }
    }
    return said
  }
}
