internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import Protobuf
internal import TTRPC

/// What a shim leaves in a container's bundle for later calls: for containerd itself and for `delete`.
struct ShimBundle {
  let path: HostPath

  static let defaultRoot = "/run/containerd/apus"

  /// The store of a namespace's containers, as the options of the container say.
  static func store(_ options: RuntimeOptions, namespace: String) throws(OperationError) -> ContainerStore {
    let root = options.root.isEmpty ? defaultRoot : options.root
    // It comes from containerd, and is a folder's name.
    _ = try ContainerID(namespace)
    do { return ContainerStore(path: try HostPath(root).appending(namespace)) } catch {
      throw OperationError("", "", .message("the root \"\(root)\" of the options: \(error)"))
    }
  }

  /// containerd up to 1.7 finds the shim by it after its own restart.
  func write(address: String) throws(SystemCallError) { try replace("address", Array(address.utf8)) }

  func write(_ options: RuntimeOptions) throws(SystemCallError) {
    var writer = JSONWriter()
    writer.beginObject()
    if !options.root.isEmpty { writer.member("root", options.root) }
    if options.systemdCgroup { writer.member("systemd_cgroup", true) }
    writer.endObject()
    try replace("options.json", writer.bytes)
  }

  /// The default ones when there is no such file, or one that cannot be read.
  func options() -> RuntimeOptions {
    do {
      return try StoredOptions(json: try path.appending("options.json").read(), named: "options.json").options
    } catch {
      // A container with a root of its own is not found without them.
      if (error as? SystemCallError)?.errno != .noSuchFile {
        StandardOutput.writeError("\(path)/options.json: \(error); the container is looked for in the default root\n")
      }
      return RuntimeOptions()
    }
  }

  func address() -> ShimSocket? {
    do throws(SystemCallError) { return ShimSocket(url: try path.appending("address").readText(limit: 4096)) } catch {
      return nil
    }
  }

  private func replace(_ name: String, _ bytes: [UInt8]) throws(SystemCallError) {
    let temporary = path.appending(".\(name).\(CurrentProcess.pid)")
    try Descriptor.open(temporary, [.writeOnly, .create, .truncate, .noFollow], mode: 0o600).write(bytes)
    try temporary.rename(to: path.appending(name))
  }
}

private struct StoredOptions: JSONReadable {
  var options = RuntimeOptions()

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "root": options.root = try reader.value() ?? ""
      case "systemd_cgroup": options.systemdCgroup = try reader.value() ?? false
      default: try reader.skipUnknown()
      }
    }
  }
}
