internal import JSON
internal import Kernel

/// The folders of a checkpoint, open: CRIU inherits them.
final class CheckpointFolders {
  let images: Descriptor
  let imagesPath: HostPath
  private var work = DescriptorList()
  private let workPath: HostPath

  private static let descriptorsFile = "descriptors.json"

  /// - Parameters:
  ///   - making: whether a folder that is missing is made, as for a checkpoint.
  ///   - plan: the container's; nil when that is not known yet.
  init(_ options: CheckpointOptions, making: Bool, outside plan: Plan?) throws(OperationError) {
    if let plan, let current = currentFolderPath() {
      // As it is written, before anything is made there; and once more as it is.
      let current = HostPath(unchecked: current)
      try CheckpointFolders.check(
        [options.images, options.work ?? options.images].map { $0.absolute(in: current) }, plan)
    }
    do throws(SystemCallError) {
      if making { try options.images.makeDirectories(mode: 0o700) }
      images = try Descriptor.open(options.images, [.readOnly, .directory])
      imagesPath = try HostPath(unchecked: images.procPath).readResolvedPath()
      if let path = options.work {
        do throws(SystemCallError) { try path.makeDirectory(mode: 0o700) } catch {
          if error.errno != .exists { throw error }
        }
        let folder = try Descriptor.open(path, [.readOnly, .directory])
        workPath = try HostPath(unchecked: folder.procPath).readResolvedPath()
        work.append(folder)
      } else {
        workPath = imagesPath
      }
    } catch {
      var told = OperationError(error)
      if !making && error.errno == .noSuchFile {
        told.hint = "--image-path names the folder with a checkpoint's images"
      }
      throw told
    }
    if let plan { try check(outside: plan) }
  }

  /// Neither the images nor the log may be where the container's own processes could change them (security case E31).
  func check(outside plan: Plan) throws(OperationError) {
    try CheckpointFolders.check([imagesPath, workPath], plan)
  }

  private static func check(_ paths: [HostPath], _ plan: Plan) throws(OperationError) {
    guard Defence.imagesOutside.isOn else { return }
    for path in paths {
      if isInside(path, plan.root.path) {
        throw OperationError(
          "", "", .message("\(path) is in the container's own root file system, where its processes could change it"))
      }
      if plan.volumes.contains(where: { isInside(path, $0) }) {
        throw OperationError(
          "", "", .message("\(path) is in a volume of the container, where its processes could change it"))
      }
    }
  }

  var workNumber: Int32? { work.numbers.first }
  var numbers: [Int32] { [images.number] + work.numbers }

  /// In a process that is in a mount namespace of its own by now: the same folders, in that namespace. CRIU mounts what it
  /// needs meanwhile in the one for its work.
  func openAgain() throws(SystemCallError) {
    try CheckpointFolders.open(imagesPath, again: images.number)
    if let number = workNumber { try CheckpointFolders.open(workPath, again: number) }
  }

  private static func open(_ path: HostPath, again number: Int32) throws(SystemCallError) {
    let folder = try Descriptor.open(path, [.readOnly, .directory])
    let isSame = try Descriptor.borrowing(number) { old throws(SystemCallError) in
      let (old, new) = (try old.status(), try folder.status())
      return old.inode == new.inode && old.device == new.device
    }
    if !isSame { throw SystemCallError.refused("the folder was exchanged: \(path)") }
    try folder.duplicate(onto: number)
  }

  func log(_ name: String) -> CRIULog { CRIULog(path: workPath.appending(name)) }

  static func isInside(_ path: HostPath, _ folder: HostPath) -> Bool {
    path == folder || path.string.hasPrefix(folder.string + "/")
  }

  /// Writes down what the first process's standard streams are, for a restore to tell which are pipes.
  func write(descriptors: [String]) throws(OperationError) {
    var writer = JSONWriter()
    writer.beginArray()
    for text in descriptors { writer.string(text) }
    writer.endArray()
    let bytes = writer.bytes
    try OperationError.wrapping { () throws(SystemCallError) in
      let file = try images.open(
        CheckpointFolders.descriptorsFile, [.writeOnly, .create, .truncate, .noFollow, .nonBlocking], mode: 0o600)
      try file.write(bytes)
    }
  }

  func readDescriptors() throws(OperationError) -> [String] {
    let bytes: [UInt8]
    do throws(SystemCallError) {
      let file = try images.open(CheckpointFolders.descriptorsFile, [.readOnly, .noFollow, .nonBlocking])
      guard try file.status().kind == .regular else { throw SystemCallError.refused("it is no regular file") }
      bytes = try file.readAll(limit: 1 << 16)
    } catch {
      let path = imagesPath.appending(CheckpointFolders.descriptorsFile)
      throw OperationError(
        "", "", .systemCall(SystemCallError("open", path.string, error.errno)),
        hint: "a checkpoint writes this file beside CRIU's images: is \(imagesPath) the folder of one?")
    }
    do throws(JSONError) { return try CheckpointFolders.parse(bytes) } catch { throw OperationError(error) }
  }

  static func parse(_ bytes: [UInt8]) throws(JSONError) -> [String] {
    try [String](json: bytes, named: descriptorsFile)
  }
}

/// The standard streams of a process, as procfs names what they are: `pipe:[1234]`, `/dev/null`.
enum ExternalDescriptors {
  static func of(process pid: Int32) -> [String] {
    (0...2).map { number in
      do throws(SystemCallError) {
        return try HostPath(constant: "/proc").appending("\(pid)/fd/\(number)").readLink()
      } catch {
        // It has closed it.
        return ""
      }
    }
  }

  /// Which of them a restore replaces by its own.
  static func inherited(_ descriptors: [String]) -> [CRIUOptions.InheritedDescriptor] {
    descriptors.prefix(3).enumerated().compactMap { index, text in
      text.hasPrefix("pipe:") ? .init(key: text, number: Int32(index)) : nil
    }
  }
}

extension Plan {
  /// Folders of the host that the container may write. One that holds the root file system as well is the host's as a
  /// whole, and nothing could be kept from it.
  fileprivate var volumes: [HostPath] {
    mounts.compactMap { mount in
      guard case .bind(let path, _) = mount.source, !mount.set.contains(.readOnly),
        !CheckpointFolders.isInside(root.path, path)
      else { return nil }
      return path
    }
  }
}
