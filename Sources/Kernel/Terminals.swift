internal import CLinux

/// The size of a terminal, in characters.
public struct WindowSize: Equatable, Sendable {
  public var rows: UInt16
  public var columns: UInt16

  public init(rows: UInt16, columns: UInt16) {
    self.rows = rows
    self.columns = columns
  }
}

/// The modes of a terminal (termios(3)), to be put back as they were.
public struct TerminalModes: Sendable {
  fileprivate var storage = InlineArray<64, UInt8>(repeating: 0)
}

extension Descriptor {
  /// Whether it is a terminal.
  public borrowing func isTerminal() -> Bool { cl_isatty(number) >= 0 }

  public borrowing func terminalModes() throws(SystemCallError) -> TerminalModes {
    var modes = TerminalModes()
    var span = modes.storage.mutableSpan
    let number = self.number
    let result = unsafe span.withUnsafeMutableBytes { buffer in unsafe cl_termios_get(number, buffer.baseAddress) }
    try result.check("tcgetattr", "descriptor \(number)")
    return modes
  }

  public borrowing func setTerminalModes(_ modes: TerminalModes) throws(SystemCallError) {
    let number = self.number
    let result = unsafe modes.storage.span.withUnsafeBytes { buffer in
      unsafe cl_termios_set(number, buffer.baseAddress)
    }
    try result.check("tcsetattr", "descriptor \(number)")
  }

  /// Whether this process may use it now: a job in the background may not (credentials(7)). A terminal that is not this
  /// session's has no jobs.
  public borrowing func isInForeground() -> Bool {
    let group = cl_foreground_group(number)
    return group < 0 || group == cl_own_group()
  }

  /// Hands every key through as it is; output is still processed, so that a line feed returns the carriage.
  public borrowing func makeTerminalRaw() throws(SystemCallError) {
    try cl_termios_raw(number).check("tcsetattr", "descriptor \(number)")
  }

  /// Line feeds pass as they are (ONLCR off).
  public borrowing func passLineFeeds() throws(SystemCallError) {
    try cl_termios_clear_onlcr(number).check("tcsetattr", "descriptor \(number)")
  }

  public borrowing func windowSize() throws(SystemCallError) -> WindowSize {
    var (rows, columns) = (UInt16(0), UInt16(0))
    try unsafe cl_window_size_get(number, &rows, &columns).check("TIOCGWINSZ", "descriptor \(number)")
    return WindowSize(rows: rows, columns: columns)
  }

  public borrowing func setWindowSize(_ size: WindowSize) throws(SystemCallError) {
    try cl_window_size_set(number, size.rows, size.columns).check("TIOCSWINSZ", "descriptor \(number)")
  }

  /// With the master of a pseudoterminal: lets its slave be opened (unlockpt(3)).
  public borrowing func unlockPeer() throws(SystemCallError) {
    try cl_pty_unlock(number).check("TIOCSPTLCK", "descriptor \(number)")
  }

  /// With the master of a pseudoterminal: opens its slave without naming it (ioctl_tty(2), TIOCGPTPEER), so that no path
  /// can be exchanged for another. It does not become the controlling terminal.
  public borrowing func openPeer() throws(SystemCallError) -> Descriptor {
    Descriptor(
      owning: try cl_pty_peer(number, 0o2 | 0o400 | 0o2000000).checked("TIOCGPTPEER", "descriptor \(number)"))
  }

  /// With the master of a pseudoterminal: the number of its slave in the file system that both are of.
  public borrowing func peerNumber() throws(SystemCallError) -> Int32 {
    try cl_pty_number(number).checked("TIOCGPTN", "descriptor \(number)")
  }

  /// Makes it the controlling terminal of this session, whose leader must be this process and have none yet.
  public borrowing func becomeControllingTerminal() throws(SystemCallError) {
    try cl_set_controlling_terminal(number).check("TIOCSCTTY", "descriptor \(number)")
  }

  /// Writes once, as much as is taken: 0 when nothing is for now.
  public borrowing func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) -> Int {
    let number = self.number
    let written = unsafe bytes.withUnsafeBytes { buffer in
      retrying { unsafe cl_write(number, buffer.baseAddress, buffer.count) }
    }
    if written.failure == .again { return 0 }
    return try written.checked("write", "descriptor \(number)")
  }
}
