public import JSON

extension Seccomp: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var defaultAction: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "defaultAction": defaultAction = try reader.value()
      case "defaultErrnoRet": defaultErrnoRet = try reader.value()
      case "architectures": architectures = try reader.value()
      case "flags": flags = try reader.value()
      case "listenerPath": listenerPath = try reader.value()
      case "listenerMetadata": listenerMetadata = try reader.value()
      case "syscalls": syscalls = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.defaultAction = try reader.required(defaultAction, "defaultAction")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("defaultAction", defaultAction)
    writer.member("defaultErrnoRet", defaultErrnoRet)
    writer.member("architectures", architectures)
    writer.member("flags", flags)
    writer.member("listenerPath", listenerPath)
    writer.member("listenerMetadata", listenerMetadata)
    writer.member("syscalls", syscalls)
    writer.endObject()
  }
}

extension Seccomp.Syscall: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var names: [String]?
    var action: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "names": names = try reader.value()
      case "action": action = try reader.value()
      case "errnoRet": errnoRet = try reader.value()
      case "args": args = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.names = try reader.required(names, "names")
    self.action = try reader.required(action, "action")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("names", names)
    writer.member("action", action)
    writer.member("errnoRet", errnoRet)
    writer.member("args", args)
    writer.endObject()
  }
}

extension Seccomp.Argument: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var index: UInt32?
    var value: UInt64?
    var op: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "index": index = try reader.value()
      case "value": value = try reader.value()
      case "valueTwo": valueTwo = try reader.value()
      case "op": op = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.index = try reader.required(index, "index")
    self.value = try reader.required(value, "value")
    self.op = try reader.required(op, "op")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("index", index)
    writer.member("value", value)
    writer.member("valueTwo", valueTwo)
    writer.member("op", op)
    writer.endObject()
  }
}
