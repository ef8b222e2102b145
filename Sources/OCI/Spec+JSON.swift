public import JSON

extension Spec {
  /// Reads a `config.json`, whole and of at most `JSONReader.sizeLimit` bytes.
  public init(json bytes: [UInt8]) throws(JSONError) { try self.init(json: bytes, named: "config.json") }
}

extension Spec: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var ociVersion: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "ociVersion": ociVersion = try reader.value()
      case "process": process = try reader.value()
      case "root": root = try reader.value()
      case "hostname": hostname = try reader.value()
      case "domainname": domainname = try reader.value()
      case "mounts": mounts = try reader.value()
      case "hooks": hooks = try reader.value()
      case "annotations": annotations = try reader.value()
      case "linux": linux = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.ociVersion = try reader.required(ociVersion, "ociVersion")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ociVersion", ociVersion)
    writer.member("process", process)
    writer.member("root", root)
    writer.member("hostname", hostname)
    writer.member("domainname", domainname)
    writer.member("mounts", mounts)
    writer.member("hooks", hooks)
    writer.member("annotations", annotations)
    writer.member("linux", linux)
    writer.endObject()
  }
}

extension Spec.Root: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var path: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "path": path = try reader.value()
      case "readonly": readonly = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.path = try reader.required(path, "path")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("path", path)
    writer.member("readonly", readonly)
    writer.endObject()
  }
}
