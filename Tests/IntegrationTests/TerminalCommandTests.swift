import Foundation
import Testing

/// Terminals: relayed in the foreground, handed over a console socket when detached.
@Suite(.scratch) struct TerminalCommandTests {
  private func container(_ script: String, _ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> Container {
    try Container {
      $0["process.terminal"] = true
      $0["process.args"] = ["/bin/sh", "-c", .string(script)]
      try edit(&$0)
    }
  }

  /// Creates and starts with a console socket; the lines of the receiver.
  private func receive(_ container: Container, input: String = "") throws -> [String] {
    let socket = container.scratch.path("console")
    let receiver = try PythonHelper(PythonHelper.receiver, socket, input, in: container.scratch)
    try container.create(options: "--console-socket", socket).succeed()
    try container.start().succeed()
    return try receiver.lines()
  }

  @Test func consoleSocketGetsOneTerminalAndItsName() throws {
    let container = try container("tty; test -t 0 && test -t 1 && test -t 2 && echo three")
    let lines = try receive(container)
    #expect(lines.first?.hasPrefix("1 /dev/") == true, "\(lines)")
    #expect(lines.dropFirst().first == "terminal")
    #expect(lines.last { !$0.isEmpty }?.contains("/dev/") == true && lines.joined().contains("three"))
  }

  /// As runc does it: the relayed terminal adds no carriage return to a line's end, the caller's adds one.
  @Test func lineEndsAreNotDoubled() throws {
    let container = try container("echo hello")
    let helper = try terminal(container.words("run"), input: "", in: container.scratch)
    #expect(helper.said.contains("hello\\r\\n") && !helper.said.contains("hello\\r\\r\\n"), "\(helper)")
  }

  @Test func inputReachesTheProcess() throws {
    let lines = try receive(container("echo input?; read word; echo \"got $word\""), input: "abc\\n")
    #expect(lines.joined().contains("got abc"), "\(lines)")
  }

  /// Job control is alive: the terminal controls the session, and its interrupt key ends a program.
  @Test func interruptKeyReachesTheProcess() throws {
    let script = "trap 'echo interrupted; exit 0' INT; echo input?; while :; do sleep 0.05; done"
    let lines = try receive(container(script), input: "\\x03")
    #expect(lines.joined().contains("interrupted"), "\(lines)")
  }

  @Test func consoleSizeIsTheConfigs() throws {
    let container = try container("stty size") { $0["process.consoleSize"] = ["height": 33, "width": 77] }
    #expect(try receive(container).joined().contains("33 77"))
  }

  @Test func consoleDeviceIsTheTerminal() throws {
    let container = try container("ls -l /dev/console; stat -c '%F %a' /dev/console; echo direct >/dev/console")
    let said = try receive(container).joined()
    #expect(said.contains("character special file 620") && said.contains("direct"), "\(said)")
  }

  /// The terminal belongs to the user of the process.
  @Test func terminalBelongsToTheUser() throws {
    let container = try container("stat -c %u $(tty); echo direct >$(tty)") {
      $0["process.user"] = ["uid": 1000, "gid": 1000]
    }
    let said = try receive(container).joined()
    #expect(said.contains("1000") && said.contains("direct"), "\(said)")
  }

  @Test func foregroundTerminalIsRelayedAndRestored() throws {
    let container = try container(
      "tty; stty size; trap 'stty size; echo input?' WINCH; echo size?; until read word; do :; done; echo \"got $word\"; exit 7"
    )
    let helper = try terminal(container.words("run"), input: "abc\\r", in: container.scratch)
    #expect(helper.said.contains("/dev/") && helper.said.contains("40 100"), "\(helper)")
    #expect(helper.said.contains("50 120"), "\(helper)")
    #expect(helper.said.contains("got abc"), "\(helper)")
    #expect(helper.end == "status 7 same")
  }

  @Test func interruptKeyOfTheForegroundReachesTheProcess() throws {
    let container = try container(
      "trap 'echo interrupted; exit 9' INT; echo input?; while :; do sleep 0.05; done")
    let helper = try terminal(container.words("run"), input: "\\x03", in: container.scratch)
    #expect(helper.said.contains("interrupted"), "\(helper)")
    #expect(helper.end == "status 9 same")
  }

  @Test func execTakesATerminal() throws {
    let container = try Container()
    try container.runDetached()
    let words = container.execWords(
      ["/bin/sh", "-c", "tty; stty size; echo input?; read word; echo \"got $word\""], options: ["--tty"])
    let helper = try terminal(words, input: "abc\\r", in: container.scratch)
    #expect(helper.said.contains("/dev/pts/") && helper.said.contains("40 100"), "\(helper)")
    #expect(helper.said.contains("got abc"))
    #expect(helper.end == "status 0 same")
  }

  @Test func execTakesAConsoleSocket() throws {
    let container = try Container()
    try container.runDetached()
    let socket = container.scratch.path("console")
    let receiver = try PythonHelper(PythonHelper.receiver, socket, "", in: container.scratch)
    let options = ["--tty", "--console-socket", socket, "--detach", "--pid-file", container.scratch.path("pid")]
    try container.exec(["/bin/sh", "-c", "tty; echo $0"], options: options).succeed()
    let lines = try receiver.lines()
    #expect(lines.first?.hasPrefix("1 /dev/") == true, "\(lines)")
    #expect(lines.joined().contains("/dev/pts/"), "\(lines)")
  }

  @Test(arguments: ["run", "create"]) func detachedTerminalNeedsASocket(command: String) throws {
    let container = try container("true")
    let output = try container.scratch.run(container.words(command, command == "run" ? ["--detach"] : []))
    try container.expectRefusal(of: output, saying: "console socket")
  }

  @Test func socketWithoutATerminalIsRefused() throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let output = try container.create(options: "--console-socket", container.scratch.path("console"))
    try container.expectRefusal(of: output, saying: "console socket")
  }

  @Test(arguments: ["/nowhere/console", "/etc/passwd"]) func socketThatIsNoneIsNamed(path: String) throws {
    let container = try container("true")
    try container.expectRefusal(of: container.create(options: "--console-socket", path), saying: path)
  }

  /// A6 (CVE-2025-52565, CVE-2026-88264): /dev/console of the image leads out.
  @Test func linkedConsoleLeavesTheHostAlone() throws {
    let container = try container("echo x >/dev/console") {
      $0["mounts"] = [
        ["destination": "/proc", "type": "proc", "source": "proc"],
        ["destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance"]],
      ]
    }
    let (canary, socket) = (container.scratch.path("canary"), container.scratch.path("console"))
    try FileManager.default.createSymbolicLink(atPath: container.rootfs + "/dev/console", withDestinationPath: canary)
    let receiver = try PythonHelper(PythonHelper.receiver, socket, "", in: container.scratch)
    let output = try container.create(options: "--console-socket", socket)
    #expect(output.status < 128)
    if output.status == 0 { _ = try container.start() }
    #expect(!fileExists(canary))
    receiver.command.signal(SIGKILL)
  }

  @Test(arguments: ["run", "create"]) func pidfdSocketGetsTheProcess(command: String) throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let socket = container.scratch.path("pidfd")
    let receiver = try PythonHelper(PythonHelper.receiver, socket, "", in: container.scratch)
    let options = ["--pidfd-socket", socket] + (command == "run" ? ["--detach"] : [])
    try container.scratch.run(container.words(command, options)).succeed()
    let lines = try receiver.lines()
    #expect(lines.first?.hasPrefix("1 ") == true)
    #expect(lines.contains("Pid:\t\(try container.pid)"), "\(lines)")
  }

  private func terminal(
    _ words: [String], input: String, in scratch: Scratch
  ) throws -> (said: String, end: String) {
    let file = scratch.path("terminal.py")
    try Data(PythonHelper.terminal.utf8).write(to: URL(filePath: file))
    let output = try scratch.run(["/usr/bin/env", "python3", file, input] + words, timeout: 20).succeed()
    let lines = output.lines.dropFirst()
    return (lines.dropLast().joined(separator: "\n"), lines.last ?? "")
  }
}
