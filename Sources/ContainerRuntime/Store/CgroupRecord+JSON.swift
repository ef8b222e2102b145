public import Cgroups
public import JSON

extension CgroupRecord: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var folders: [Folder] = []
    var parents: [String] = []
    var systemd: Scope?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "folders": folders = try reader.value() ?? []
      case "parents": parents = try reader.value() ?? []
      case "systemd": systemd = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.init(folders: folders, parents: parents, systemd: systemd)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("folders", folders)
    writer.member("parents", parents.isEmpty ? nil : parents)
    writer.member("systemd", systemd)
    writer.endObject()
  }
}

extension CgroupRecord.Folder: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var hierarchy: String?
    var path: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "hierarchy": hierarchy = try reader.value()
      case "path": path = try reader.value()
      default: try reader.skipUnknown()
      }
    }
    self.init(hierarchy: try reader.required(hierarchy, "hierarchy"), path: try reader.required(path, "path"))
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("hierarchy", hierarchy)
    writer.member("path", path)
    writer.endObject()
  }
}

extension CgroupRecord.Scope: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var unit: String?
    var isUser = false
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "unit": unit = try reader.value()
      case "user": isUser = try reader.value() ?? false
      default: try reader.skipUnknown()
      }
    }
    self.init(unit: try reader.required(unit, "unit"), manager: isUser ? .user : .system)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("unit", unit)
    writer.member("user", manager == .user)
    writer.endObject()
  }
}
