/// A message that can be written.
public protocol ProtobufWritable {
  func write(to writer: inout ProtobufWriter)
}

extension ProtobufWritable {
  public var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    write(to: &writer)
    return writer.bytes
  }
}

/// Writes the fields of a message. As proto3 does, numbers of 0, empty texts and false are left out; proto2 tells what is
/// left out from what is 0, and `number` and `text` write that.
public struct ProtobufWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func unsigned(_ field: Int, _ value: UInt64) {
    if value == 0 { return }
    tag(field, 0)
    varint(value)
  }

  public mutating func unsigned(_ field: Int, _ value: UInt32) { unsigned(field, UInt64(value)) }
  public mutating func signed(_ field: Int, _ value: Int64) { unsigned(field, UInt64(bitPattern: value)) }
  public mutating func bool(_ field: Int, _ value: Bool) { unsigned(field, value ? 1 as UInt64 : 0) }

  /// A number that is there, also when it is 0; a negative one takes ten bytes, as an int32 does too.
  public mutating func number(_ field: Int, _ value: Int64?) {
    guard let value else { return }
    tag(field, 0)
    varint(UInt64(bitPattern: value))
  }

  public mutating func number(_ field: Int, _ value: Int32?) { number(field, value.map(Int64.init)) }

  public mutating func double(_ field: Int, _ value: Double) {
    if value == 0 { return }
    tag(field, 1)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * shift))) }
  }

  public mutating func string(_ field: Int, _ value: String) {
    if !value.isEmpty { present(field, value.utf8) }
  }

  /// A text that is there, also when it is empty.
  public mutating func text(_ field: Int, _ value: String?) {
    if let value { present(field, value.utf8) }
  }

  public mutating func string(_ field: Int, _ values: [String]) {
    for value in values { present(field, value.utf8) }
  }

  public mutating func data(_ field: Int, _ value: [UInt8]) {
    if !value.isEmpty { present(field, value) }
  }

  /// Numbers in a row, packed.
  public mutating func packed(_ field: Int, _ values: [UInt64]) {
    if values.isEmpty { return }
    var inner = ProtobufWriter()
    for value in values { inner.varint(value) }
    present(field, inner.bytes)
  }

  /// A message in the message, also when it is empty.
  public mutating func message(_ field: Int, _ value: some ProtobufWritable) { present(field, value.protobuf) }

  public mutating func message(_ field: Int, _ value: (some ProtobufWritable)?) {
    if let value { message(field, value) }
  }

  public mutating func messages(_ field: Int, _ values: [some ProtobufWritable]) {
    for value in values { message(field, value) }
  }

  /// A message that is written in place.
  public mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    present(field, inner.bytes)
  }

  private mutating func present(_ field: Int, _ value: some Collection<UInt8>) {
    tag(field, 2)
    varint(UInt64(value.count))
    bytes += value
  }

  private mutating func tag(_ field: Int, _ type: UInt64) { varint(UInt64(field) << 3 | type) }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
