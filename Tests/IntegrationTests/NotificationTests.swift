import Foundation
import Testing

/// NOTIFY_SOCKET: what a container tells the caller's service manager.
@Suite(.scratch) struct NotificationTests {
  /// Plays the service manager: takes messages until the barrier, whose pipe it closes, or until nothing came for long.
  private static let manager = #"""
    import os, socket, sys
    path, expected = sys.argv[1], int(sys.argv[2])
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind("\0" + path[1:] if path.startswith("@") else path)
    server.settimeout(8)
    print("ready", flush=True)
    for _ in range(expected):
        message, descriptors, _, _ = socket.recv_fds(server, 65536, 4)
        print(message.decode().strip(), len(descriptors), flush=True)
        for descriptor in descriptors: os.close(descriptor)
    server.settimeout(0.3)
    try:
        print("more:", server.recv(65536))
    except TimeoutError:
        pass
    """#

  /// Plays the container's program: sends each word in a message of its own, then lives on.
  private func talkative(_ messages: [String], thenSleeps: Bool = true) throws -> Container {
    let container = try Container()
    let program = container.rootfs + "/speak"
    try Data(NotificationTests.speaker.utf8).write(to: URL(filePath: program + ".c"))
    try container.scratch.run(["/usr/bin/cc", "-static", "-o", program, program + ".c"]).succeed()
    let words = messages.map { "'\($0)'" }.joined(separator: " ")
    try container.edit {
      $0["process.args"] = ["/bin/sh", "-c", .string("/speak \(words)" + (thenSleeps ? "; exec sleep 1000" : ""))]
    }
    return container
  }

  private static let speaker = #"""
    #include <stdlib.h>
    #include <string.h>
    #include <sys/socket.h>
    #include <sys/un.h>
    int main(int count, char **words) {
      int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
      struct sockaddr_un to = {AF_UNIX};
      strncpy(to.sun_path, getenv("NOTIFY_SOCKET"), sizeof to.sun_path - 1);
      for (int i = 1; i < count; i++)
        if (sendto(fd, words[i], strlen(words[i]), 0, (struct sockaddr *)&to, sizeof to) < 0) return 1;
      return 0;
    }
    """#

  private func heard(by manager: PythonHelper) throws -> [String] { try manager.lines().filter { !$0.isEmpty } }

  private func notified(_ words: [String], _ socket: String) -> [String] {
    ["/usr/bin/env", "NOTIFY_SOCKET=\(socket)"] + words
  }

  /// Only readiness goes through, with the number of the process, and the manager is waited for.
  @Test(arguments: ["path", "@name"]) func startPassesReadinessOn(address: String) throws {
    let container = try talkative(["STATUS=x", "MAINPID=1", "READY=0", "garbage\nREADY=1\nMAINPID=1"])
    let socket = address == "path" ? container.scratch.path("manager") : "@\(container.id)"
    let manager = try PythonHelper(NotificationTests.manager, socket, "3", in: container.scratch)
    try container.scratch.run(notified(container.words("create"), socket)).succeed()
    try container.scratch.run(notified(container.words("start"), socket)).succeed()
    #expect(try heard(by: manager) == ["READY=1 0", "MAINPID=\(container.pid) 0", "BARRIER=1 1"])
    try container.delete("--force").succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  @Test func runInTheBackgroundPassesReadinessOn() throws {
    let container = try talkative(["READY=1"])
    let socket = container.scratch.path("manager")
    let manager = try PythonHelper(NotificationTests.manager, socket, "3", in: container.scratch)
    try container.scratch.run(notified(container.words("run", ["--detach"]), socket)).succeed()
    #expect(try heard(by: manager) == ["READY=1 0", "MAINPID=\(container.pid) 0", "BARRIER=1 1"])
  }

  /// In the foreground the service's main process is the runtime itself.
  @Test func runInTheForegroundIsTheMainProcess() throws {
    let container = try talkative(["READY=1"], thenSleeps: false)
    try container.edit { $0["process.args"] = ["/bin/sh", "-c", "/speak READY=1; sleep 0.3; exit 3"] }
    let socket = container.scratch.path("manager")
    let manager = try PythonHelper(NotificationTests.manager, socket, "2", in: container.scratch)
    let words = container.words("run").map { "'\($0)'" }.joined(separator: " ")
    let shell = ["/bin/sh", "-c", "echo $$; exec \(words)"]
    let output = try container.scratch.run(notified(shell, socket)).expect(status: 3)
    #expect(try heard(by: manager) == ["READY=1 0", "MAINPID=\(output.lines[0]) 0"])
  }

  /// A container that ends without a word holds nobody up; one that was made for nobody is started all the same.
  @Test func silentContainerHoldsNobodyUp() throws {
    let silent = try talkative(["STATUS=x"], thenSleeps: false)
    let socket = silent.scratch.path("nobody")
    try silent.scratch.run(notified(silent.words("create"), socket)).succeed()
    try silent.scratch.run(notified(silent.words("start"), socket)).succeed()
    let other = try Container()
    try other.createSleeping()
    try other.scratch.run(notified(other.words("start"), socket)).succeed()
    #expect(try other.status == "running")
  }

  /// The mount cannot be written to, and hides what the image has there.
  @Test func socketIsMountedReadOnly() throws {
    let container = try Container()
    let script = "echo $NOTIFY_SOCKET; touch /run/notify/x || ls -ln /run/notify"
    try container.edit { $0["process.args"] = ["/bin/sh", "-c", .string(script)] }
    let output = try container.scratch.run(notified(container.words("run"), container.scratch.path("nobody"))).succeed()
    #expect(output.lines.first == "/run/notify/notify.sock")
    #expect(output.stdout.contains("srwxrwxrwx"))
    #expect(output.stderr.contains("Read-only file system"))
  }

  /// The unit would run into its time limit, and nobody would know why.
  @Test func managerThatIsGoneIsTold() throws {
    let container = try talkative(["READY=1"])
    try container.edit { $0["process.args"] = ["/bin/sh", "-c", "/speak READY=1; sleep 0.5"] }
    var words = container.words("run")
    words.insert("--log=\(container.scratch.path("log"))", at: 1)
    try container.scratch.run(notified(words, container.scratch.path("nobody"))).succeed()
    let log = readText(container.scratch.path("log"))
    #expect(log.contains("the service manager does not hear that the container is ready: connect"), "\(log)")
    #expect(log.split(separator: "\n").count == 1)
  }
}
