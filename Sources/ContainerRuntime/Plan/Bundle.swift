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
    (self.path, configuration) = try Bundle.read(path)
    do { spec = try Spec(json: configuration, named: "config.json") } catch { throw OperationError(error) }
  }

  /// The folder's absolute path without symlinks, and the bytes of its config.json.
  static func read(_ path: HostPath) throws(OperationError) -> (folder: HostPath, configuration: [UInt8]) {
    do throws(SystemCallError) {
      let folder = try Descriptor.open(path, [.path, .directory])
      let resolved = try HostPath(unchecked: folder.procPath).readResolvedPath()
      // A FIFO or a device in its place must not block.
      let flags: OpenFlags = Defence.configLimits.isOn ? [.readOnly, .nonBlocking, .noControllingTerminal] : .readOnly
      let file = try folder.open("config.json", flags)
      let status = try file.status()
      if Defence.configLimits.isOn, status.kind != .regular {
        throw SystemCallError.refused("config.json is no regular file")
      }
      if status.size > UInt64(Bundle.sizeLimit) { throw SystemCallError.refused(Bundle.tooLarge(status.size)) }
      return (resolved, try file.readAll(limit: Bundle.sizeLimit, expected: Int(status.size), inOnePiece: true))
    } catch {
      if error.isRefusal { throw OperationError("", "", .message(error.call)) }
      let what = error.subject == path.string ? "bundle \(path)" : "\(path)/config.json"
      throw OperationError(
        "", "", .systemCall(SystemCallError("open", what, error.errno)),
        hint: error.errno == .noSuchFile
          ? "a bundle is a folder with a config.json, which apus spec writes; --bundle names it, else it is the current one"
          : nil)
    }
  }

  private static func tooLarge(_ size: UInt64) -> String {
    "config.json has \(size) bytes, more than the limit of \(sizeLimit)"
  }
}
