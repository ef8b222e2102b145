public import JSON

extension Spec.Mount: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var destination: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "destination": destination = try reader.value()
      case "type": type = try reader.value()
      case "source": source = try reader.value()
      case "options": options = try reader.value()
      case "uidMappings": uidMappings = try reader.value()
      case "gidMappings": gidMappings = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.destination = try reader.required(destination, "destination")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("destination", destination)
    writer.member("type", type)
    writer.member("source", source)
    writer.member("options", options)
    writer.member("uidMappings", uidMappings)
    writer.member("gidMappings", gidMappings)
    writer.endObject()
  }
}

extension Spec.IDMapping: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var containerID: UInt32?
    var hostID: UInt32?
    var size: UInt32?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "containerID": containerID = try reader.value()
      case "hostID": hostID = try reader.value()
      case "size": size = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.containerID = try reader.required(containerID, "containerID")
    self.hostID = try reader.required(hostID, "hostID")
    self.size = try reader.required(size, "size")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("containerID", containerID)
    writer.member("hostID", hostID)
    writer.member("size", size)
    writer.endObject()
  }
}
