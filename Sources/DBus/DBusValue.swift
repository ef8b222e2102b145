/// A value with its type, as the D-Bus specification has them ("Type System"). Descriptors (`h`) do not occur.
public indirect enum DBusValue: Equatable, Sendable {
  case byte(UInt8)
  case boolean(Bool)
  case int16(Int16)
  case uint16(UInt16)
  case int32(Int32)
  case uint32(UInt32)
  case int64(Int64)
  case uint64(UInt64)
  case double(Double)
  case string(String)
  case objectPath(String)
  case signature(String)
  /// The elements' signature stands beside them: an array may be empty.
  case array(of: String, [DBusValue])
  case structure([DBusValue])
  /// An element of an array that is a dictionary.
  case entry(DBusValue, DBusValue)
  case variant(DBusValue)

  public var signature: String {
    switch self {
    case .byte: "y"
    case .boolean: "b"
    case .int16: "n"
    case .uint16: "q"
    case .int32: "i"
    case .uint32: "u"
    case .int64: "x"
    case .uint64: "t"
    case .double: "d"
    case .string: "s"
    case .objectPath: "o"
    case .signature: "g"
    case .array(let element, _): "a" + element
    case .structure(let members): "(" + members.map { $0.signature }.joined() + ")"
    case .entry(let key, let value): "{" + key.signature + value.signature + "}"
    case .variant: "v"
    }
  }

  /// What a text of any kind says; nil for other values.
  public var text: String? {
    switch self {
    case .string(let text), .objectPath(let text), .signature(let text): text
    case .byte, .boolean, .int16, .uint16, .int32, .uint32, .int64, .uint64, .double, .array, .structure, .entry,
      .variant:
      nil
    }
  }

  /// Bytes as an array of them.
  public static func bytes(_ bytes: [UInt8]) -> DBusValue { .array(of: "y", bytes.map { .byte($0) }) }
}

/// Signatures: lists of types, each of one or more characters.
enum DBusSignature {
  /// How deep types may be nested, arrays and structures together (specification, "Valid Signatures": 32 of each).
  static let depth = 32

  static func alignment(of type: UInt8) -> Int {
    switch type {
    case UInt8(ascii: "y"), UInt8(ascii: "g"), UInt8(ascii: "v"): 1
    case UInt8(ascii: "n"), UInt8(ascii: "q"): 2
    case UInt8(ascii: "x"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "("), UInt8(ascii: "{"): 8
    default: 4
    }
  }

  /// The first complete type of a signature; nil when it is not one.
  static func first(of signature: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var (rest, depth) = (signature, 0)
    return skip(&rest, &depth) ? signature.prefix(signature.count - rest.count) : nil
  }

  /// Any number of types.
  static func isList(_ signature: String) -> Bool {
    var rest = Array(signature.utf8)[...]
    while let first = first(of: rest) { rest = rest.dropFirst(first.count) }
    return rest.isEmpty && signature.utf8.count <= 255
  }

  static func isSingleType(_ signature: String) -> Bool {
    let bytes = Array(signature.utf8)
    return first(of: bytes[...])?.count == bytes.count && !bytes.isEmpty
  }

  private static func skip(_ rest: inout ArraySlice<UInt8>, _ depth: inout Int) -> Bool {
    guard let type = rest.popFirst(), depth < Self.depth else { return false }
    depth += 1
    defer { depth -= 1 }
    switch type {
    case UInt8(ascii: "a"): return skip(&rest, &depth)
    case UInt8(ascii: "("):
      var count = 0
      while let next = rest.first, next != UInt8(ascii: ")") {
        if !skip(&rest, &depth) { return false }
        count += 1
      }
      return rest.popFirst() != nil && count > 0
    case UInt8(ascii: "{"):
      return skip(&rest, &depth) && skip(&rest, &depth) && rest.popFirst() == UInt8(ascii: "}")
    default: return "ybnqiuxtdsogv".utf8.contains(type)
    }
  }
}
