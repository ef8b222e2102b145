/// A type that a JSON value can be read as.
public protocol JSONReadable {
  /// Reads one value, null not among them.
  init(from reader: inout JSONReader) throws(JSONError)
}

extension JSONReadable {
  /// Reads a whole document, which errors call `document`; at most `JSONReader.sizeLimit` bytes of it.
  public init(json bytes: [UInt8], named document: String) throws(JSONError) {
    try checkSize(bytes.count, document)
    var reader = JSONReader(bytes.span, named: document)
    try self.init(from: &reader)
    try reader.end()
  }

  /// The same, and appends the properties that were ignored because nobody knows them.
  public init(
    json bytes: [UInt8], named document: String, unknownProperties: inout [UnknownProperty]
  ) throws(JSONError) {
    try checkSize(bytes.count, document)
    var reader = JSONReader(bytes.span, named: document)
    reader.collectUnknownProperties()
    try self.init(from: &reader)
    try reader.end()
    unknownProperties += reader.unknownProperties ?? []
  }
}

private func checkSize(_ count: Int, _ document: String) throws(JSONError) {
  guard count > JSONReader.sizeLimit else { return }
  throw JSONError(
    document: document, path: "", problem: "\(count) bytes, more than the limit of \(JSONReader.sizeLimit)")
}

extension JSONReader {
  /// Reads a value of a type, which its use decides on; null is nil.
  @inlinable
  public mutating func value<Value: JSONReadable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value? {
    if try null() { return nil }
    return try Value(from: &self)
  }

  /// What was read for a property that must not be absent, else an error that names the property.
  @inlinable
  public func required<Value>(_ value: Value?, _ name: String) throws(JSONError) -> Value {
    guard let value else { throw missing(name) }
    return value
  }
}

extension String: JSONReadable {
  @inlinable
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.string() }
}

extension Bool: JSONReadable {
  @inlinable
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.bool() }
}

extension Int: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension Int32: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension Int64: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension UInt16: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension UInt32: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension UInt64: JSONReadable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension Array: JSONReadable where Element: JSONReadable {
  /// Reads an array; null is no element.
  @inlinable
  public init(from reader: inout JSONReader) throws(JSONError) {
    self = []
    try reader.beginArray()
    while try reader.nextElement() { append(try Element(from: &reader)) }
  }
}

extension Dictionary: JSONReadable where Key == String, Value: JSONReadable {
  /// Reads an object whose names are data. The last of equal names wins; one whose value is null is absent.
  @inlinable
  public init(from reader: inout JSONReader) throws(JSONError) {
    self = [:]
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let name = key.string
      self[name] = try reader.value()
    }
  }
}
