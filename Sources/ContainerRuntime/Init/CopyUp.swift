internal import Kernel

/// Copies what the image has at a mount's target into the new, still detached tmpfs (`tmpcopyup`). Nothing is followed:
/// symlinks are copied as they are, and every step goes by descriptor.
enum CopyUp {
  private static let deepest = 128

  static func run(from source: borrowing Descriptor, to destination: borrowing Descriptor) throws(SystemCallError) {
    try copy(
      try source.open(".", [.readOnly, .directory]), try destination.open(".", [.readOnly, .directory]), depth: 0)
  }

  private static func copy(
    _ from: borrowing Descriptor, _ to: borrowing Descriptor, depth: Int
  ) throws(SystemCallError) {
    if depth > CopyUp.deepest { throw SystemCallError("tmpcopyup", "a folder", .nameTooLong) }
    let own = try from.status()
    try to.setMode(own.permissions)
    try to.setOwner(uid: own.uid, gid: own.gid)
    for name in try from.entries() {
      let status =
        try Defence.copyUpLinks.isOn ? from.status(of: name) : from.open(name, .path).status()
      switch status.kind {
      case .directory:
        try to.makeDirectory(name, mode: 0o700)
        try copy(
          try from.open(name, [.readOnly, .directory, .noFollow]),
          try to.open(name, [.readOnly, .directory, .noFollow]),
          depth: depth + 1)
      case .symlink:
        try to.makeSymlink(name, to: try from.readLink(name))
        try to.setOwner(uid: status.uid, gid: status.gid, of: name)
      case .regular:
        let plain: OpenFlags = Defence.copyUpLinks.isOn ? .noFollow : []
        let input = try from.open(name, plain.union([.readOnly, .nonBlocking]))
        let output = try to.open(name, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        while true {
          let bytes = try input.read(most: 65536)
          if bytes.isEmpty { break }
          try output.write(bytes)
        }
        try output.setOwner(uid: status.uid, gid: status.gid)
        try output.setMode(status.permissions)
      case .fifo, .socket, .characterDevice, .blockDevice:
        guard let kind = status.kind else { continue }
        try to.makeNode(name, kind: kind, mode: status.permissions, device: status.represents)
        try to.setOwner(uid: status.uid, gid: status.gid, of: name)
      case nil: continue
      }
    }
  }
}
