import Foundation
import Kernel

@testable import DBus

/// The other side of a connection, on a thread of its own, which does what a test tells it.
final class ScriptedPeer: @unchecked Sendable {
  let path: HostPath
  private let folder: String

  /// - Parameter script: gets the connection once there is one.
  init(_ script: @escaping @Sendable (PeerConnection) throws -> Void) throws {
    folder = NSTemporaryDirectory() + "dbus-peer-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    path = try HostPath(folder + "/socket")
    let listener = try Descriptor.listening(at: path).release()
    Thread.detachNewThread {
      let listener = Descriptor(owning: listener)
      do {
        while true {
          if let descriptor = try listener.accept() {
            try script(try PeerConnection(descriptor))
            break
          }
          usleep(500)
        }
      } catch {
        // The connection ends, which is what the test sees.
      }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// What a peer can do.
final class PeerConnection {
  private let socket: Descriptor
  private var received: [UInt8] = []

  init(_ socket: consuming Descriptor) throws {
    try socket.setNonBlocking(false)
    self.socket = socket
  }

  /// Everything up to and with these bytes.
  func read(until end: String) throws -> String {
    let end = Array(end.utf8)
    while true {
      if let range = received.firstRange(of: end) {
        let taken = Array(received[..<range.upperBound])
        received.removeFirst(range.upperBound)
        return String(decoding: taken, as: UTF8.self)
      }
      try more()
    }
  }

  func authenticate() throws {
    _ = try read(until: "BEGIN\r\n")
    try send(Array("DATA\r\nOK 0123\r\n".utf8))
  }

  func message() throws -> DBusMessage {
    while true {
      if let length = try DBusMessage.length(received), received.count >= length {
        let bytes = Array(received.prefix(length))
        received.removeFirst(length)
        return try DBusMessage(bytes)
      }
      try more()
    }
  }

  func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

  func answer(_ call: DBusMessage, _ body: [DBusValue] = []) throws {
    var answer = DBusMessage(.methodReturn)
    answer.serial = 1
    answer.replySerial = call.serial
    answer.body = body
    try send(answer.encoded)
  }

  func refuse(_ call: DBusMessage, _ name: String, _ text: String) throws {
    var answer = DBusMessage(.error)
    answer.serial = 1
    answer.replySerial = call.serial
    answer.errorName = name
    answer.body = [.string(text)]
    try send(answer.encoded)
  }

  func signal(_ member: String, _ body: [DBusValue]) throws {
    var signal = DBusMessage(.signal)
    signal.serial = 2
    signal.path = "/s"
    signal.interface = "i.S"
    signal.member = member
    signal.body = body
    try send(signal.encoded)
  }

  /// Until the other side is gone.
  func awaitEnd() { while (try? more()) != nil {} }

  private func more() throws {
    let bytes = try socket.read(most: 65536)
    if bytes.isEmpty { throw SystemCallError("read", "", .connectionReset) }
    received += bytes
  }
}

extension Thread {
  static func pause(_ microseconds: UInt32) { usleep(microseconds) }
}
