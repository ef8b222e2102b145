import Foundation
import Testing

/// Terminals: relayed in the foreground, handed over for who stays away.
@Suite(.scratch) struct TerminalTests {
  private func container(_ script: String, _ edit: (inout JSONValue) throws -> Void = { _ in }) throws -> Container {
    try Container { config in
      config["process.terminal"] = true
      config["process.args"] = ["/bin/sh", "-c", .string(script)]
      try edit(&config)
    }
  }

  private func running() throws -> Container {
    let container = try Container()
    try container.runDetached()
    return container
  }

  // MARK: In the foreground

  @Test func processHasATerminalOfItsOwn() throws {
    let container = try container(
      "tty; stat -c %t:%T /dev/console $(tty); stty size; stat -c '%F %a' /dev/console; echo direct >/dev/console; exit 5"
    )
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    #expect(
      session.text == "/dev/pts/0\n88:0\n88:0\n33 101\ncharacter special file 620\ndirect\n", "\(session.text)")
    #expect(session.status == 5)
    #expect(session.keepsModes)
  }

  @Test func sizeFollowsTheCallers() throws {
    let container = try container("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.02; done")
    let session = try TerminalSession(
      container.words("run"), in: container.scratch, [("ready", .resize(rows: 44, columns: 120))])
    #expect(session.text == "ready\n44 120\n" && session.status == 0, "\(session.text)")
  }

  /// Every key goes to the container's process: job control is its own.
  @Test func keysArePassedOn() throws {
    let container = try container(
      "trap 'echo caught' INT; echo ready; until read line; do :; done; echo got $line; exit 3")
    let session = try TerminalSession(
      container.words("run"), in: container.scratch, [("ready", .type("\u{3}")), ("caught", .type("word\r"))])
    #expect(session.text.contains("caught\n") && session.text.hasSuffix("got word\n"), "\(session.text)")
    #expect(session.status == 3)
    #expect(session.keepsModes)
  }

  @Test func signalsArePassedOnAndModesPutBack() throws {
    let container = try container("trap 'exit 9' TERM; echo ready; while :; do sleep 0.02; done")
    let session = try TerminalSession(container.words("run"), in: container.scratch, [("ready", .signal(SIGTERM))])
    #expect(session.status == 9)
    #expect(session.keepsModes)
  }

  /// In the background the terminal is the shell's, and keeps its modes.
  @Test func backgroundLeavesTheTerminalAlone() throws {
    let container = try container("sleep 0.6")
    let run = container.words("run").map { "'\($0)'" }.joined(separator: " ")
    let shell = "\(run) & sleep 0.4; stty -a | tr ' ' '\\n' | grep icanon; wait $!; echo ended $?"
    let session = try TerminalSession(["/bin/bash", "-mc", shell], in: container.scratch, [])
    #expect(session.text.hasPrefix("icanon\n") && session.text.hasSuffix("ended 0\n"), "\(session.text)")
    #expect(session.keepsModes)
  }

  /// A shell that stops and continues the program may have changed the modes meanwhile.
  @Test func stopAndContinue() throws {
    let container = try container("echo ready; read line; echo got $line")
    let session = try TerminalSession(
      container.words("run"), in: container.scratch,
      [
        ("ready", .signal(SIGSTOP)), ("", .wait(milliseconds: 100)), ("", .signal(SIGCONT)),
        ("", .wait(milliseconds: 100)), ("", .type("word\r")),
      ])
    #expect(session.text.hasSuffix("got word\n") && session.status == 0, "\(session.text)")
    #expect(session.keepsModes)
  }

  /// The terminal belongs to the user of the process.
  @Test func terminalBelongsToTheUser() throws {
    let container = try container("stat -c %u $(tty); echo direct >$(tty)") {
      $0["process.user"] = ["uid": 1000, "gid": 1000]
    }
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    #expect(session.text == "1000\ndirect\n", "\(session.text)")
  }

  @Test func errorsPutTheModesBack() throws {
    let container = try container("")
    try container.edit { $0["process.args"] = ["/nope"] }
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    #expect(session.status == 1 && session.text.contains("no such file or directory"), "\(session.text)")
    #expect(session.keepsModes)
  }

  @Test func nothingOfALargeOutputIsLost() throws {
    let container = try container("seq 1 20000")
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    #expect(session.text == (1...20000).map { "\($0)\n" }.joined())
  }

  @Test func execHasOneToo() throws {
    let container = try running()
    let words = container.words("exec", ["--tty", "--user", "1000"])
    let session = try TerminalSession(
      words + ["/bin/sh", "-c", "tty; stat -c %u:%g $(tty); stty size; exit 4"], in: container.scratch, [])
    #expect(session.text == "/dev/pts/0\n1000:5\n33 101\n" && session.status == 4, "\(session.text)")
    #expect(session.keepsModes)
    let plain = try TerminalSession(
      container.words("exec") + ["/bin/sh", "-c", "test -t 0 || exit 6"], in: container.scratch, [])
    #expect(plain.status == 0)
  }

  /// C10: nothing of the process's leads to the caller's terminal, so it cannot push input into it (TIOCSTI).
  @Test func callersTerminalIsOutOfReach() throws {
    let script = "for n in 0 1 2; do stat -L -c '%d %n' /proc/self/fd/$n; done; stat -c %d /dev/pts; echo >/dev/tty"
    let container = try container(script)
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    let lines = session.text.split(separator: "\n").map(String.init)
    let own = try #require(lines.last)
    #expect(lines == (0...2).map { "\(own) /proc/self/fd/\($0)" } + [own], "\(session.text)")
    let callers = try container.scratch.run(["/usr/bin/stat", "-c", "%d", "/dev/pts"]).succeed().stdout
    #expect(callers != own + "\n")
  }

  @Test func callerWithoutATerminalIsRefused() throws {
    let container = try container("true")
    let output = try container.scratch.run(["/usr/bin/setsid", "--wait"] + container.words("run"))
    try container.expectRefusal(of: output, saying: "/dev/tty")
  }

  // MARK: Handed over

  @Test func createSendsTheMaster() throws {
    let script = "test -t 0 && test -t 1 && test -t 2 && stty size; tty; echo own >/dev/tty; read line; echo got $line"
    let container = try container(script) { config in
      config["process.consoleSize"] = ["height": 20, "width": 70]
    }
    let receiver = try DescriptorReceiver(in: container.scratch, named: "console", typing: "word\n")
    try container.create(options: "--console-socket", receiver.path).succeed()
    try container.start().succeed()
    let answer = try receiver.answer()
    #expect(answer.message == "/dev/pts/0" && answer.count == 1)
    #expect(answer.link.hasSuffix("/ptmx"))
    #expect(
      answer.text.contains("20 70\r\n/dev/pts/0\r\nown\r\n") && answer.text.contains("got word\r\n"), "\(answer.text)")
  }

  @Test func detachedExecSendsTheMaster() throws {
    let container = try running()
    let file = container.scratch.path("process.json")
    let process: JSONValue = [
      "terminal": true, "args": ["sh", "-c", "stty size; read line; echo got $line"], "env": ["PATH=/bin"],
      "cwd": "/", "consoleSize": ["height": 9, "width": 80],
    ]
    try Data(try process.text.utf8).write(to: URL(filePath: file))
    let receiver = try DescriptorReceiver(in: container.scratch, named: "console", typing: "word\n")
    let options = ["--process", file, "--detach", "--console-socket", receiver.path]
    try container.scratch.run(container.words("exec", options)).succeed()
    let answer = try receiver.answer()
    #expect(answer.message == "/dev/pts/0" && answer.count == 1)
    #expect(answer.text.contains("9 80\r\n") && answer.text.contains("got word\r\n"), "\(answer.text)")
  }

  @Test func detachedExecWithTheOptionSendsItToo() throws {
    let container = try running()
    let receiver = try DescriptorReceiver(in: container.scratch, named: "console", typing: "\n")
    let options = ["--tty", "--console-socket", receiver.path, "--detach", "--pid-file", container.scratch.path("pid")]
    try container.exec(["/bin/sh", "-c", "tty; read line"], options: options).succeed()
    let answer = try receiver.answer()
    #expect(answer.count == 1 && answer.text.contains("/dev/pts/0\r\n"), "\(answer.text)")
  }

  @Test(arguments: [
    ("create", true, false, "cannot allocate tty if apus will detach without setting console socket"),
    ("run --detach", true, false, "cannot allocate tty if apus will detach without setting console socket"),
    ("run", true, true, "cannot use console socket if apus will not detach or allocate tty"),
    ("create", false, true, "cannot use console socket if apus will not detach or allocate tty"),
    ("create", true, true, "connect"),
  ])
  func socketsThatDoNotFit(command: String, terminal: Bool, hasSocket: Bool, text: String) throws {
    let container = try Container { $0["process.terminal"] = .bool(terminal) }
    let words = command.split(separator: " ").map(String.init)
    let options = hasSocket ? ["--console-socket", container.scratch.path("missing")] : []
    let output = try container.scratch.run(container.words(words[0], Array(words.dropFirst()) + options))
    try container.expectRefusal(of: output, saying: text)
  }

  @Test(arguments: ["/nowhere/console", "/etc/passwd"]) func socketThatIsNoneIsNamed(path: String) throws {
    let container = try container("true")
    try container.expectRefusal(of: container.create(options: "--console-socket", path), saying: path)
  }

  @Test(arguments: ["create", "run", "exec"]) func pidfdIsSent(command: String) throws {
    let container = try Container()
    if command == "exec" { try container.runDetached() }
    try container.edit { $0["process.args"] = ["/bin/sleep", "1000"] }
    let receiver = try DescriptorReceiver(in: container.scratch, named: "pidfd")
    let options = ["--pidfd-socket", receiver.path] + (command == "create" ? [] : ["--detach"])
    let program = command == "exec" ? ["/bin/sleep", "1000"] : []
    try container.scratch.run(container.words(command, options) + program).succeed()
    let answer = try receiver.answer()
    #expect(answer.message == (command == "exec" ? "setns" : "standard"))
    #expect(answer.count == 1 && answer.link.contains("pidfd"))
    if command != "exec" { #expect(answer.info.contains("Pid:\t\(try container.pid)\n"), "\(answer.info)") }
  }

  // MARK: Hostile images

  /// A6: a link in the place of /dev/console is not followed, neither on the host nor in the image (CVE-2025-52565).
  @Test(arguments: ["/tmp/canary", "../tmp/canary", "pts/0"]) func linkForTheConsole(target: String) throws {
    let container = try container("true") { $0.dropMounts(below: "/dev") }
    try container.edit { config in
      config.append(
        [
          "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"],
        ],
        to: "mounts")
    }
    try FileManager.default.createDirectory(atPath: container.rootfs + "/dev/pts", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: container.rootfs + "/dev/console", withDestinationPath: target)
    let receiver = try DescriptorReceiver(in: container.scratch, named: "console")
    let output = try container.create(options: "--console-socket", receiver.path)
    try container.expectRefusal(of: output, saying: "/dev/console")
    #expect(!fileExists("/tmp/canary") && !fileExists(container.rootfs + "/tmp/canary"))
    _ = try receiver.answer()
  }

  /// A6: what stands for the multiplexer is looked at.
  @Test(arguments: ["fifo", "file", "link", "nothing"]) func falseMultiplexer(kind: String) throws {
    let container = try container("true") { $0.dropMounts(below: "/dev") }
    let files = FileManager.default
    let path = container.rootfs + "/dev/pts/ptmx"
    try files.createDirectory(atPath: container.rootfs + "/dev/pts", withIntermediateDirectories: true)
    switch kind {
    case "fifo": try container.scratch.run(["/usr/bin/mkfifo", path]).succeed()
    case "file": #expect(files.createFile(atPath: path, contents: nil))
    case "link": try files.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
    default: break
    }
    let session = try TerminalSession(container.words("run"), in: container.scratch, [])
    #expect(session.status == 1 && session.text.contains("terminal"), "\(session.text)")
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  // MARK: Standard streams

  /// A pipe becomes the user's, so that /dev/stderr can be opened again; /dev/null and files stay.
  @Test func pipesBelongToTheUser() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    let words = container.words("run").map { "'\($0)'" }.joined(separator: " ")
    try container.edit {
      $0["process.args"] = ["/bin/sh", "-c", "echo hi >/proc/self/fd/1; stat -L -c %u /proc/self/fd/0"]
    }
    let output = try container.scratch.run(["/bin/sh", "-c", "\(words) </dev/null | cat"])
    #expect(try output.succeed().stdout == "hi\n0\n")
    #expect(try container.scratch.run(["/usr/bin/stat", "-c", "%u", "/dev/null"]).stdout == "0\n")
  }
}
