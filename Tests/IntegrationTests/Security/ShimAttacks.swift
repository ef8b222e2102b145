import Foundation
import Glibc
import Testing

/// Whoever else can reach the shim's socket (E27, E28 of the security cases).
@Suite(.scratch, .controllers("cpu")) struct ShimAttacks {
  /// A client of ttrpc that can do what a good one does not. A frame is its length, its stream, its kind and its flags.
  private static let client = #"""
    import resource, socket, struct, sys, time
    path, deed = sys.argv[1], sys.argv[2]
    def connect():
        one = socket.socket(socket.AF_UNIX)
        # It waits while others stand in line; with a time limit it would not.
        one.connect(path)
        one.settimeout(20)
        return one
    def field(number, text):
        return bytes([number << 3 | 2, len(text)]) + text
    def ask(one, stream=1):
        payload = field(1, b"containerd.task.v2.Task") + field(2, b"Connect") + field(3, b"")
        one.sendall(struct.pack(">IIBB", len(payload), stream, 1, 0) + payload)
        return one.recv(4096)
    if deed == "ask":
        try: print("answered" if ask(connect()) else "closed")
        except (PermissionError, ConnectionError) as error: print(type(error).__name__)
    elif deed == "huge":
        one = connect()
        one.sendall(struct.pack(">IIBB", 0xffffffff, 1, 1, 0))
        try:
            for _ in range(64): one.sendall(bytes(1 << 20))
            print(one.recv(4096)[8] == 2)
        except OSError: print("closed")
    elif deed == "half":
        for cut in range(1, 30):
            one = connect()
            one.sendall((struct.pack(">IIBB", 1000, 1, 1, 0) + bytes(1000))[:cut])
            one.close()
        print("done")
    elif deed == "crowd":
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        crowd = [connect() for _ in range(int(sys.argv[3]))]
        print("ready", flush=True)
        time.sleep(1000)
    """#

  private static func words(_ containerd: Containerd, _ deed: String...) throws -> [String] {
    let name = try FileManager.default.contentsOfDirectory(atPath: containerd.scratch.inside(folder)).first
    return ["/usr/bin/env", "python3", "-c", client, try "\(folder)/\(#require(name))"] + deed
  }

  private static func ask(_ containerd: Containerd, as prefix: [String] = [], _ deed: String) throws -> String {
    let output = try containerd.scratch.run(prefix + words(containerd, deed), timeout: 60)
    return output.stdout + output.stderr
  }

  private static let folder = "/run/containerd/s"
  private static let stranger = ["/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]

  /// The folder keeps others out, and where it does not, the shim asks who they are.
  @Test("E27 (CVE-2020-15257): a stranger on the shim's socket")
  func strangerOnTheSocket() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    #expect(!readText("/proc/net/unix").split(separator: "\n").contains { $0.contains("@") && $0.contains("shim") })
    let folder = containerd.scratch.inside(Self.folder)
    let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
    #expect((mode ?? 0o777) & 0o077 == 0 || (mode ?? 0o777) & 0o066 == 0)
    let socket = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
    #expect(try Self.ask(containerd, "ask") == "answered\n")
    for (path, mode) in [(folder + "/..", 0o755), (folder, 0o755), (folder + "/" + socket, 0o777)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    let answer = try Self.ask(containerd, as: Self.stranger, "ask")
    #expect(["closed\n", "ConnectionResetError\n", "BrokenPipeError\n"].contains(answer), "\(answer)")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  @Test("E28: frames that are too long, or end in the middle, and many clients at once")
  func hostileClients() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let shim = try #require(containerd.shims.first)
    func memory() -> Int {
      Int(processStatus(readText("/proc/\(shim)/status"))["VmRSS"]?.split(separator: " ").first ?? "") ?? 0
    }
    let before = memory()
    #expect(before > 0)
    #expect(["True\n", "closed\n"].contains(try Self.ask(containerd, "huge")))
    #expect(try Self.ask(containerd, "half") == "done\n")
    #expect(memory() - before < 8192, "KiB")
    try containerd.scratch.run(["/usr/bin/prlimit", "--pid", "\(shim)", "--nofile=2000:2000"]).succeed()
    let crowd = try containerd.scratch.start(Self.words(containerd, "crowd", "1000"))
    #expect(eventually(within: 30) { crowd.stdout == "ready\n" }, "\(crowd.stderr)")
    #expect(try Self.ask(containerd, "ask") == "answered\n")
    crowd.signal(SIGKILL)
    _ = try crowd.wait()
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// Those that are too many wait; the shim neither ends nor turns in circles.
  @Test("E28: more clients than the shim may have descriptors")
  func crowdedShim() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let shim = try #require(containerd.shims.first)
    try containerd.scratch.run(["/usr/bin/prlimit", "--pid", "\(shim)", "--nofile=64:64"]).succeed()
    func ticks() -> Int {
      let fields = readText("/proc/\(shim)/stat").split(separator: " ")
      return fields.count > 14 ? (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0) : .max
    }
    let crowd = try containerd.scratch.start(Self.words(containerd, "crowd", "100"))
    #expect(eventually(within: 20) { crowd.stdout == "ready\n" }, "\(crowd.stderr)")
    let begin = ticks()
    usleep(1_000_000)
    #expect(ticks() - begin < 30, "hundredths of a second")
    crowd.signal(SIGKILL)
    _ = try crowd.wait()
    #expect(try Self.ask(containerd, "ask") == "answered\n")
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }
}
