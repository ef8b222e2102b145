public import JSON

extension State: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var ociVersion: String?
    var id: String?
    var status: Status?
    var bundle: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "ociVersion": ociVersion = try reader.value()
      case "id": id = try reader.value()
      case "status": status = try reader.value()
      case "pid": pid = try reader.value()
      case "bundle": bundle = try reader.value()
      case "annotations": annotations = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.ociVersion = try reader.required(ociVersion, "ociVersion")
    self.id = try reader.required(id, "id")
    self.status = try reader.required(status, "status")
    self.bundle = try reader.required(bundle, "bundle")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ociVersion", ociVersion)
    writer.member("id", id)
    writer.member("status", status)
    writer.member("pid", pid)
    writer.member("bundle", bundle)
    writer.member("annotations", annotations)
    writer.endObject()
  }
}

extension ContainerProcessState: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var ociVersion: String?
    var fds: [String]?
    var pid: Int32?
    var state: State?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "ociVersion": ociVersion = try reader.value()
      case "fds": fds = try reader.value()
      case "pid": pid = try reader.value()
      case "metadata": metadata = try reader.value()
      case "state": state = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.ociVersion = try reader.required(ociVersion, "ociVersion")
    self.fds = try reader.required(fds, "fds")
    self.pid = try reader.required(pid, "pid")
    self.state = try reader.required(state, "state")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ociVersion", ociVersion)
    writer.member("fds", fds)
    writer.member("pid", pid)
    writer.member("metadata", metadata)
    writer.member("state", state)
    writer.endObject()
  }
}

extension State.Status: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.choice() }

  public func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}
