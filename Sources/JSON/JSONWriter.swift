/// Writes a JSON document, in the form of Go's encoding/json with SetEscapeHTML(false).
public struct JSONWriter: Sendable {
  /// How the document is laid out.
  public enum Layout: Sendable {
    /// Without white space.
    case compact
    /// On lines of their own, indented by two spaces per level.
    case pretty
    /// On lines of their own, indented by four spaces per level.
    case wide
    /// On lines of their own, indented by a tab per level.
    case tabs
  }

  /// What was written so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var depth = 0
  /// Whether the next value of the object or array comes after another one.
  private var needsComma = false
  /// Whether a name was just written, so that its value follows on the same line.
  private var followsKey = false

  /// Begins an empty document.
  public init(_ layout: Layout = .compact) { self.layout = layout }

  /// What was written so far, as a string.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Begins an object.
  public mutating func beginObject() { begin(UInt8(ascii: "{")) }

  /// Ends an object.
  public mutating func endObject() { end(UInt8(ascii: "}")) }

  /// Begins an array.
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }

  /// Ends an array.
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  /// Writes the name of a property; its value must follow.
  public mutating func key(_ name: String) {
    beginValue()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    if layout != .compact { bytes.append(UInt8(ascii: " ")) }
    followsKey = true
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    beginValue()
    appendQuoted(value)
  }

  /// Writes an integer.
  public mutating func integer(_ value: some FixedWidthInteger) { literal(String(value)) }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

  /// Writes null.
  public mutating func null() { literal("null") }

  /// Writes a value that is JSON already, such as a number that was read as text.
  public mutating func literal(_ text: String) {
    beginValue()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ bracket: UInt8) {
    beginValue()
    bytes.append(bracket)
    depth += 1
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    depth -= 1
    // Without a value the brackets stay together.
    if needsComma { newLine() }
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func beginValue() {
    if followsKey {
      followsKey = false
    } else if depth > 0 {
      if needsComma { bytes.append(UInt8(ascii: ",")) }
      newLine()
    }
    needsComma = true
  }

  private mutating func newLine() {
    if layout == .compact { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth {
      switch layout {
      case .compact: break
      case .pretty: bytes.append(contentsOf: "  ".utf8)
      case .wide: bytes.append(contentsOf: "    ".utf8)
      case .tabs: bytes.append(UInt8(ascii: "\t"))
      }
    }
  }
}

extension JSONWriter {
  private mutating func appendQuoted(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    if value.utf8.allSatisfy(Self.isPlain) {
      bytes.append(contentsOf: value.utf8)
    } else {
      for scalar in value.unicodeScalars { append(scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a byte never needs an escape. 0xE2 begins U+2028 and U+2029, which end lines in JavaScript.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0xE2
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": bytes.append(contentsOf: "\\\"".utf8)
    case "\\": bytes.append(contentsOf: "\\\\".utf8)
    case "\u{08}": bytes.append(contentsOf: "\\b".utf8)
    case "\u{0C}": bytes.append(contentsOf: "\\f".utf8)
    case "\n": bytes.append(contentsOf: "\\n".utf8)
    case "\r": bytes.append(contentsOf: "\\r".utf8)
    case "\t": bytes.append(contentsOf: "\\t".utf8)
    case "\u{2028}": bytes.append(contentsOf: "\\u2028".utf8)
    case "\u{2029}": bytes.append(contentsOf: "\\u2029".utf8)
    case "\u{00}"..."\u{1F}":
      bytes.append(contentsOf: scalar.value < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
      bytes.append(contentsOf: String(scalar.value, radix: 16).utf8)
    default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}
