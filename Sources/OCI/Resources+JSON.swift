public import JSON

extension Spec.Resources: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "devices": devices = try reader.value()
      case "memory": memory = try reader.value()
      case "cpu": cpu = try reader.value()
      case "pids": pids = try reader.value()
      case "blockIO": blockIO = try reader.value()
      case "hugepageLimits": hugepageLimits = try reader.value()
      case "network": network = try reader.value()
      case "rdma": rdma = try reader.value()
      case "unified": unified = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("devices", devices)
    writer.member("memory", memory)
    writer.member("cpu", cpu)
    writer.member("pids", pids)
    writer.member("blockIO", blockIO)
    writer.member("hugepageLimits", hugepageLimits)
    writer.member("network", network)
    writer.member("rdma", rdma)
    writer.member("unified", unified)
    writer.endObject()
  }
}

extension Spec.Resources.DeviceRule: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var allow: Bool?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "allow": allow = try reader.value()
      case "type": type = try reader.value()
      case "major": major = try reader.value()
      case "minor": minor = try reader.value()
      case "access": access = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.allow = try reader.required(allow, "allow")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("allow", allow)
    writer.member("type", type)
    writer.member("major", major)
    writer.member("minor", minor)
    writer.member("access", access)
    writer.endObject()
  }
}

extension Spec.Resources.Memory: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "limit": limit = try reader.value()
      case "reservation": reservation = try reader.value()
      case "swap": swap = try reader.value()
      case "kernel": kernel = try reader.value()
      case "kernelTCP": kernelTCP = try reader.value()
      case "swappiness": swappiness = try reader.value()
      case "disableOOMKiller": disableOOMKiller = try reader.value()
      case "useHierarchy": useHierarchy = try reader.value()
      case "checkBeforeUpdate": checkBeforeUpdate = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("limit", limit)
    writer.member("reservation", reservation)
    writer.member("swap", swap)
    writer.member("kernel", kernel)
    writer.member("kernelTCP", kernelTCP)
    writer.member("swappiness", swappiness)
    writer.member("disableOOMKiller", disableOOMKiller)
    writer.member("useHierarchy", useHierarchy)
    writer.member("checkBeforeUpdate", checkBeforeUpdate)
    writer.endObject()
  }
}

extension Spec.Resources.CPU: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "shares": shares = try reader.value()
      case "quota": quota = try reader.value()
      case "burst": burst = try reader.value()
      case "period": period = try reader.value()
      case "realtimeRuntime": realtimeRuntime = try reader.value()
      case "realtimePeriod": realtimePeriod = try reader.value()
      case "cpus": cpus = try reader.value()
      case "mems": mems = try reader.value()
      case "idle": idle = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("shares", shares)
    writer.member("quota", quota)
    writer.member("burst", burst)
    writer.member("period", period)
    writer.member("realtimeRuntime", realtimeRuntime)
    writer.member("realtimePeriod", realtimePeriod)
    writer.member("cpus", cpus)
    writer.member("mems", mems)
    writer.member("idle", idle)
    writer.endObject()
  }
}

extension Spec.Resources.Pids: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "limit": limit = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("limit", limit)
    writer.endObject()
  }
}

extension Spec.Resources.HugepageLimit: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var pageSize: String?
    var limit: UInt64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "pageSize": pageSize = try reader.value()
      case "limit": limit = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.pageSize = try reader.required(pageSize, "pageSize")
    self.limit = try reader.required(limit, "limit")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("pageSize", pageSize)
    writer.member("limit", limit)
    writer.endObject()
  }
}

extension Spec.Resources.Network: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "classID": classID = try reader.value()
      case "priorities": priorities = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("classID", classID)
    writer.member("priorities", priorities)
    writer.endObject()
  }
}

extension Spec.Resources.Network.Priority: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var name: String?
    var priority: UInt32?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "name": name = try reader.value()
      case "priority": priority = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.name = try reader.required(name, "name")
    self.priority = try reader.required(priority, "priority")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member("priority", priority)
    writer.endObject()
  }
}

extension Spec.Resources.RDMA: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "hcaHandles": hcaHandles = try reader.value()
      case "hcaObjects": hcaObjects = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("hcaHandles", hcaHandles)
    writer.member("hcaObjects", hcaObjects)
    writer.endObject()
  }
}
