public import JSON

extension Spec.Linux: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "uidMappings": uidMappings = try reader.value()
      case "gidMappings": gidMappings = try reader.value()
      case "sysctl": sysctl = try reader.value()
      case "resources": resources = try reader.value()
      case "cgroupsPath": cgroupsPath = try reader.value()
      case "namespaces": namespaces = try reader.value()
      case "devices": devices = try reader.value()
      case "netDevices": netDevices = try reader.value()
      case "seccomp": seccomp = try reader.value()
      case "rootfsPropagation": rootfsPropagation = try reader.value()
      case "maskedPaths": maskedPaths = try reader.value()
      case "readonlyPaths": readonlyPaths = try reader.value()
      case "mountLabel": mountLabel = try reader.value()
      case "intelRdt": intelRdt = try reader.value()
      case "memoryPolicy": memoryPolicy = try reader.value()
      case "personality": personality = try reader.value()
      case "timeOffsets": timeOffsets = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("uidMappings", uidMappings)
    writer.member("gidMappings", gidMappings)
    writer.member("sysctl", sysctl)
    writer.member("resources", resources)
    writer.member("cgroupsPath", cgroupsPath)
    writer.member("namespaces", namespaces)
    writer.member("devices", devices)
    writer.member("netDevices", netDevices)
    writer.member("seccomp", seccomp)
    writer.member("rootfsPropagation", rootfsPropagation)
    writer.member("maskedPaths", maskedPaths)
    writer.member("readonlyPaths", readonlyPaths)
    writer.member("mountLabel", mountLabel)
    writer.member("intelRdt", intelRdt)
    writer.member("memoryPolicy", memoryPolicy)
    writer.member("personality", personality)
    writer.member("timeOffsets", timeOffsets)
    writer.endObject()
  }
}

extension Spec.Namespace: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var type: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type": type = try reader.value()
      case "path": path = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.type = try reader.required(type, "type")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", type)
    writer.member("path", path)
    writer.endObject()
  }
}

extension Spec.Device: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var path: String?
    var type: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "path": path = try reader.value()
      case "type": type = try reader.value()
      case "major": major = try reader.value()
      case "minor": minor = try reader.value()
      case "fileMode": fileMode = try reader.value()
      case "uid": uid = try reader.value()
      case "gid": gid = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.path = try reader.required(path, "path")
    self.type = try reader.required(type, "type")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("path", path)
    writer.member("type", type)
    writer.member("major", major)
    writer.member("minor", minor)
    writer.member("fileMode", fileMode)
    writer.member("uid", uid)
    writer.member("gid", gid)
    writer.endObject()
  }
}

extension Spec.NetDevice: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "name": name = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.endObject()
  }
}
