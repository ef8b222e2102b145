internal import Kernel

/// A logger: a program that reads a process's output from descriptors 3 and 4 and closes 5 when it is ready, after it has
/// written a byte there if `binary-v2://` named it (containerd's `binary://`).
final class OutputProgram {
  /// Milliseconds to be ready, and after the end of the output to end by itself, and by SIGTERM.
  private static let readyTime: Int64 = 10_000
  private static let endTime: Int64 = 10_000
  private static let termTime: Int64 = 2000

  let output: Descriptor
  let error: Descriptor
  private let loop: EventLoop
  private let pidfd: Descriptor
  private let ready: Descriptor
  private let saysReady: Bool
  private var watch: Watch?
  private var timer: UInt64?

  init(
    _ loop: EventLoop, path: HostPath, arguments: [String], saysReady: Bool, id: String, namespace: String
  ) throws(SystemCallError) {
    self.loop = loop
    self.saysReady = saysReady
    let outputs = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    let readiness = try Descriptor.pipe()
    let words = CStringList([path.string] + arguments)
    let environment = CStringList(["CONTAINER_ID=\(id)", "CONTAINER_NAMESPACE=\(namespace)"])
    let child = try clone(CloneRequest()) {
      OutputProgram.become(path, words, environment, outputs.first, errors.first, readiness.second)
    }
    pidfd = child.pidfd
    output = try outputs.second.duplicate()
    error = try errors.second.duplicate()
    ready = try readiness.first.duplicate()
    try output.setNonBlocking(true)
    try error.setNonBlocking(true)
  }

  private static func become(
    _ path: HostPath, _ words: borrowing CStringList, _ environment: borrowing CStringList,
    _ output: borrowing Descriptor, _ error: borrowing Descriptor, _ ready: borrowing Descriptor
  ) -> Never {
    do throws(SystemCallError) {
      let null = try Descriptor.open(HostPath(constant: "/dev/null"), .readWrite)
      for stream in Int32(0)...2 { try null.duplicate(onto: stream) }
      // Through numbers that are out of the way: a source may be where another one goes.
      var copies = DescriptorList()
      for _ in 0..<8 { copies.append(try null.duplicate()) }
      let first = try output.duplicate()
      let second = try error.duplicate()
      let third = try ready.duplicate()
      try first.duplicate(onto: 3)
      try second.duplicate(onto: 4)
      try third.duplicate(onto: 5)
      try Descriptor.closeOnExec(from: 6)
      try Signals.block(.none)
      Signals.resetDispositions()
      try CurrentProcess.newProcessGroup()
    } catch {
      fail(error, ready)
    }
    let reason = SystemCallError("exec", path.string, execute(path.string, arguments: words, environment: environment))
    Descriptor.borrowing(5) { ready in fail(reason, ready) }
  }

  private static func fail(_ reason: SystemCallError, _ ready: borrowing Descriptor) -> Never {
    do throws(SystemCallError) { try ready.write("\(failureMark)\(reason)") } catch {
      // The end of the pipe is all that the shim will hear.
    }
    exitNow(1)
  }

  /// More than a program says that is ready.
  private static let failureMark = "apus: "

  /// Waits until the program is ready, without holding anybody up.
  func whenReady(_ done: @escaping (StreamProblem?) -> Void) {
    func finish(_ problem: StreamProblem?) {
      watch?.cancel()
      watch = nil
      if let timer { loop.cancelTimer(timer) }
      timer = nil
      done(problem)
    }
    do throws(SystemCallError) {
      watch = try loop.watch(ready.number, .readable) { [self] _ in finish(answer()) }
      timer = loop.after(milliseconds: OutputProgram.readyTime) {
        finish(StreamProblem(text: "the logging binary does not get ready"))
      }
    } catch {
      finish(StreamProblem(text: "\(error)"))
    }
  }

  /// What it has said: without a byte it is ready too, unless it was to say one.
  private func answer() -> StreamProblem? {
    do throws(SystemCallError) {
      let said = try ready.readSome(most: 4096) ?? []
      if said.starts(with: OutputProgram.failureMark.utf8) {
        let reason = String(decoding: said.dropFirst(OutputProgram.failureMark.utf8.count), as: UTF8.self)
        return StreamProblem(text: "failed to start the logging binary: \(reason)")
      }
      if !said.isEmpty || !saysReady { return nil }
      return StreamProblem(text: "the logging binary did not call ready: it may have ended before")
    } catch {
      return StreamProblem(text: "the logging binary: \(error)")
    }
  }

  /// The output is at its end: the program gets time to write it down.
  func end() {
    watch?.cancel()
    watch = nil
    loop.after(milliseconds: OutputProgram.endTime) { [self] in
      signal(15)
      loop.after(milliseconds: OutputProgram.termTime) { [self] in signal(9) }
    }
  }

  private func signal(_ number: Int32) {
    do throws(SystemCallError) { try pidfd.sendSignal(number) } catch {
      // It has ended.
    }
  }
}
