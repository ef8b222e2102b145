internal import Kernel

/// The terminal that the caller sits at: raw while a process of a container has it, and put back as it was.
final class CallerTerminal {
  private let number: Int32
  /// /dev/tty, when no standard stream is the terminal.
  private let opened: DescriptorList
  private let modes: TerminalModes
  private var isRaw = false

  /// Any standard stream may be redirected, so all are tried, then the terminal of the session.
  init() throws(OperationError) {
    var opened = DescriptorList()
    var number: Int32 = -1
    for stream in [Int32(2), 1, 0] where Terminal.isTerminal(stream) {
      number = stream
      break
    }
    do throws(SystemCallError) {
      if number < 0 {
        opened.append(try Descriptor.open(HostPath(constant: "/dev/tty"), [.readWrite, .noControllingTerminal]))
        number = opened.numbers[0]
      }
      modes = try Descriptor.borrowing(number) { file throws(SystemCallError) in try file.terminalModes() }
    } catch {
      throw OperationError(
        "", "", .systemCall(error),
        hint: "the process wants a terminal, and the caller has none to lend: use --detach with --console-socket")
    }
    self.number = number
    self.opened = opened
  }

  deinit { restore() }

  /// nil when it has no size.
  var size: WindowSize? {
    do throws(SystemCallError) {
      let size = try Descriptor.borrowing(number) { file throws(SystemCallError) in try file.windowSize() }
      return size.rows == 0 && size.columns == 0 ? nil : size
    } catch {
      return nil
    }
  }

  /// Not from the background, where the terminal is another job's: SIGCONT tells when it is this one's.
  func makeRaw() {
    do throws(SystemCallError) {
      isRaw = try Descriptor.borrowing(number) { file throws(SystemCallError) in
        guard file.isInForeground() else { return false }
        try file.makeTerminalRaw()
        return true
      }
    } catch {
      // It has hung up meanwhile: there is nobody who types.
    }
  }

  func restore() {
    if !isRaw { return }
    isRaw = false
    do throws(SystemCallError) {
      try Descriptor.borrowing(number) { file throws(SystemCallError) in try file.setTerminalModes(modes) }
    } catch {
      // It has hung up.
    }
  }
}
