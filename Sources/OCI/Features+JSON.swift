public import JSON

extension Features: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var ociVersionMin: String?
    var ociVersionMax: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "ociVersionMin": ociVersionMin = try reader.value()
      case "ociVersionMax": ociVersionMax = try reader.value()
      case "hooks": hooks = try reader.value()
      case "mountOptions": mountOptions = try reader.value()
      case "linux": linux = try reader.value()
      case "annotations": annotations = try reader.value()
      case "potentiallyUnsafeConfigAnnotations": potentiallyUnsafeConfigAnnotations = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.ociVersionMin = try reader.required(ociVersionMin, "ociVersionMin")
    self.ociVersionMax = try reader.required(ociVersionMax, "ociVersionMax")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ociVersionMin", ociVersionMin)
    writer.member("ociVersionMax", ociVersionMax)
    writer.member("hooks", hooks)
    writer.member("mountOptions", mountOptions)
    writer.member("linux", linux)
    writer.member("annotations", annotations)
    writer.member("potentiallyUnsafeConfigAnnotations", potentiallyUnsafeConfigAnnotations)
    writer.endObject()
  }
}

extension Features.Linux: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "namespaces": namespaces = try reader.value()
      case "capabilities": capabilities = try reader.value()
      case "cgroup": cgroup = try reader.value()
      case "seccomp": seccomp = try reader.value()
      case "apparmor": apparmor = try reader.value()
      case "selinux": selinux = try reader.value()
      case "intelRdt": intelRdt = try reader.value()
      case "memoryPolicy": memoryPolicy = try reader.value()
      case "mountExtensions": mountExtensions = try reader.value()
      case "netDevices": netDevices = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("namespaces", namespaces)
    writer.member("capabilities", capabilities)
    writer.member("cgroup", cgroup)
    writer.member("seccomp", seccomp)
    writer.member("apparmor", apparmor)
    writer.member("selinux", selinux)
    writer.member("intelRdt", intelRdt)
    writer.member("memoryPolicy", memoryPolicy)
    writer.member("mountExtensions", mountExtensions)
    writer.member("netDevices", netDevices)
    writer.endObject()
  }
}

extension Features.Switch: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "enabled": enabled = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("enabled", enabled)
    writer.endObject()
  }
}

extension Features.Cgroup: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "v1": v1 = try reader.value()
      case "v2": v2 = try reader.value()
      case "systemd": systemd = try reader.value()
      case "systemdUser": systemdUser = try reader.value()
      case "rdma": rdma = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("v1", v1)
    writer.member("v2", v2)
    writer.member("systemd", systemd)
    writer.member("systemdUser", systemdUser)
    writer.member("rdma", rdma)
    writer.endObject()
  }
}

extension Features.Seccomp: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "enabled": enabled = try reader.value()
      case "actions": actions = try reader.value()
      case "operators": operators = try reader.value()
      case "archs": archs = try reader.value()
      case "knownFlags": knownFlags = try reader.value()
      case "supportedFlags": supportedFlags = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("enabled", enabled)
    writer.member("actions", actions)
    writer.member("operators", operators)
    writer.member("archs", archs)
    writer.member("knownFlags", knownFlags)
    writer.member("supportedFlags", supportedFlags)
    writer.endObject()
  }
}

extension Features.IntelRdt: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "enabled": enabled = try reader.value()
      case "schemata": schemata = try reader.value()
      case "monitoring": monitoring = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("enabled", enabled)
    writer.member("schemata", schemata)
    writer.member("monitoring", monitoring)
    writer.endObject()
  }
}

extension Features.MemoryPolicy: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "modes": modes = try reader.value()
      case "flags": flags = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("modes", modes)
    writer.member("flags", flags)
    writer.endObject()
  }
}

extension Features.MountExtensions: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "idmap": idmap = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("idmap", idmap)
    writer.endObject()
  }
}
