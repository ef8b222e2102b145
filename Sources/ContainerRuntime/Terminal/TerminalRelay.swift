internal import Kernel

/// Carries bytes between the caller's terminal and the master of a container's process, in the caller's only thread.
final class TerminalRelay {
  private let caller: CallerTerminal
  private let master: Descriptor
  /// Held open so that the master never hangs up while the process lives, whatever the process closes.
  private let peer: Descriptor
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var readsInput = true
  private var writesOutput = true

  /// At most this many bytes wait in each direction; as many a pipe takes at once (pipe(7), PIPE_BUF).
  private static let portion = 4096
  /// Bytes that are still carried after the end of the process.
  private static let mostAtEnd = 1 << 22

  init(_ caller: CallerTerminal, master: consuming Descriptor) throws(SystemCallError) {
    try master.setNonBlocking(true)
    // The caller's terminal returns the carriage.
    try master.passLineFeeds()
    peer = try master.openPeer()
    self.caller = caller
    self.master = master
    // Before the program begins, which may ask for it at once.
    resize()
  }

  func begin() {
    caller.makeRaw()
    resize()
  }

  func end() { caller.restore() }

  /// As large as the caller's terminal.
  func resize() {
    guard let size = caller.size else { return }
    do throws(SystemCallError) { try master.setWindowSize(size) } catch {
      // The terminal has hung up.
    }
  }

  /// A shell sets the modes it likes while this process is stopped; and one that was in the background may read now.
  func resume() {
    readsInput = true
    begin()
  }

  /// What to wait for: always three entries, with -1 for what is not waited for.
  var interests: [(number: Int32, events: PollEvents)] {
    var own: PollEvents = output.isEmpty ? .readable : []
    if !input.isEmpty { own.insert(.writable) }
    return [
      (readsInput && input.isEmpty ? 0 : -1, .readable),
      (own.isEmpty ? -1 : master.number, own),
      (output.isEmpty ? -1 : 1, .writable),
    ]
  }

  /// - Parameter events: what happened, for each of `interests`.
  func serve(_ events: ArraySlice<PollEvents>) {
    let events = Array(events)
    guard events.count == 3 else { return }
    if !events[0].isEmpty { takeInput() }
    if events[1].contains(.writable) { giveInput() }
    if !events[1].isEmpty && output.isEmpty { takeOutput() }
    if !events[2].isEmpty { giveOutput() }
  }

  /// What the process wrote last.
  func drain() {
    var carried = 0
    repeat {
      giveOutput(waiting: true)
      if !takeOutput() { return }
      carried += output.count
    } while !output.isEmpty && carried < TerminalRelay.mostAtEnd
    giveOutput(waiting: true)
  }

  private func takeInput() {
    do throws(SystemCallError) {
      input = try Descriptor.borrowing(0) { file throws(SystemCallError) in
        try file.read(most: TerminalRelay.portion)
      }
      if input.isEmpty { readsInput = false }
    } catch {
      // The end of it, or this process is in the background and must not read (SIGTTIN): SIGCONT tells when it may.
      if error.errno != .again { readsInput = false }
    }
  }

  private func giveInput() {
    do throws(SystemCallError) {
      let count = try master.writeSome(input[...])
      input.removeFirst(count)
    } catch {
      input = []
    }
  }

  @discardableResult
  private func takeOutput() -> Bool {
    do throws(SystemCallError) {
      output = try master.read(most: TerminalRelay.portion)
      return true
    } catch {
      return false
    }
  }

  /// - Parameter waiting: whether everything goes, however long that takes.
  private func giveOutput(waiting: Bool = false) {
    do throws(SystemCallError) {
      repeat {
        if output.isEmpty { return }
        if !writesOutput {
          output = []
          return
        }
        let count = try Descriptor.borrowing(1) { file throws(SystemCallError) in try file.writeSome(output[...]) }
        output.removeFirst(count)
        if count == 0 && waiting { _ = try poll([(1, .writable)], timeout: nil) }
      } while waiting
    } catch {
      // Nobody reads it any more; the process goes on all the same.
      writesOutput = false
      output = []
    }
  }
}
