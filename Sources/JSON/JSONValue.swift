/// Any JSON value as a tree, for documents without a type of their own.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number as it was written: 1.0 and 1 are different.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue: JSONReadable, JSONWritable {
  // This recursion is bounded by the reader's limit on nesting.
  public init(from reader: inout JSONReader) throws(JSONError) {
    if try reader.null() {
      self = .null
      return
    }
    switch reader.peek() {
    case UInt8(ascii: "t") where reader.literalFollows("true"): self = .bool(try reader.bool())
    case UInt8(ascii: "f") where reader.literalFollows("false"): self = .bool(try reader.bool())
    case UInt8(ascii: "\""): self = .string(try reader.string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number(try reader.numberText())
    case UInt8(ascii: "["): self = .array(try [JSONValue](from: &reader))
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try reader.beginObject()
      while let key = try reader.nextKey() {
        let name = key.string
        members[name] = try JSONValue(from: &reader)
      }
      self = .object(members)
    default: throw reader.mismatch("a value")
    }
  }

  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let text): writer.literal(text)
    case .string(let value): writer.string(value)
    case .array(let elements): elements.write(to: &writer)
    case .object(let members): members.write(to: &writer)
    }
  }
}
