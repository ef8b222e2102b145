/// A type that can be written as a JSON value.
public protocol JSONWritable {
  /// Writes one value.
  func write(to writer: inout JSONWriter)
}

extension JSONWritable {
  /// The value as a whole document, without a line end after it.
  public func json(_ layout: JSONWriter.Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout)
    write(to: &writer)
    return writer.bytes
  }
}

extension JSONWriter {
  /// Writes a property; nil leaves it out.
  @inlinable
  public mutating func member(_ name: String, _ value: (some JSONWritable)?) {
    guard let value else { return }
    key(name)
    value.write(to: &self)
  }
}

extension String: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int32: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int64: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension UInt16: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension UInt32: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension UInt64: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Array: JSONWritable where Element: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for element in self { element.write(to: &writer) }
    writer.endArray()
  }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
  /// Writes an object with its names sorted by their UTF-8, as Go does.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      writer.key(name)
      value.write(to: &writer)
    }
    writer.endObject()
  }
}
