internal import JSON
internal import OCI

/// The state that a hook reads on its standard input (runtime.md, “State”).
struct HookState: Equatable, Sendable {
  var ociVersion: String
  var id: String
  var bundle: String
  var annotations: StringMap<String>

  func json(status: String, pid: Int32?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("ociVersion", ociVersion)
    writer.member("id", id)
    writer.member("status", status)
    writer.member("pid", pid)
    writer.member("bundle", bundle)
    writer.member("annotations", annotations.isEmpty ? nil : annotations)
    writer.endObject()
    return writer.bytes
  }
}
