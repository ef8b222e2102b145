import Foundation
import Testing

/// A command that runs under a terminal of its own, as a person would run it, typed to by a script.
///
/// Python's pty module opens the terminal: the test process has threads and must not fork.
struct TerminalSession {
  /// One thing to do once a text has been seen.
  enum Deed {
    case type(String)
    /// Gives the terminal another size.
    case resize(rows: Int, columns: Int)
    /// Sends a signal to the command itself.
    case signal(Int32)
    case wait(milliseconds: Int)

    fileprivate var words: [String] {
      switch self {
      case .type(let text): ["type", text]
      case .resize(let rows, let columns): ["resize", "\(rows) \(columns)"]
      case .signal(let number): ["signal", "\(number)"]
      case .wait(let milliseconds): ["wait", "\(milliseconds)"]
      }
    }
  }

  /// What was seen on the terminal, with `\n` for its line ends.
  let text: String
  let status: Int32
  /// Whether the modes of the terminal were the same after the command as before.
  let keepsModes: Bool

  /// - Parameters:
  ///   - command: the words; their first is a path.
  ///   - deeds: in order, each when its text has been seen after the one before; an empty text is there at once.
  init(_ command: [String], in scratch: Scratch, _ deeds: [(after: String, Deed)]) throws {
    let script = deeds.map { [$0.after] + $0.1.words }
    let json = String(decoding: try JSONEncoder().encode(script), as: UTF8.self)
    let output = try scratch.run(["/usr/bin/python3", "-c", TerminalSession.driver, json] + command).succeed()
    var lines = output.stdout.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.removeLast().split(separator: " ").map(String.init)
    guard last.count == 2, let status = Int32(last[0]) else { throw TestSetupProblem("no end: \(output)") }
    text = lines.joined(separator: "\n")
    self.status = status
    keepsModes = last[1] == "True"
  }

  /// Writes what was seen, then the status and whether the modes are the same on a line of their own.
  private static let driver = """
    import fcntl, json, os, pty, select, struct, sys, termios, time
    def resize(fd, rows, columns):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    deeds = json.loads(sys.argv[1])
    ready, go = os.pipe()
    fd, keeper = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.read(ready, 1)
        os.setsid()
        fcntl.ioctl(keeper, termios.TIOCSCTTY, 0)
        for stream in range(3): os.dup2(keeper, stream)
        os.closerange(3, 100)
        os.execv(sys.argv[2], sys.argv[2:])
    resize(fd, 33, 101)
    before = termios.tcgetattr(fd)
    os.write(go, b'1')
    seen, place, status, end = b'', 0, None, time.time() + 10
    while status is None and time.time() < end:
        while deeds and deeds[0][0].encode() in seen[place:]:
            text, kind, value = deeds.pop(0)
            place = seen.index(text.encode(), place) + len(text.encode())
            if kind == 'type': os.write(fd, value.encode())
            elif kind == 'resize': resize(fd, *map(int, value.split()))
            elif kind == 'signal': os.kill(pid, int(value))
            else: time.sleep(int(value) / 1000)
        ended, raw = os.waitpid(pid, os.WNOHANG)
        if ended: status = os.waitstatus_to_exitcode(raw)
        while select.select([fd], [], [], 0 if ended else 0.02)[0]:
            try: data = os.read(fd, 65536)
            except OSError: break
            if not data: break
            seen += data
            if not ended: break
    if status is None:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        status = 'late'
    os.write(1, seen)
    print('\\n%s %s' % (status, termios.tcgetattr(fd) == before), end='')
    """
}

/// The caller's end of a `--console-socket` or `--pidfd-socket`: takes one descriptor.
struct DescriptorReceiver {
  let path: String
  private let command: RunningCommand

  /// - Parameter typing: written to the descriptor once it is there; everything it gives is then read for half a second.
  init(in scratch: Scratch, named name: String, typing: String = "") throws {
    path = scratch.path(name)
    command = try scratch.start(["/usr/bin/python3", "-c", DescriptorReceiver.driver, path, typing])
    guard eventually(within: 10, { fileExists(scratch.path(name)) && fileExists(scratch.path(name) + ".ready") }) else {
      throw TestSetupProblem("no socket \(name): \(command.stderr)")
    }
  }

  /// The message beside the descriptor, the number of descriptors, where it leads, what the kernel says of it, and what
  /// it gave.
  func answer() throws -> (message: String, count: Int, link: String, info: String, text: String) {
    let answer = try JSONValue(parsing: command.wait().succeed().stdout)
    return (
      try #require(answer["message"]?.string), try #require(answer["count"]?.integer),
      try #require(answer["link"]?.string), try #require(answer["info"]?.string), try #require(answer["text"]?.string)
    )
  }

  private static let driver = """
    import array, json, os, select, socket, sys, time
    server = socket.socket(socket.AF_UNIX)
    server.bind(sys.argv[1])
    server.listen(1)
    open(sys.argv[1] + '.ready', 'w').close()
    server.settimeout(10)
    peer, _ = server.accept()
    message, control, _, _ = peer.recvmsg(4096, socket.CMSG_SPACE(64))
    numbers = array.array('i')
    for _, _, data in control: numbers.frombytes(data[:len(data) - len(data) % 4])
    more = peer.recv(10)
    text, end = b'', time.time() + 0.5
    if sys.argv[2]: os.write(numbers[0], sys.argv[2].encode())
    while sys.argv[2] and time.time() < end:
        if select.select([numbers[0]], [], [], 0.05)[0]:
            try: text += os.read(numbers[0], 65536)
            except OSError: break
    print(json.dumps({'message': (message + more).decode(), 'count': len(numbers),
        'link': os.readlink('/proc/self/fd/%d' % numbers[0]), 'text': text.decode(),
        'info': open('/proc/self/fdinfo/%d' % numbers[0]).read()}))
    """
}
