public import Cgroups
public import JSON

extension CgroupRecord: JSONReadable, JSONWritable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var folders: [Folder] = []
    var parents: [String] = []
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "folders": folders = try reader.value() ?? []
      case "parents": parents = try reader.value() ?? []
      default: try reader.skipUnknown()
      }
    }
    self.init(folders: folders, parents: parents)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("folders", folders)
    writer.member("parents", parents.isEmpty ? nil : parents)
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
