public import JSON
public import OCI

/// A container's state with what runc adds to the specification's: `rootfs`, `created`, `owner`.
public struct ContainerDescription: Equatable, Sendable {
  public var ociVersion: String
  public var id: String
  /// 0 when there is no process.
  public var pid: Int32
  public var status: ContainerStatus
  public var bundle: String
  public var rootfs: String
  /// RFC 3339 with nanoseconds.
  public var created: String
  public var annotations: StringMap<String>
  public var owner: String
}

extension ContainerDescription: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ociVersion", ociVersion)
    writer.member("id", id)
    writer.member("pid", pid)
    writer.member("status", status.rawValue)
    writer.member("bundle", bundle)
    writer.member("rootfs", rootfs)
    writer.member("created", created)
    writer.member("annotations", annotations.isEmpty ? nil : annotations)
    writer.member("owner", owner)
    writer.endObject()
  }
}
