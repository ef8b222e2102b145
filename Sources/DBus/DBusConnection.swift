internal import Kernel

/// A connection to a peer or to a bus, for calls one after the other; signals that come in between are kept.
public final class DBusConnection {
  private let socket: Descriptor
  private let patience: Int64
  private var received: [UInt8] = []
  private var signals: [DBusMessage] = []
  /// On a bus: who answered the last call. The bus writes it, and anybody on it may send signals to anybody.
  private var answerer: String?
  private var serial: UInt32 = 0
  /// After a call without an answer, or a broken one, nothing that comes can be trusted to belong to the next call.
  public private(set) var isLost = false

  /// Signals that wait to be asked for; more are a flood, of which the oldest are forgotten.
  static let keptSignals = 4096

  /// Connects and proves who is calling.
  /// - Parameter patience: milliseconds for connecting and for each call.
  public init(to address: DBusAddress, patience: Int32) throws(DBusError) {
    self.patience = Int64(patience)
    do {
      switch address {
      case .path(let path): socket = try Descriptor.connected(to: path, kind: .stream, timeout: patience)
      case .abstract(let name): socket = try Descriptor.connected(toAbstract: name, kind: .stream, timeout: patience)
      }
    } catch {
      throw .system(error)
    }
    try authenticate()
  }

  /// SASL EXTERNAL (specification, "Authentication Protocol"): the kernel tells the other side who is calling. No user
  /// is named: in a user namespace the caller does not know its own number outside of it.
  ///
  /// All of it goes out at once, as sd-bus does it: a server of sd-bus's that reads BEGIN and a message in one go leaves
  /// the message lying until more comes. Some servers take the first line alone for an answer; then both are OK.
  private func authenticate() throws(DBusError) {
    let deadline = monotonicNanoseconds() + patience * 1_000_000
    try send([0] + Array("AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8))
    let first = try line(until: deadline)
    let isPlain = first.utf8.starts(with: "OK".utf8)
    if !isPlain && !first.utf8.starts(with: "DATA".utf8) { throw .broken("the authentication was refused: \(first)") }
    let second = try line(until: deadline)
    if !isPlain && !second.utf8.starts(with: "OK".utf8) { throw .broken("the authentication was refused: \(second)") }
  }

  /// A line of the authentication, without its end.
  private func line(until deadline: Int64) throws(DBusError) -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: received[..<end].filter { (32...126).contains($0) }, as: UTF8.self)
        received.removeFirst(end + 1)
        return line
      }
      if received.count > 4096 { throw .broken("what answers does not speak D-Bus") }
      try receive(until: deadline, "the authentication")
    }
  }

  /// Calls a method and waits for its answer.
  public func call(
    _ member: String, of interface: String, at path: String, destination: String?, _ arguments: [DBusValue] = []
  ) throws(DBusError) -> [DBusValue] {
    if isLost { throw .broken("the connection was lost before") }
    var message = DBusMessage(.methodCall)
    serial += 1
    message.serial = serial
    message.path = path
    message.interface = interface
    message.member = member
    message.destination = destination
    message.body = arguments
    do throws(DBusError) {
      try send(message.encoded)
      let deadline = monotonicNanoseconds() + patience * 1_000_000
      while true {
        let answer = try next(until: deadline, member)
        if answer.kind == .signal { keep(answer) }
        guard answer.kind == .methodReturn || answer.kind == .error, answer.replySerial == serial else { continue }
        answerer = destination == nil ? nil : answer.sender ?? ""
        if answer.kind == .methodReturn { return answer.body }
        throw DBusError.refused(name: answer.errorName ?? "", text: answer.body.first?.text ?? "")
      }
    } catch {
      if case .refused = error { throw error }
      isLost = true
      throw error
    }
  }

  /// Waits for a signal of whoever answered the last call, or takes one that came during it.
  /// - Parameter milliseconds: from now.
  public func awaitSignal(
    _ member: String, milliseconds: Int64, where accepts: ([DBusValue]) -> Bool
  ) throws(DBusError) -> [DBusValue] {
    let deadline = monotonicNanoseconds() + milliseconds * 1_000_000
    do throws(DBusError) {
      while true {
        let kept = signals
        signals = []
        for signal in kept where signal.member == member && isFromAnswerer(signal) && accepts(signal.body) {
          return signal.body
        }
        let message = try next(until: deadline, "the signal \(member)", milliseconds)
        if message.kind == .signal { keep(message) }
      }
    } catch {
      isLost = true
      throw error
    }
  }

  private func isFromAnswerer(_ signal: DBusMessage) -> Bool {
    guard let answerer, Defence.signalSender.isOn else { return true }
    return signal.sender ?? "" == answerer
  }

  private func keep(_ signal: DBusMessage) {
    if !isFromAnswerer(signal) { return }
    if signals.count >= Self.keptSignals { signals.removeFirst() }
    signals.append(signal)
  }

  private func send(_ bytes: [UInt8]) throws(DBusError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      do throws(SystemCallError) {
        rest = rest.dropFirst(try socket.sendPart(Array(rest)))
      } catch {
        if error.errno == .again { throw .timedOut(call: "sending", milliseconds: patience) }
        if error.errno == .brokenPipe || error.errno == .connectionReset { throw .broken("the connection ended") }
        throw .system(error)
      }
    }
  }

  private func next(until deadline: Int64, _ what: String, _ patience: Int64? = nil) throws(DBusError) -> DBusMessage {
    while true {
      do throws(DBusMalformed) {
        if let length = try DBusMessage.length(received), received.count >= length {
          let bytes = Array(received.prefix(length))
          received.removeFirst(length)
          return try DBusMessage(bytes)
        }
      } catch {
        throw .broken("a message is malformed: \(error.problem)")
      }
      try receive(until: deadline, what, patience)
    }
  }

  private func receive(until deadline: Int64, _ what: String, _ patience: Int64? = nil) throws(DBusError) {
    while true {
      let left = (deadline - monotonicNanoseconds() + 999_999) / 1_000_000
      if left <= 0 { throw .timedOut(call: what, milliseconds: patience ?? self.patience) }
      do throws(SystemCallError) {
        // A signal wakes it too, with nothing to read.
        if try poll([(socket.number, .readable)], timeout: Int32(clamping: left))[0].isEmpty { continue }
        let bytes = try socket.read(most: 65536)
        if bytes.isEmpty { throw SystemCallError("receive", "", .connectionReset) }
        received += bytes
        return
      } catch {
        if error.errno == .connectionReset { throw .broken("the connection ended without an answer to \(what)") }
        throw .system(error)
      }
    }
  }
}
