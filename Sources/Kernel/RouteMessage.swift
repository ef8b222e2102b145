/// A message of rtnetlink(7): its head, the head of its type, and attributes, in the machine's byte order.
struct RouteMessage {
  struct Kind: Equatable {
    let number: UInt16
    static let acknowledgement = Kind(number: 2)
    static let done = Kind(number: 3)
    static let newLink = Kind(number: 16)
    static let getLink = Kind(number: 18)
    static let newAddress = Kind(number: 20)
    static let getAddress = Kind(number: 22)
  }

  struct Flags: OptionSet {
    let rawValue: UInt16
    static let request = Flags(rawValue: 1)
    static let acknowledge = Flags(rawValue: 4)
    static let dump = Flags(rawValue: 0x300)
    static let exclusive = Flags(rawValue: 0x200)
    static let create = Flags(rawValue: 0x400)
  }

  let kind: Kind
  /// What follows the head of 16 bytes.
  private(set) var content: [UInt8]

  init(_ kind: Kind, _ content: [UInt8]) {
    self.kind = kind
    self.content = content
  }

  /// The head of a message on a link (struct ifinfomsg).
  static func link(index: Int32, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
    [0, 0, 0, 0] + bytes(of: UInt32(bitPattern: index)) + bytes(of: flags) + bytes(of: change)
  }

  mutating func append(_ attribute: UInt16, _ value: [UInt8]) {
    content += RouteMessage.bytes(of: UInt16(value.count + 4)) + RouteMessage.bytes(of: attribute) + value
    while content.count % 4 != 0 { content.append(0) }
  }

  func encoded(_ flags: Flags) -> [UInt8] {
    RouteMessage.bytes(of: UInt32(content.count + 16)) + RouteMessage.bytes(of: kind.number)
      + RouteMessage.bytes(of: flags.rawValue) + [UInt8](repeating: 0, count: 8) + content
  }

  /// Every message of one datagram.
  static func decode(_ bytes: [UInt8]) -> [RouteMessage] {
    var messages: [RouteMessage] = []
    var offset = 0
    while offset + 16 <= bytes.count {
      let length = Int(number32(bytes, offset))
      if length < 16 || offset + length > bytes.count { break }
      let kind = Kind(number: UInt16(truncatingIfNeeded: number32(bytes, offset + 4)))
      messages.append(RouteMessage(kind, Array(bytes[(offset + 16)..<(offset + length)])))
      offset += (length + 3) & ~3
    }
    return messages
  }

  /// The attributes behind a head of so many bytes. A kind that stands there twice: the last.
  func attributes(after head: Int) -> [UInt16: [UInt8]] {
    var result: [UInt16: [UInt8]] = [:]
    var offset = head
    while offset + 4 <= content.count {
      let both = RouteMessage.number32(content, offset)
      let length = Int(both & 0xffff)
      if length < 4 || offset + length > content.count { break }
      result[UInt16(both >> 16) & 0x3fff] = Array(content[(offset + 4)..<(offset + length)])
      offset += (length + 3) & ~3
    }
    return result
  }

  func number32(at offset: Int) -> UInt32 { RouteMessage.number32(content, offset) }

  /// 0 where there are not four bytes.
  static func number32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    if offset < 0 || offset + 4 > bytes.count { return 0 }
    return bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bytes(of value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  static func bytes(of value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
