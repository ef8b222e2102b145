public import JSON

extension Spec.IntelRdt: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "closID": closID = try reader.value()
      case "schemata": schemata = try reader.value()
      case "l3CacheSchema": l3CacheSchema = try reader.value()
      case "memBwSchema": memBwSchema = try reader.value()
      case "enableMonitoring": enableMonitoring = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("closID", closID)
    writer.member("schemata", schemata)
    writer.member("l3CacheSchema", l3CacheSchema)
    writer.member("memBwSchema", memBwSchema)
    writer.member("enableMonitoring", enableMonitoring)
    writer.endObject()
  }
}

extension Spec.MemoryPolicy: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "mode": mode = try reader.value()
      case "nodes": nodes = try reader.value()
      case "flags": flags = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("mode", mode)
    writer.member("nodes", nodes)
    writer.member("flags", flags)
    writer.endObject()
  }
}

extension Spec.Personality: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "domain": domain = try reader.value()
      case "flags": flags = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("domain", domain)
    writer.member("flags", flags)
    writer.endObject()
  }
}

extension Spec.TimeOffsets: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "monotonic": monotonic = try reader.value()
      case "boottime": boottime = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("monotonic", monotonic)
    writer.member("boottime", boottime)
    writer.endObject()
  }
}

extension Spec.TimeOffset: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "secs": secs = try reader.value()
      case "nanosecs": nanosecs = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("secs", secs)
    writer.member("nanosecs", nanosecs)
    writer.endObject()
  }
}
