/// One frame of ttrpc (containerd/ttrpc, PROTOCOL.md): ten bytes of header, then the payload.
public struct Frame: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case request, response, data
    case other(UInt8)
  }

  public static let headerSize = 10
  /// Bytes of payload that a frame may have: 4 MiB.
  public static let payloadLimit = 4 << 20

  public var stream: UInt32
  public var kind: Kind
  public var flags: UInt8
  public var payload: [UInt8]

  /// The sender will send no more on the stream; more data will follow; a data frame without data.
  public static let remoteClosed: UInt8 = 1
  public static let remoteOpen: UInt8 = 2
  public static let noData: UInt8 = 4

  public init(stream: UInt32, kind: Kind, flags: UInt8 = 0, payload: [UInt8]) {
    self.stream = stream
    self.kind = kind
    self.flags = flags
    self.payload = payload
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Frame.headerSize + payload.count)
    for number in [UInt32(payload.count), stream] {
      for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    switch kind {
    case .request: bytes.append(1)
    case .response: bytes.append(2)
    case .data: bytes.append(3)
    case .other(let type): bytes.append(type)
    }
    bytes.append(flags)
    return bytes + payload
  }
}

/// Cuts the bytes of a connection into frames.
public struct FrameReader: Sendable {
  public enum Part: Equatable, Sendable {
    case frame(Frame)
    /// A frame with more than the limit: its payload is passed over.
    case oversized(stream: UInt32, count: Int)
  }

  private var buffer: [UInt8] = []
  private var skips = 0

  public init() {}

  public mutating func append(_ bytes: [UInt8]) {
    let skipped = min(skips, bytes.count)
    skips -= skipped
    buffer += bytes[skipped...]
  }

  /// The next whole frame; nil when more bytes are needed.
  public mutating func next() -> Part? {
    guard buffer.count >= Frame.headerSize else { return nil }
    let count = Int(number(at: 0))
    let stream = number(at: 4)
    if count > Frame.payloadLimit {
      let there = min(buffer.count, Frame.headerSize + count)
      skips = Frame.headerSize + count - there
      drop(there)
      return .oversized(stream: stream, count: count)
    }
    guard buffer.count >= Frame.headerSize + count else { return nil }
    let kind: Frame.Kind =
      switch buffer[8] {
      case 1: .request
      case 2: .response
      case 3: .data
      default: .other(buffer[8])
      }
    let payload = Array(buffer[Frame.headerSize..<(Frame.headerSize + count)])
    let frame = Frame(stream: stream, kind: kind, flags: buffer[9], payload: payload)
    drop(Frame.headerSize + count)
    return .frame(frame)
  }

  /// Gives the memory back when nothing is left: a connection idles for days.
  private mutating func drop(_ count: Int) {
    if count == buffer.count { buffer = [] } else { buffer.removeFirst(count) }
  }

  private func number(at index: Int) -> UInt32 {
    buffer[index..<(index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }
}
