public import JSON

extension Spec.Hooks: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "prestart": prestart = try reader.value()
      case "createRuntime": createRuntime = try reader.value()
      case "createContainer": createContainer = try reader.value()
      case "startContainer": startContainer = try reader.value()
      case "poststart": poststart = try reader.value()
      case "poststop": poststop = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("prestart", prestart)
    writer.member("createRuntime", createRuntime)
    writer.member("createContainer", createContainer)
    writer.member("startContainer", startContainer)
    writer.member("poststart", poststart)
    writer.member("poststop", poststop)
    writer.endObject()
  }
}

extension Spec.Hook: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var path: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "path": path = try reader.value()
      case "args": args = try reader.value()
      case "env": env = try reader.value()
      case "timeout": timeout = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.path = try reader.required(path, "path")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("path", path)
    writer.member("args", args)
    writer.member("env", env)
    writer.member("timeout", timeout)
    writer.endObject()
  }
}
