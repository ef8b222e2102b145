/// What was read, before its types are known.
indirect enum DBusTextNode {
  case word(Bool)
  case number(String)
  case text(String)
  case bytes([UInt8])
  case array([DBusTextNode])
  case dictionary([(key: DBusTextNode, value: DBusTextNode)])
  case tuple([DBusTextNode])
  case variant(DBusTextNode)
  case typed(String, DBusTextNode)
}

extension DBusTextNode {
  /// The type by itself; nil when it depends on others (an empty list).
  private var inferred: String? {
    switch self {
    case .word: return "b"
    case .number(let digits): return Self.isFraction(digits) ? "d" : "i"
    case .text: return "s"
    case .bytes: return "ay"
    case .array(let elements): return Self.common(elements).map { "a" + $0 }
    case .dictionary(let entries):
      guard let key = Self.common(entries.map { $0.key }), let value = Self.common(entries.map { $0.value }) else {
        return nil
      }
      return "a{\(key)\(value)}"
    case .tuple(let members):
      var signature = ""
      for member in members {
        guard let type = member.inferred else { return nil }
        signature += type
      }
      return members.isEmpty ? nil : "(\(signature))"
    case .variant: return "v"
    case .typed(let signature, _): return signature
    }
  }

  /// One that says its type decides, then a fraction, then the first.
  private static func common(_ nodes: [DBusTextNode]) -> String? {
    for node in nodes { if case .typed(let signature, _) = node { return signature } }
    let types = nodes.compactMap { $0.inferred }
    return types.contains("d") ? "d" : types.first
  }

  private static func isFraction(_ digits: String) -> Bool {
    let isHexadecimal = digits.utf8.dropFirst(digits.utf8.first == UInt8(ascii: "-") ? 1 : 0).starts(with: "0x".utf8)
    return !isHexadecimal && digits.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }
  }

  func signature() throws(DBusTextProblem) -> String {
    guard let inferred else { throw DBusTextProblem(description: "its type cannot be told: write it, as in @as []") }
    return inferred
  }

  func value(as signature: String) throws(DBusTextProblem) -> DBusValue {
    let type = signature.utf8.first ?? 0
    switch self {
    case .word(let flag) where signature == "b": return .boolean(flag)
    case .number(let digits):
      if let number = Self.number(digits, type), signature.utf8.count == 1 { return number }
      throw DBusTextProblem(description: "\(digits) is no value of the type \"\(signature)\"")
    case .text(let text) where signature == "s" && !text.utf8.contains(0): return .string(text)
    case .text(let text) where signature == "o" && Self.isPath(text): return .objectPath(text)
    case .text(let text) where signature == "g" && DBusSignature.isList(text): return .signature(text)
    case .bytes(let bytes) where signature == "ay": return .bytes(bytes)
    case .array(let elements) where type == UInt8(ascii: "a"):
      let element = String(signature.dropFirst())
      var values: [DBusValue] = []
      for node in elements { values.append(try node.value(as: element)) }
      return .array(of: element, values)
    case .dictionary(let entries) where signature.utf8.starts(with: "a{".utf8):
      let types = Self.types(String(signature.dropFirst(2).dropLast()))
      var values: [DBusValue] = []
      for (key, value) in entries { values.append(.entry(try key.value(as: types[0]), try value.value(as: types[1]))) }
      return .array(of: String(signature.dropFirst()), values)
    case .tuple(let members) where type == UInt8(ascii: "("):
      let types = Self.types(String(signature.dropFirst().dropLast()))
      guard types.count == members.count else { break }
      var values: [DBusValue] = []
      for (node, type) in zip(members, types) { values.append(try node.value(as: type)) }
      return .structure(values)
    case .variant(let inner) where signature == "v": return .variant(try inner.value(as: try inner.signature()))
    case .typed(let own, let inner) where own == signature: return try inner.value(as: own)
    default: break
    }
    throw DBusTextProblem(description: "a value is not of the type \"\(signature)\"")
  }

  /// As the specification has it ("Valid Object Paths"): a server ends the connection for another one.
  private static func isPath(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "/_".utf8.contains(byte)
    }
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return isPlain
      && (text == "/" || parts.count > 1 && parts[0].isEmpty && parts.dropFirst().allSatisfy { !$0.isEmpty })
  }

  /// The complete types of a signature that is known to be right.
  private static func types(_ signature: String) -> [String] {
    var rest = Array(signature.utf8)[...]
    var types: [String] = []
    while let first = DBusSignature.first(of: rest) {
      types.append(String(decoding: first, as: UTF8.self))
      rest = rest.dropFirst(first.count)
    }
    return types
  }

  private static func number(_ digits: String, _ type: UInt8) -> DBusValue? {
    switch type {
    case UInt8(ascii: "y"): integer(digits).map { .byte($0) }
    case UInt8(ascii: "n"): integer(digits).map { .int16($0) }
    case UInt8(ascii: "q"): integer(digits).map { .uint16($0) }
    case UInt8(ascii: "i"): integer(digits).map { .int32($0) }
    case UInt8(ascii: "u"): integer(digits).map { .uint32($0) }
    case UInt8(ascii: "x"): integer(digits).map { .int64($0) }
    case UInt8(ascii: "t"): integer(digits).map { .uint64($0) }
    case UInt8(ascii: "d"): Double(digits).map { .double($0) }
    default: nil
    }
  }

  /// As in C: `0x` before hexadecimal digits, `0` before octal ones.
  private static func integer<Number: FixedWidthInteger>(_ text: String) -> Number? {
    let sign = text.utf8.first == UInt8(ascii: "-") ? "-" : ""
    var digits = Array(text.utf8)
    if let first = digits.first, "+-".utf8.contains(first) { digits.removeFirst() }
    guard let first = digits.first, !"+-".utf8.contains(first) else { return nil }
    var radix = 10
    if digits.count > 1, first == UInt8(ascii: "0") {
      (radix, digits) =
        digits[1] | 32 == UInt8(ascii: "x") ? (16, Array(digits.dropFirst(2))) : (8, Array(digits.dropFirst()))
      guard let next = digits.first, !"+-".utf8.contains(next) else { return nil }
    }
    return Number(sign + String(decoding: digits, as: UTF8.self), radix: radix)
  }
}
