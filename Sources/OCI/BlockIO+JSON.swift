public import JSON

extension Spec.Resources.BlockIO: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "weight": weight = try reader.value()
      case "leafWeight": leafWeight = try reader.value()
      case "weightDevice": weightDevice = try reader.value()
      case "throttleReadBpsDevice": throttleReadBpsDevice = try reader.value()
      case "throttleWriteBpsDevice": throttleWriteBpsDevice = try reader.value()
      case "throttleReadIOPSDevice": throttleReadIOPSDevice = try reader.value()
      case "throttleWriteIOPSDevice": throttleWriteIOPSDevice = try reader.value()
      default: try reader.skipUnknown()
      }
    }
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("weight", weight)
    writer.member("leafWeight", leafWeight)
    writer.member("weightDevice", weightDevice)
    writer.member("throttleReadBpsDevice", throttleReadBpsDevice)
    writer.member("throttleWriteBpsDevice", throttleWriteBpsDevice)
    writer.member("throttleReadIOPSDevice", throttleReadIOPSDevice)
    writer.member("throttleWriteIOPSDevice", throttleWriteIOPSDevice)
    writer.endObject()
  }
}

extension Spec.Resources.BlockIO.WeightDevice: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var major: Int64?
    var minor: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "major": major = try reader.value()
      case "minor": minor = try reader.value()
      case "weight": weight = try reader.value()
      case "leafWeight": leafWeight = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.major = try reader.required(major, "major")
    self.minor = try reader.required(minor, "minor")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("major", major)
    writer.member("minor", minor)
    writer.member("weight", weight)
    writer.member("leafWeight", leafWeight)
    writer.endObject()
  }
}

extension Spec.Resources.BlockIO.ThrottleDevice: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var major: Int64?
    var minor: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "major": major = try reader.value()
      case "minor": minor = try reader.value()
      case "rate": rate = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.major = try reader.required(major, "major")
    self.minor = try reader.required(minor, "minor")
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("major", major)
    writer.member("minor", minor)
    writer.member("rate", rate)
    writer.endObject()
  }
}
