/// One step of the way from the top of a document to a value.
enum PathStep {
  case document
  /// An object before its first key.
  case object
  /// The value of the key whose opening quote is at this offset.
  case key(at: Int)
  /// An array before its first element.
  case array
  case element(Int)
}

// Nothing here runs while a document is well formed: the way to a value is kept as offsets and only turned into
// text for an error.
extension JSONReader {
  /// That the bytes the reader stands on are not what is `expected`.
  @inline(never)
  func mismatch(_ expected: String) -> JSONError {
    failure("expected \(expected), found \(describeValue())", at: position)
  }

  /// That the object just read lacks a property without which it has no meaning.
  @inline(never)
  public func missing(_ name: String) -> JSONError {
    var error = failure("required property is missing", at: max(position - 1, 0))
    error.path += error.path.isEmpty ? name : "." + name
    return error
  }

  /// A problem with the value being read, or with what was read last; for demands beyond the type of a value.
  @inline(never)
  public func failure(_ problem: String) -> JSONError { failure(problem, at: position) }

  @inline(never)
  func failure(_ problem: String, at offset: Int) -> JSONError {
    var line = 1
    var column = 1
    for index in 0..<min(offset, bytes.count) {
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if bytes[index] & 0xC0 != 0x80 {
        column += 1
      }
    }
    return JSONError(
      document: document, path: path(), problem: problem, offset: offset, line: line, column: column)
  }

  /// The way to the value being read, such as `process.args[0]`; cut after 32 steps.
  func path() -> String {
    var result = ""
    var count = 0
    for step in outerSteps + [step] {
      switch step {
      case .document, .object, .array: continue
      case .element(let index): result += "[\(index)]"
      case .key(let offset): append(keyAt: offset, to: &result)
      }
      count += 1
      if count == 32 { return result + "…" }
    }
    return result
  }

  private func append(keyAt offset: Int, to path: inout String) {
    var reader = JSONReader(bytes)
    reader.position = offset
    let key: [UInt8]
    do throws(JSONError) {
      key = JSONText.unescape(bytes.extracting(try reader.scanString().range))
    } catch {
      return  // Never: the name was read before.
    }
    if !key.isEmpty, key.count <= 64, key.allSatisfy(JSONReader.isPlain) {
      path += (path.isEmpty ? "" : ".") + String(decoding: key, as: UTF8.self)
      return
    }
    path += "[" + Self.quoted(String(decoding: key, as: UTF8.self)) + "]"
  }

  /// A text from a document as an error shows it: cut after 64 characters, and nothing in it can control a terminal.
  static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    var writer = JSONWriter()
    writer.string(scalars.count > 64 ? String(String.UnicodeScalarView(scalars.prefix(64))) + "…" : text)
    return writer.text
  }

  /// Whether a byte can be in a name that a path shows without quotes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// What kind of value the reader stands on.
  private func describeValue() -> String {
    guard position < bytes.count else { return "the end of the document" }
    switch bytes[position] {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "an array"
    case UInt8(ascii: "\""): return "a string"
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
    case UInt8(ascii: "t") where literalFollows("true"): return "a boolean"
    case UInt8(ascii: "f") where literalFollows("false"): return "a boolean"
    case UInt8(ascii: "n") where literalFollows("null"): return "null"
    case 0xEF where position == 0: return "a byte order mark"
    default: return describeByte(at: position)
    }
  }

  func describeByte(at offset: Int) -> String {
    offset < bytes.count ? JSONReader.describe(bytes[offset]) : "the end of the document"
  }

  /// A byte for people: a text from a document must not bring control characters into a terminal or log.
  static func describe(_ byte: UInt8) -> String {
    if (0x20...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "the byte 0x" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
