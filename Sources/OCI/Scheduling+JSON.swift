public import JSON

extension Spec.Scheduler: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var policy: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "policy": policy = try reader.value()
      case "nice": nice = try reader.value()
      case "priority": priority = try reader.value()
      case "flags": flags = try reader.value()
      case "runtime": runtime = try reader.value()
      case "deadline": deadline = try reader.value()
      case "period": period = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.policy = try reader.required(policy, "policy")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("policy", policy)
    writer.member("nice", nice)
    writer.member("priority", priority)
    writer.member("flags", flags)
    writer.member("runtime", runtime)
    writer.member("deadline", deadline)
    writer.member("period", period)
    writer.endObject()
  }
}

extension Spec.IOPriority: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var `class`: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "class": `class` = try reader.value()
      case "priority": priority = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.`class` = try reader.required(`class`, "class")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("class", `class`)
    writer.member("priority", priority)
    writer.endObject()
  }
}

extension Spec.ExecCPUAffinity: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "initial": initial = try reader.value()
      case "final": final = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("initial", initial)
    writer.member("final", final)
    writer.endObject()
  }
}
