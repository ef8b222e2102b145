/// One message (D-Bus specification, "Message Protocol"), in little-endian order.
public struct DBusMessage: Equatable, Sendable {
  public enum Kind: UInt8, Sendable {
    case methodCall = 1
    case methodReturn = 2
    case error = 3
    case signal = 4
  }

  public var kind: Kind
  public var serial: UInt32 = 0
  public var replySerial: UInt32?
  public var path: String?
  public var interface: String?
  public var member: String?
  public var errorName: String?
  public var destination: String?
  public var sender: String?
  public var body: [DBusValue] = []

  public init(_ kind: Kind) { self.kind = kind }

  /// The longest message that is taken, in bytes. The specification allows 128 MiB; nothing that is asked here is longer
  /// than a few kilobytes.
  public static let limit = 1 << 20

  public var encoded: [UInt8] {
    var content = DBusWriter()
    for value in body { content.write(value) }
    var fields: [DBusValue] = []
    func field(_ code: UInt8, _ value: DBusValue?) {
      if let value { fields.append(.structure([.byte(code), .variant(value)])) }
    }
    field(1, path.map { .objectPath($0) })
    field(2, interface.map { .string($0) })
    field(3, member.map { .string($0) })
    field(4, errorName.map { .string($0) })
    field(5, replySerial.map { .uint32($0) })
    field(6, destination.map { .string($0) })
    field(7, sender.map { .string($0) })
    field(8, body.isEmpty ? nil : .signature(body.map { $0.signature }.joined()))
    var writer = DBusWriter()
    writer.append([UInt8(ascii: "l"), kind.rawValue, 0, 1])
    writer.write(.uint32(UInt32(truncatingIfNeeded: content.bytes.count)))
    writer.write(.uint32(serial))
    writer.write(.array(of: "(yv)", fields))
    writer.align(8)
    writer.append(content.bytes)
    return writer.bytes
  }

  /// How many bytes the message takes that begins with these; nil when that cannot be told yet.
  public static func length(_ bytes: some Collection<UInt8>) throws(DBusMalformed) -> Int? {
    let bytes = Array(bytes.prefix(16))
    if bytes.count < 16 { return nil }
    guard bytes[0] == UInt8(ascii: "l") else { throw DBusMalformed(problem: "its byte order is not little-endian") }
    guard bytes[3] == 1 else { throw DBusMalformed(problem: "its version of the protocol is not 1") }
    var reader = DBusReader(bytes, at: 4)
    let body = Int(try reader.integer(size: 4))
    _ = try reader.integer(size: 4)
    let fields = Int(try reader.integer(size: 4))
    if body > limit || fields > limit || body + fields > limit {
      throw DBusMalformed(problem: "it is longer than \(limit) bytes")
    }
    return (16 + fields + 7) / 8 * 8 + body
  }

  /// - Parameter bytes: one whole message.
  public init(_ bytes: [UInt8]) throws(DBusMalformed) {
    guard let length = try Self.length(bytes), length == bytes.count else {
      throw DBusMalformed(problem: "its length is not what it says")
    }
    guard let kind = Kind(rawValue: bytes[1]) else { throw DBusMalformed(problem: "its type is unknown") }
    self.kind = kind
    var reader = DBusReader(bytes, at: 8)
    serial = UInt32(truncatingIfNeeded: try reader.integer(size: 4))
    guard case .array(_, let fields)? = try reader.values(Array("a(yv)".utf8)).first else {
      throw DBusMalformed(problem: "it has no header")
    }
    var signature = ""
    for field in fields {
      guard case .structure(let parts) = field, parts.count == 2, case .byte(let code) = parts[0],
        case .variant(let value) = parts[1]
      else { throw DBusMalformed(problem: "a field of its header is none") }
      switch code {
      case 1: path = value.text
      case 2: interface = value.text
      case 3: member = value.text
      case 4: errorName = value.text
      case 5: if case .uint32(let serial) = value { replySerial = serial }
      case 6: destination = value.text
      case 7: sender = value.text
      case 8: signature = value.text ?? ""
      // "An implementation must ignore fields it does not understand".
      default: break
      }
    }
    try reader.align(8)
    body = try reader.values(Array(signature.utf8))
    if !reader.isAtEnd { throw DBusMalformed(problem: "bytes follow its last value") }
  }
}
