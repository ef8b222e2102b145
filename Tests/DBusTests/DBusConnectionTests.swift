import Foundation
import Kernel
import Testing

@testable import DBus

/// A scripted peer answers, refuses, is silent, talks nonsense and dies.
struct DBusConnectionTests {
  private func connect(
    patience: Int32 = 5000, _ script: @escaping @Sendable (PeerConnection) throws -> Void
  ) throws -> (DBusConnection, ScriptedPeer) {
    let peer = try ScriptedPeer(script)
    return (try DBusConnection(to: .path(peer.path), patience: patience), peer)
  }

  private func call(_ connection: DBusConnection, _ arguments: [DBusValue] = []) throws(DBusError) -> [DBusValue] {
    try connection.call("Method", of: "i.F", at: "/p", destination: nil, arguments)
  }

  @Test("a call is answered, and signals in between are kept")
  func answer() throws {
    let (connection, peer) = try connect { peer in
      try peer.authenticate()
      let call = try peer.message()
      try peer.signal("Other", [.uint32(1)])
      try peer.signal("Wanted", [.uint32(2)])
      try peer.signal("Wanted", [.uint32(3)])
      try peer.answer(call, call.body)
    }
    #expect(try call(connection, [.string("x"), .uint64(7)]) == [.string("x"), .uint64(7)])
    let body = try connection.awaitSignal("Wanted", milliseconds: 1000) { $0 == [.uint32(3)] }
    #expect(body == [.uint32(3)])
    #expect(!connection.isLost)
    withExtendedLifetime(peer) {}
  }

  @Test("the authentication names no user, and takes both answers that servers give")
  func authentication() throws {
    for first in ["DATA", "OK 12"] {
      let (connection, peer) = try connect { peer in
        let said = try peer.read(until: "BEGIN\r\n")
        if said != "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n" { return }
        try peer.send(Array("\(first)\r\nOK 12\r\n".utf8))
        try peer.answer(try peer.message())
      }
      #expect(try call(connection).isEmpty)
      withExtendedLifetime(peer) {}
    }
  }

  @Test(
    "a peer that refuses the authentication, or speaks something else",
    arguments: ["REJECTED EXTERNAL\r\n", "HTTP/1.1 400\r\n"])
  func refusedAuthentication(_ said: String) throws {
    let peer = try ScriptedPeer { peer in
      _ = try peer.read(until: "BEGIN\r\n")
      try peer.send(Array(said.utf8))
      peer.awaitEnd()
    }
    let expected = DBusError.broken("the authentication was refused: \(said.dropLast(1))")
    #expect(throws: expected) { _ = try DBusConnection(to: .path(peer.path), patience: 5000) }
  }

  @Test("a line without an end has an end")
  func floodInsteadOfAuthentication() throws {
    let peer = try ScriptedPeer { peer in
      _ = try peer.read(until: "BEGIN\r\n")
      for _ in 0..<5 { try peer.send([UInt8](repeating: 65, count: 2000)) }
      peer.awaitEnd()
    }
    #expect(throws: DBusError.broken("what answers does not speak D-Bus")) {
      _ = try DBusConnection(to: .path(peer.path), patience: 5000)
    }
  }

  @Test("the peer's refusal comes with its name and text, and the connection goes on")
  func refusal() throws {
    let (connection, peer) = try connect { peer in
      try peer.authenticate()
      try peer.refuse(try peer.message(), "org.example.No", "not today")
      try peer.answer(try peer.message(), [.byte(1)])
    }
    #expect(throws: DBusError.refused(name: "org.example.No", text: "not today")) { try call(connection) }
    #expect(DBusError.refused(name: "org.example.No", text: "not today").description == "not today (org.example.No)")
    #expect(try call(connection) == [.byte(1)])
    withExtendedLifetime(peer) {}
  }

  @Test("silence ends at the deadline, and the connection with it")
  func silence() throws {
    let (connection, peer) = try connect(patience: 150) { peer in
      try peer.authenticate()
      // Signals are no answer, however many come.
      for _ in 0..<20 {
        try peer.signal("Tick", [])
        Thread.pause(20_000)
      }
      peer.awaitEnd()
    }
    let begin = monotonicNanoseconds()
    #expect(throws: DBusError.timedOut(call: "Method", milliseconds: 150)) { try call(connection) }
    let took = (monotonicNanoseconds() - begin) / 1_000_000
    #expect((140..<3000).contains(took), "\(took) ms")
    #expect(connection.isLost)
    #expect(throws: DBusError.broken("the connection was lost before")) { try call(connection) }
    withExtendedLifetime(peer) {}
  }

  @Test("a peer that takes nothing more, while much is to be sent")
  func blockedSending() throws {
    let (connection, peer) = try connect(patience: 200) { peer in
      try peer.authenticate()
      Thread.pause(600_000)
    }
    let much = DBusValue.string(String(repeating: "x", count: 1_000_000))
    #expect(throws: DBusError.timedOut(call: "sending", milliseconds: 200)) {
      try call(connection, [much, much, much])
    }
    withExtendedLifetime(peer) {}
  }

  @Test("the peer dies before, in the middle of and after its answer", arguments: [0, 1, 15, 16, 30])
  func death(_ count: Int) throws {
    let (connection, peer) = try connect { peer in
      try peer.authenticate()
      let call = try peer.message()
      var answer = DBusMessage(.methodReturn)
      answer.serial = 1
      answer.replySerial = call.serial
      answer.body = [.string("an answer")]
      try peer.send(Array(answer.encoded.prefix(count)))
    }
    #expect(throws: DBusError.broken("the connection ended without an answer to Method")) { try call(connection) }
    #expect(connection.isLost)
    withExtendedLifetime(peer) {}
  }

  @Test("on a bus, a signal of another than who answered is not heard")
  func foreignSignal() throws {
    let (connection, peer) = try connect { peer in
      try peer.authenticate()
      let call = try peer.message()
      for (sender, number) in [(":1.66", UInt32(1)), (":1.5", 2)] {
        var signal = DBusMessage(.signal)
        (signal.serial, signal.path, signal.interface, signal.member) = (2, "/s", "i.S", "Wanted")
        (signal.sender, signal.body) = (sender, [.uint32(number)])
        try peer.send(signal.encoded)
      }
      var answer = DBusMessage(.methodReturn)
      (answer.serial, answer.replySerial, answer.sender) = (1, call.serial, ":1.5")
      try peer.send(answer.encoded)
      peer.awaitEnd()
    }
    _ = try connection.call("Method", of: "i.F", at: "/p", destination: "org.example", [])
    #expect(try connection.awaitSignal("Wanted", milliseconds: 1000) { _ in true } == [.uint32(2)])
    withExtendedLifetime(peer) {}
  }

  @Test("a signal that never comes")
  func signalTimesOut() throws {
    let (connection, peer) = try connect { peer in
      try peer.authenticate()
      try peer.answer(try peer.message())
      peer.awaitEnd()
    }
    _ = try call(connection)
    #expect(throws: DBusError.timedOut(call: "the signal JobRemoved", milliseconds: 50)) {
      try connection.awaitSignal("JobRemoved", milliseconds: 50) { _ in true }
    }
    #expect(connection.isLost)
    withExtendedLifetime(peer) {}
  }

  @Test("a message that is none, or that is too long")
  func nonsense() throws {
    let cases: [([UInt8], String)] = [
      (Array("GET / HTTP/1.1\r\n\r\n".utf8), "its byte order is not little-endian"),
      ([0x6c, 2, 0, 1, 0, 0, 0, 0x10, 1, 0, 0, 0, 0, 0, 0, 0], "it is longer than 1048576 bytes"),
    ]
    for (bytes, problem) in cases {
      let (connection, peer) = try connect { peer in
        try peer.authenticate()
        _ = try peer.message()
        try peer.send(bytes)
        peer.awaitEnd()
      }
      #expect(throws: DBusError.broken("a message is malformed: \(problem)")) { try call(connection) }
      #expect(connection.isLost)
      withExtendedLifetime((connection, peer)) {}
    }
  }

  @Test("nobody listens")
  func nobody() throws {
    #expect(throws: DBusError.system(SystemCallError("connect", "/nowhere/socket", .noSuchFile))) {
      _ = try DBusConnection(to: .path(HostPath(constant: "/nowhere/socket")), patience: 100)
    }
    #expect(throws: DBusError.system(SystemCallError("connect", "@apus-no-such-name", .connectionRefused))) {
      _ = try DBusConnection(to: .abstract("apus-no-such-name"), patience: 100)
    }
  }
}
