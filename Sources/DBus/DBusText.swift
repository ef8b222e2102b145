/// A text that is no value.
public struct DBusTextProblem: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
}

extension DBusValue {
  /// A value in the text format of GVariant, as `gdbus` and `busctl` users write it: `true`, `uint64 5`, `'text'`,
  /// `['a', 'b']`, `@as []`, `{'key': <1>}`, `(1, 'two')`, `b'bytes'`. A number without a type is an int32, one with a
  /// point or an exponent a double.
  public init(text: String) throws(DBusTextProblem) {
    if text.utf8.count > 65536 { throw DBusTextProblem(description: "it is longer than 65536 bytes") }
    var parser = DBusTextParser(text)
    let node = try parser.whole()
    let signature = try node.signature()
    if signature.utf8.count > 255 { throw DBusTextProblem(description: "its type is longer than 255 characters") }
    self = try node.value(as: signature)
  }
}

/// Reads the text format; types come later.
private struct DBusTextParser {
  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  static let types: [(name: StaticString, signature: String)] = [
    ("boolean", "b"), ("byte", "y"), ("int16", "n"), ("uint16", "q"), ("int32", "i"), ("uint32", "u"),
    ("int64", "x"), ("uint64", "t"), ("double", "d"), ("string", "s"), ("objectpath", "o"), ("signature", "g"),
  ]

  mutating func whole() throws(DBusTextProblem) -> DBusTextNode {
    let node = try node()
    skipBlanks()
    if offset < bytes.count { throw problem("something follows the value") }
    return node
  }

  private func problem(_ text: String) -> DBusTextProblem { DBusTextProblem(description: "\(text) at byte \(offset)") }

  private mutating func skipBlanks() {
    while offset < bytes.count, " \t\n\r".utf8.contains(bytes[offset]) { offset += 1 }
  }

  private mutating func take(_ character: UInt8) -> Bool {
    skipBlanks()
    guard offset < bytes.count, bytes[offset] == character else { return false }
    offset += 1
    return true
  }

  private mutating func node() throws(DBusTextProblem) -> DBusTextNode {
    skipBlanks()
    guard offset < bytes.count else { throw problem("a value is missing") }
    depth += 1
    defer { depth -= 1 }
    if depth > DBusSignature.depth { throw problem("it is nested too deep") }
    switch bytes[offset] {
    case UInt8(ascii: "["):
      offset += 1
      return .array(try list(until: UInt8(ascii: "]")))
    case UInt8(ascii: "("):
      offset += 1
      return .tuple(try list(until: UInt8(ascii: ")")))
    case UInt8(ascii: "{"):
      offset += 1
      return .dictionary(try entries())
    case UInt8(ascii: "<"):
      offset += 1
      let inner = try node()
      if !take(UInt8(ascii: ">")) { throw problem("the end of a variant is missing") }
      return .variant(inner)
    case UInt8(ascii: "@"):
      offset += 1
      let signature = word { $0 > 32 }
      if !DBusSignature.isSingleType(signature) { throw problem("\"\(signature)\" is no type") }
      return .typed(signature, try node())
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      let content = try quotedBytes(isText: true)
      return .text(String(decoding: content, as: UTF8.self))
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .number(word { Self.isWord($0) || "+-.".utf8.contains($0) })
    default: return try named()
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
  }

  private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
    let start = offset
    while offset < bytes.count, belongs(bytes[offset]) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// A truth value, bytes, or a type before a value.
  private mutating func named() throws(DBusTextProblem) -> DBusTextNode {
    if bytes[offset] == UInt8(ascii: "b"), offset + 1 < bytes.count, "'\"".utf8.contains(bytes[offset + 1]) {
      offset += 1
      // In GVariant the bytes of a text end with a NUL, which belongs to them.
      return .bytes(try quotedBytes(isText: false) + [0])
    }
    let start = offset
    let name = word(Self.isWord)
    if name == "true" { return .word(true) }
    if name == "false" { return .word(false) }
    if let type = Self.types.first(where: { $0.name.description == name }) {
      return .typed(type.signature, try node())
    }
    offset = start
    throw problem("a value was expected (a text stands in quotes)")
  }

  private mutating func list(until end: UInt8) throws(DBusTextProblem) -> [DBusTextNode] {
    var elements: [DBusTextNode] = []
    if take(end) { return [] }
    while true {
      elements.append(try node())
      if take(end) { return elements }
      if !take(UInt8(ascii: ",")) { throw problem("a comma or the end of a list is missing") }
      if take(end) { return elements }
    }
  }

  private mutating func entries() throws(DBusTextProblem) -> [(key: DBusTextNode, value: DBusTextNode)] {
    var entries: [(key: DBusTextNode, value: DBusTextNode)] = []
    if take(UInt8(ascii: "}")) { return [] }
    while true {
      let key = try node()
      if !take(UInt8(ascii: ":")) { throw problem("a colon is missing") }
      entries.append((key, try node()))
      if take(UInt8(ascii: "}")) { return entries }
      if !take(UInt8(ascii: ",")) { throw problem("a comma or the end of a dictionary is missing") }
    }
  }

  private mutating func quotedBytes(isText: Bool) throws(DBusTextProblem) -> [UInt8] {
    let quote = bytes[offset]
    offset += 1
    var result: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == quote { return result }
      if byte != UInt8(ascii: "\\") {
        result.append(byte)
        continue
      }
      result += try escape(isText: isText)
    }
    throw problem("the closing quote is missing")
  }

  private mutating func escape(isText: Bool) throws(DBusTextProblem) -> [UInt8] {
    guard offset < bytes.count else { throw problem("the closing quote is missing") }
    let letter = bytes[offset]
    offset += 1
    switch letter {
    case UInt8(ascii: "a"): return [7]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "v"): return [11]
    case UInt8(ascii: "u") where isText, UInt8(ascii: "U") where isText:
      let count = letter == UInt8(ascii: "u") ? 4 : 8
      guard offset + count <= bytes.count,
        let number = UInt32(String(decoding: bytes[offset..<(offset + count)], as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(number), number != 0
      else { throw problem("\\\(letter == UInt8(ascii: "u") ? "u" : "U") needs \(count) digits of a character") }
      offset += count
      return Array(String(Character(scalar)).utf8)
    case UInt8(ascii: "0")...UInt8(ascii: "7") where !isText:
      guard offset + 2 <= bytes.count,
        let number = UInt8(String(decoding: bytes[(offset - 1)..<(offset + 2)], as: UTF8.self), radix: 8)
      else { throw problem("an octal escape needs three digits") }
      offset += 2
      return [number]
    default: return [letter]
    }
  }
}
