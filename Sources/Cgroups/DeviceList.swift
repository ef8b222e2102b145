import Kernel

/// The rules of the devices controller (v1) of a cgroup.
struct DeviceList {
  private let folder: HostPath

  init(_ folder: HostPath) { self.folder = folder }

  /// One rule per write; a file stays open for those that follow each other.
  func write(_ rules: [(file: String, value: String)]) throws(SystemCallError) {
    var rest = rules[...]
    while let file = rest.first?.file {
      let path = folder.appending(file)
      let open = try Descriptor.open(path, .writeOnly)
      while let rule = rest.first, rule.file == file {
        do {
          try open.writeOnce(rule.value)
        } catch {
          throw SystemCallError("write \"\(rule.value)\" to", path.string, error.errno)
        }
        rest = rest.dropFirst()
      }
    }
  }
}
