public import JSON

extension Spec.Process: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var cwd: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "terminal": terminal = try reader.value()
      case "consoleSize": consoleSize = try reader.value()
      case "user": user = try reader.value()
      case "args": args = try reader.value()
      case "commandLine": commandLine = try reader.value()
      case "env": env = try reader.value()
      case "cwd": cwd = try reader.value()
      case "capabilities": capabilities = try reader.value()
      case "rlimits": rlimits = try reader.value()
      case "noNewPrivileges": noNewPrivileges = try reader.value()
      case "apparmorProfile": apparmorProfile = try reader.value()
      case "oomScoreAdj": oomScoreAdj = try reader.value()
      case "scheduler": scheduler = try reader.value()
      case "selinuxLabel": selinuxLabel = try reader.value()
      case "ioPriority": ioPriority = try reader.value()
      case "execCPUAffinity": execCPUAffinity = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.cwd = try reader.required(cwd, "cwd")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("terminal", terminal)
    writer.member("consoleSize", consoleSize)
    writer.member("user", user)
    writer.member("args", args)
    writer.member("commandLine", commandLine)
    writer.member("env", env)
    writer.member("cwd", cwd)
    writer.member("capabilities", capabilities)
    writer.member("rlimits", rlimits)
    writer.member("noNewPrivileges", noNewPrivileges)
    writer.member("apparmorProfile", apparmorProfile)
    writer.member("oomScoreAdj", oomScoreAdj)
    writer.member("scheduler", scheduler)
    writer.member("selinuxLabel", selinuxLabel)
    writer.member("ioPriority", ioPriority)
    writer.member("execCPUAffinity", execCPUAffinity)
    writer.endObject()
  }
}

extension Spec.Box: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var height: UInt64?
    var width: UInt64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "height": height = try reader.value()
      case "width": width = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.height = try reader.required(height, "height")
    self.width = try reader.required(width, "width")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("height", height)
    writer.member("width", width)
    writer.endObject()
  }
}

extension Spec.User: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "uid": uid = try reader.value()
      case "gid": gid = try reader.value()
      case "umask": umask = try reader.value()
      case "additionalGids": additionalGids = try reader.value()
      case "username": username = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("uid", uid)
    writer.member("gid", gid)
    writer.member("umask", umask)
    writer.member("additionalGids", additionalGids)
    writer.member("username", username)
    writer.endObject()
  }
}

extension Spec.Capabilities: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "bounding": bounding = try reader.value()
      case "effective": effective = try reader.value()
      case "inheritable": inheritable = try reader.value()
      case "permitted": permitted = try reader.value()
      case "ambient": ambient = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("bounding", bounding)
    writer.member("effective", effective)
    writer.member("inheritable", inheritable)
    writer.member("permitted", permitted)
    writer.member("ambient", ambient)
    writer.endObject()
  }
}

extension Spec.ResourceLimit: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var type: String?
    var soft: UInt64?
    var hard: UInt64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type": type = try reader.value()
      case "soft": soft = try reader.value()
      case "hard": hard = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.type = try reader.required(type, "type")
    self.soft = try reader.required(soft, "soft")
    self.hard = try reader.required(hard, "hard")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", type)
    writer.member("hard", hard)
    writer.member("soft", soft)
    writer.endObject()
  }
}
