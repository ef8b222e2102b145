internal import JSON
public import Kernel
public import OCI

/// A folder with a `config.json`, read once and parsed once.
public struct Bundle: Sendable {
  /// Absolute, without symlinks.
  public let path: HostPath
  public let spec: Spec
  /// The configuration as it was read.
  package let configuration: [UInt8]

  /// The most that a config.json may have, in bytes: 16 MiB.
  public static let sizeLimit = JSONReader.sizeLimit

  /// - Throws: a configuration that is missing, too large, or no valid JSON, with its place.
  public init(path: HostPath) throws(OperationError) {
    let bytes: [UInt8]
    do throws(SystemCallError) {
      let folder = try Descriptor.open(path, [.path, .directory])
      self.path = try HostPath(unchecked: folder.procPath).readResolvedPath()
      // A FIFO or a device in its place must not block.
      let file = try folder.open("config.json", [.readOnly, .nonBlocking, .noControllingTerminal])
      let status = try file.status()
      if status.kind != .regular { throw SystemCallError.refused("config.json is no regular file") }
      if status.size > UInt64(Bundle.sizeLimit) { throw SystemCallError.refused(Bundle.tooLarge(status.size)) }
      bytes = try file.readAll(limit: Bundle.sizeLimit, expected: Int(status.size))
    } catch {
      if error.isRefusal { throw OperationError("", "", .message(error.call)) }
      let what = error.subject == path.string ? "bundle \(path)" : "\(path)/config.json"
      throw OperationError("", "", .systemCall(SystemCallError("open", what, error.errno)))
    }
    configuration = bytes
    do { spec = try Spec(json: bytes, named: "config.json") } catch { throw OperationError(error) }
  }

  private static func tooLarge(_ size: UInt64) -> String {
    "config.json has \(size) bytes, more than the limit of \(sizeLimit)"
  }
}
