import Foundation
import Glibc
import Protobuf
import TTRPC
import Testing

/// The shim's socket, spoken to as containerd would not: calls out of order, and bytes that are no calls.
@Suite(.scratch, .controllers("cpu")) struct ShimCallTests {
  /// A running container, and the way to its shim.
  private func makeSleeper() throws -> (containerd: Containerd, client: ShimClient) {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    return (containerd, try ShimClient(containerd.socket("a")))
  }

  /// It still serves, the container still runs; then both are ended.
  private func endHealthy(_ containerd: Containerd) throws {
    try expectHealthy(containerd)
    try containerd.kill("a")
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }

  /// It still serves, and the container still runs.
  private func expectHealthy(_ containerd: Containerd) throws {
    let answer = try ShimClient(containerd.socket("a")).call("State", "a")
    #expect(answer.status == nil)
    #expect(try containerd.status(of: "a", becomes: "RUNNING"))
  }

  private func descriptors(_ shim: pid_t) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(shim)/fd").count
  }

  @Test func whatIsNotServedIsRefused() throws {
    let (containerd, client) = try makeSleeper()
    for (service, method) in [
      ("containerd.runtime.sandbox.v1.Sandbox", "CreateSandbox"), ("containerd.task.v2.Task", "Nothing"),
      ("", ""),
    ] {
      let status = try client.call(method, service: service).status
      #expect(status?.code == .unimplemented, "\(service)/\(method): \(status?.message ?? "")")
    }
    // The same container by the other version of the service.
    let third = try client.call("State", service: "containerd.task.v3.Task") { $0.string(1, "a") }.status
    #expect(third == nil)
    try endHealthy(containerd)
  }

  @Test func callsInAWrongStateTellWhy() throws {
    let (containerd, client) = try makeSleeper()
    // The second field is a process, or a bundle.
    let cases: [(method: String, id: String, second: String, CallStatus.Code, String)] = [
      ("State", "b", "", .notFound, "container not created"),
      ("State", "a", "e", .notFound, "process does not exist"),
      ("Start", "a", "", .failedPrecondition, "not in the created state"),
      ("Delete", "a", "", .failedPrecondition, "cannot delete a running process"),
      ("Resume", "a", "", .failedPrecondition, "not paused"),
      ("Create", "a", "/nope", .alreadyExists, "already exists"),
      ("Create", "../x", "/nope", .invalidArgument, "invalid container ID"),
      ("Create", "x", "/nope", .unknown, "OCI runtime create failed"),
      ("Exec", "a", "", .alreadyExists, "id "),
    ]
    for (method, id, second, code, text) in cases {
      let status = try client.call(method, id, second).status
      #expect(
        status?.code == code && status?.message.contains(text) == true, "\(method): \(String(describing: status))")
    }
    let signal = try client.call("Kill", "a") { $0.unsigned(3, 4_000_000_000 as UInt32) }.status
    #expect(signal?.code == .invalidArgument && signal?.message == "unknown signal 4000000000")
    let update = try client.call("Update", "a") { request in request.message(2) { $0.string(2, "[") } }.status
    #expect(update?.code == .invalidArgument && update?.message.contains("resources") == true)
    try endHealthy(containerd)
  }

  /// Of a process whose streams cannot be had: the call says so, and the shim goes on with others meanwhile.
  @Test func streamsThatAreNotThere() throws {
    let (containerd, client) = try makeSleeper()
    let file = containerd.scratch.path("no-fifo")
    try Data("x".utf8).write(to: URL(filePath: file))
    let cases = [
      ("gone", containerd.scratch.path("gone"), "no such file or directory"), ("file", file, "is no FIFO"),
      ("scheme", "gopher://x", "unknown STDIO scheme"),
      ("program", "binary:///nope", "exec /nope: no such file or directory"),
      ("silent", "binary-v2:///bin/true", "did not call ready"),
    ]
    for (exec, output, text) in cases {
      let added = try client.call("Exec", "a", exec) { request in
        request.string(5, output)
        request.message(7) { $0.string(2, #"{"args": ["/bin/true"], "cwd": "/"}"#) }
      }.status
      #expect(added == nil)
      let status = try client.call("Start", "a", exec).status
      #expect(status?.message.contains(text) == true, "\(exec): \(String(describing: status))")
      let deleted = try client.call("Delete", "a", exec).status
      #expect(deleted == nil)
    }
    try endHealthy(containerd)
  }

  @Test func bytesThatAreNoCalls() throws {
    let (containerd, _) = try makeSleeper()
    let shim = try #require(containerd.shims.first)
    let before = try descriptors(shim)
    let length: [UInt8] = [0xff, 0xff, 0xff, 0xff]
    var attacks: [[UInt8]] = [
      [], [0], length, length + [0, 0, 0, 1, 1, 0],
      length + [0, 0, 0, 1, 1, 0] + [UInt8](repeating: 7, count: 1 << 20),
      [0, 0, 0, 0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 2, 1, 0], [0, 0, 0, 1, 0, 0, 0, 1, 1, 3, 0xff],
      [0, 0, 0, 3, 0, 0, 0, 1, 1, 0, 0x0a, 0x7f, 0x61], [0, 0, 0, 0, 0, 0, 0, 1, 9, 0xff],
      [0, 0x3f, 0xff, 0xff, 0, 0, 0, 1, 1, 0] + [UInt8](repeating: 0x0a, count: 1000),
    ]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 { attacks.append((0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }) }
    var open: [ShimClient] = []
    for attack in attacks {
      let client = try ShimClient(containerd.socket("a"))
      client.send(attack)
      // Half of them stay open with half a frame.
      if open.count % 2 == 0 { client.finish() }
      open.append(client)
    }
    try expectHealthy(containerd)
    open = []
    #expect(try eventually { try descriptors(shim) <= before })
    // A payload that is no message is answered, and the connection serves on.
    let client = try ShimClient(containerd.socket("a"))
    client.send([0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0x0a, 0x7f])
    let refusal = try #require(client.receive())
    #expect(try CallResponse(protobuf: refusal.payload).status?.code == .invalidArgument)
    client.send([0, 0x40, 0, 1, 0, 0, 0, 3, 1, 0] + [UInt8](repeating: 7, count: Frame.payloadLimit + 1))
    let oversized = try #require(client.receive())
    #expect(try CallResponse(protobuf: oversized.payload).status?.code == .resourceExhausted)
    try expectHealthy(containerd)
    #expect(containerd.shims == [shim])
    try endHealthy(containerd)
  }

  /// The answers of calls that wait do not hold up others, and a client that leaves with calls under way does no harm.
  @Test func clientsThatLeave() throws {
    let (containerd, _) = try makeSleeper()
    for _ in 0..<50 {
      let client = try ShimClient(containerd.socket("a"))
      let wait = CallRequest("containerd.task.v2.Task", "Wait", payload: [0x0a, 1, UInt8(ascii: "a")])
      for stream: UInt32 in [1, 3, 5] {
        client.send(Frame(stream: stream, kind: .request, payload: wait.protobuf).bytes)
      }
      let answer = try ShimClient(containerd.socket("a")).call("State", "a")
      #expect(answer.status == nil)
    }
    try endHealthy(containerd)
  }

  /// In runc's words: of a container whose first process has ended.
  @Test func aContainerThatHasEnded() throws {
    let containerd = try Containerd()
    try containerd.runSleeper("a")
    let client = try ShimClient(containerd.socket("a"))
    try containerd.kill("a")
    let cases: [(String, CallStatus.Code, String)] = [
      ("Kill", .notFound, "process already finished"), ("Pause", .failedPrecondition, "not running"),
      ("Stats", .notFound, "cgroup does not exist"), ("Exec", .failedPrecondition, "stopped"),
    ]
    for (method, code, text) in cases {
      let status = try client.call(method, "a", method == "Exec" ? "e" : "") { request in
        if method == "Kill" { request.unsigned(3, 9 as UInt32) }
      }.status
      #expect(
        status?.code == code && status?.message.contains(text) == true, "\(method): \(String(describing: status))")
    }
    try containerd.ctr("tasks", "delete", "a")
    try containerd.end()
  }
}
