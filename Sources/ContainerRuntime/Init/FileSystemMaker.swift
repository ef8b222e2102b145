internal import Kernel

/// Makes a file system and a detached mount of it.
struct FileSystemMaker {
  let type: String
  let source: String
  let options: [MountPlan.MountOption]
  let attributes: MountAttributes

  func make() throws(SystemCallError) -> Descriptor {
    let context = try Descriptor.fileSystem(type)
    do {
      if !source.isEmpty { try context.setFileSystemString("source", source) }
      for option in options {
        if let value = option.value {
          try context.setFileSystemString(option.key, value)
        } else {
          try context.setFileSystemFlag(option.key)
        }
      }
      return try context.makeFileSystem(attributes: attributes)
    } catch {
      guard let message = context.fileSystemMessage() else { throw error }
      throw SystemCallError("\(error.call) (\(message.split(separator: "\n").first ?? ""))", error.subject, error.errno)
    }
  }
}

/// A device of the host, checked to be what its name says.
enum HostDevice {
  /// A detached mount of a device node, to be bound elsewhere.
  static func tree(_ number: DeviceNumber, _ path: HostPath) throws(SystemCallError) -> Descriptor {
    let tree = try Descriptor.mountTree(path, recursive: false, followingSymlinks: false)
    let status = try tree.status()
    let isMeant = (status.kind == .characterDevice || status.kind == .blockDevice) && status.represents == number
    guard isMeant || !Defence.nullDevice.isOn else {
      throw SystemCallError("\(path) is not device \(number.major):\(number.minor)", "", .invalid)
    }
    return tree
  }
}
