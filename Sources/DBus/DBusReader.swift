/// What came is no message of D-Bus, and why not.
public struct DBusMalformed: Error, Equatable, Sendable {
  public let problem: String
}

/// Reads values. Whatever the bytes say, it ends in values or in an error.
struct DBusReader {
  private let bytes: [UInt8]
  private var offset: Int
  private var depth = 0

  init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// All values of a signature.
  mutating func values(_ signature: [UInt8]) throws(DBusMalformed) -> [DBusValue] {
    var (rest, result) = (signature[...], [DBusValue]())
    while !rest.isEmpty { result.append(try value(&rest)) }
    return result
  }

  /// Padding is zeros (specification, "Message Format").
  mutating func align(_ size: Int) throws(DBusMalformed) {
    while offset % size != 0 {
      guard offset < bytes.count, bytes[offset] == 0 else { throw DBusMalformed(problem: "its padding is not zero") }
      offset += 1
    }
  }

  mutating func integer(size: Int) throws(DBusMalformed) -> UInt64 {
    try align(size)
    if bytes.count - offset < size { throw DBusMalformed(problem: "it ends within a value") }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
    offset += size
    return value
  }

  private mutating func text(lengthSize: Int) throws(DBusMalformed) -> String {
    let length = Int(try integer(size: lengthSize))
    if length >= bytes.count - offset { throw DBusMalformed(problem: "it ends within a text") }
    let content = bytes[offset..<(offset + length)]
    guard bytes[offset + length] == 0, !content.contains(0) else {
      throw DBusMalformed(problem: "a text does not end where its length says")
    }
    offset += length + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func value(_ signature: inout ArraySlice<UInt8>) throws(DBusMalformed) -> DBusValue {
    guard let type = signature.popFirst(), depth < DBusSignature.depth else {
      throw DBusMalformed(problem: "its values are nested too deep, or their signature ends too early")
    }
    depth += 1
    defer { depth -= 1 }
    switch type {
    case UInt8(ascii: "y"): return .byte(UInt8(truncatingIfNeeded: try integer(size: 1)))
    case UInt8(ascii: "b"):
      let number = try integer(size: 4)
      if number > 1 { throw DBusMalformed(problem: "a truth value is neither 0 nor 1") }
      return .boolean(number == 1)
    case UInt8(ascii: "n"): return .int16(Int16(truncatingIfNeeded: try integer(size: 2)))
    case UInt8(ascii: "q"): return .uint16(UInt16(truncatingIfNeeded: try integer(size: 2)))
    case UInt8(ascii: "i"): return .int32(Int32(truncatingIfNeeded: try integer(size: 4)))
    case UInt8(ascii: "u"): return .uint32(UInt32(truncatingIfNeeded: try integer(size: 4)))
    case UInt8(ascii: "x"): return .int64(Int64(bitPattern: try integer(size: 8)))
    case UInt8(ascii: "t"): return .uint64(try integer(size: 8))
    case UInt8(ascii: "d"): return .double(Double(bitPattern: try integer(size: 8)))
    case UInt8(ascii: "s"): return .string(try text(lengthSize: 4))
    case UInt8(ascii: "o"): return .objectPath(try text(lengthSize: 4))
    case UInt8(ascii: "g"): return .signature(try text(lengthSize: 1))
    case UInt8(ascii: "v"): return try variant()
    case UInt8(ascii: "a"): return try array(&signature)
    case UInt8(ascii: "("): return .structure(try members(&signature, until: UInt8(ascii: ")")))
    case UInt8(ascii: "{"):
      let members = try members(&signature, until: UInt8(ascii: "}"))
      guard members.count == 2 else { throw DBusMalformed(problem: "an entry is no pair") }
      return .entry(members[0], members[1])
    default: throw DBusMalformed(problem: "its signature has an unknown type")
    }
  }

  private mutating func members(
    _ signature: inout ArraySlice<UInt8>, until end: UInt8
  ) throws(DBusMalformed) -> [DBusValue] {
    try align(8)
    var members: [DBusValue] = []
    while signature.first != end { members.append(try value(&signature)) }
    signature.removeFirst()
    return members
  }

  private mutating func variant() throws(DBusMalformed) -> DBusValue {
    let inner = try values(Array(try text(lengthSize: 1).utf8))
    guard inner.count == 1 else { throw DBusMalformed(problem: "a variant does not hold one value") }
    return .variant(inner[0])
  }

  private mutating func array(_ signature: inout ArraySlice<UInt8>) throws(DBusMalformed) -> DBusValue {
    let length = Int(try integer(size: 4))
    guard let element = DBusSignature.first(of: signature) else {
      throw DBusMalformed(problem: "an array's signature is none")
    }
    signature = signature.dropFirst(element.count)
    try align(DBusSignature.alignment(of: element.first ?? 0))
    if length > bytes.count - offset { throw DBusMalformed(problem: "it ends within an array") }
    let end = offset + length
    var values: [DBusValue] = []
    while offset < end {
      // Every type takes at least a byte, so this ends.
      var rest = element
      values.append(try value(&rest))
    }
    if offset != end { throw DBusMalformed(problem: "an array does not end where its length says") }
    return .array(of: String(decoding: element, as: UTF8.self), values)
  }
}
