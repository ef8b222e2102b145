/// Writes values in little-endian order, each at its alignment (D-Bus specification, "Marshaling (Wire Format)").
struct DBusWriter {
  private(set) var bytes: [UInt8] = []

  mutating func align(_ size: Int) {
    while bytes.count % size != 0 { bytes.append(0) }
  }

  mutating func append(_ more: [UInt8]) { bytes += more }

  mutating func write(_ value: DBusValue) {
    switch value {
    case .byte(let value): bytes.append(value)
    case .boolean(let value): write(integer: value ? 1 : 0, size: 4)
    case .int16(let value): write(integer: UInt64(UInt16(bitPattern: value)), size: 2)
    case .uint16(let value): write(integer: UInt64(value), size: 2)
    case .int32(let value): write(integer: UInt64(UInt32(bitPattern: value)), size: 4)
    case .uint32(let value): write(integer: UInt64(value), size: 4)
    case .int64(let value): write(integer: UInt64(bitPattern: value), size: 8)
    case .uint64(let value): write(integer: value, size: 8)
    case .double(let value): write(integer: value.bitPattern, size: 8)
    case .string(let text), .objectPath(let text):
      write(integer: UInt64(text.utf8.count), size: 4)
      bytes += Array(text.utf8) + [0]
    case .signature(let text): bytes += [UInt8(truncatingIfNeeded: text.utf8.count)] + Array(text.utf8) + [0]
    case .array(let element, let values): write(array: values, of: element)
    case .structure(let members):
      align(8)
      for member in members { write(member) }
    case .entry(let key, let value):
      align(8)
      write(key)
      write(value)
    case .variant(let value):
      write(.signature(value.signature))
      write(value)
    }
  }

  private mutating func write(integer value: UInt64, size: Int) {
    align(size)
    for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
  }

  /// The length does not count the padding before the first element.
  private mutating func write(array values: [DBusValue], of element: String) {
    write(integer: 0, size: 4)
    let place = bytes.count - 4
    align(DBusSignature.alignment(of: element.utf8.first ?? 0))
    let start = bytes.count
    for value in values { write(value) }
    let length = bytes.count - start
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
  }
}
