import Foundation
import Testing

/// A small Python program that plays the part of an engine: it receives descriptors, answers notifications. Swift's test process cannot: it has threads and no descriptor passing.
struct PythonHelper {
  let command: RunningCommand

  /// Starts a program with these words as its arguments and waits for the line `ready`.
  init(_ program: String, _ arguments: String..., in scratch: Scratch) throws {
    let file = scratch.path("helper-\(UInt32.random(in: 0 ... .max)).py")
    try Data(program.utf8).write(to: URL(filePath: file))
    command = try scratch.start(["/usr/bin/env", "python3", file] + arguments)
    guard eventually(within: 10, { command.stdout.hasPrefix("ready\n") || !command.isRunning }), command.isRunning
    else {
      throw TestSetupProblem("python3: \(command.stderr)")
    }
  }

  /// The lines it printed after `ready`, once it has ended.
  func lines(timeout: Double = 15) throws -> [String] {
    let output = try command.wait(timeout: timeout).succeed()
    return output.stdout.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  /// Receives the descriptors of one message on a socket; prints their number and the text with them. A terminal that
  /// says `input?` gets the input (with escapes such as \x03), and what it says until its end is printed.
  static let receiver = #"""
    import os, socket, sys
    path, text = sys.argv[1], sys.argv[2].encode().decode("unicode_escape").encode()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(1)
    print("ready", flush=True)
    peer, _ = server.accept()
    message, descriptors, _, _ = socket.recv_fds(peer, 4096, 8)
    print(len(descriptors), message.decode(), flush=True)
    master = descriptors[0]
    if os.isatty(master):
        print("terminal", flush=True)
        said = b""
        try:
            while True:
                part = os.read(master, 4096)
                if not part: break
                said += part
                if b"input?" in part: os.write(master, text)
        except OSError:
            pass
        print(repr(said), flush=True)
    else:
        print(open(f"/proc/self/fdinfo/{master}").read(), flush=True)
    """#
}
