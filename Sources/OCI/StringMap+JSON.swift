public import JSON

extension StringMap: JSONReadable where Value: JSONReadable {
  /// Reads an object whose names are data; a name whose value is null is skipped.
  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let name = key.string
      if let value: Value = try reader.value() { elements.append((name, value)) }
    }
    restoreOrder()
  }
}

extension StringMap: JSONWritable where Value: JSONWritable {
  /// Writes an object with its names in order.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in elements {
      writer.key(name)
      value.write(to: &writer)
    }
    writer.endObject()
  }
}
