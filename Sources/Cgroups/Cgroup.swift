public import Kernel

/// A container's cgroup: one folder in each hierarchy. A handle, made from a record; it owns nothing.
public struct Cgroup: Sendable {
  package struct Folder: Sendable {
    package let hierarchy: String
    package let path: HostPath

    package var isUnified: Bool { hierarchy.isEmpty }
    package func file(_ name: String) -> ControlFile { ControlFile(path, name) }
  }

  public let record: CgroupRecord
  package let folders: [Folder]
  package let parents: [HostPath]

  /// - Throws: when a path is none, or is not absolute.
  public init(_ record: CgroupRecord) throws(CgroupError) {
    self.record = record
    var folders: [Folder] = []
    for folder in record.folders { folders.append(try Folder(folder)) }
    self.folders = folders
    var parents: [HostPath] = []
    for parent in record.parents { parents.append(try Self.checked(parent)) }
    self.parents = parents
  }

  fileprivate static func checked(_ path: String) throws(CgroupError) -> HostPath {
    do throws(PathProblem) {
      let path = try HostPath(path)
      if path.isAbsolute && isPlain(path.string) { return path }
    } catch {
      throw .malformed(path: path, problem: "\(error)")
    }
    throw .malformed(path: path, problem: "it is no absolute path of a cgroup")
  }

  /// Whether a path has more than one component, none of which leads upwards. Commands that ask about many containers
  /// come by here ten times for each.
  private static func isPlain(_ path: String) -> Bool {
    var (components, length, dots) = (0, 0, 0)
    for byte in path.utf8 {
      if byte != UInt8(ascii: "/") {
        if length == 0 { components += 1 }
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
        continue
      }
      if length == 2 && dots == 2 { return false }
      (length, dots) = (0, 0)
    }
    return components > 1 && !(length == 2 && dots == 2)
  }

  /// The folder in the cgroup v2 tree, beside v1 or alone.
  package var unified: Folder? { folders.first { $0.isUnified } }

  /// The folder of a v1 controller.
  package func folder(of controller: String) -> Folder? {
    folders.first { CgroupLayout.Hierarchy.name($0.hierarchy, holds: controller) }
  }

  /// The path of the folder that has a controller (`memory`), or of the cgroup v2 tree (empty name).
  public func path(of controller: String) -> HostPath? {
    (controller.isEmpty ? unified : folder(of: controller))?.path
  }

  /// Whether any of its folders is there.
  public var exists: Bool {
    folders.contains { folder in
      do throws(SystemCallError) { return try folder.path.status().kind == .directory } catch { return false }
    }
  }

  /// The folder in the cgroup v2 tree, for a child that begins in it (CLONE_INTO_CGROUP); nil on v1 alone.
  public func openUnified() throws(CgroupError) -> Descriptor? {
    guard let unified else { return nil }
    return try wrapping { () throws(SystemCallError) in try Descriptor.open(unified.path, [.readOnly, .directory]) }
  }

  /// A cgroup below this one, as `exec --cgroup` names it. `..` does not lead out.
  public func descending(into path: String) throws(CgroupError) -> Cgroup {
    let components = CgroupPath.components(path)
    return try Cgroup(
      CgroupRecord(
        folders: folders.map {
          CgroupRecord.Folder(hierarchy: $0.hierarchy, path: CgroupPath.join($0.path, components).string)
        }))
  }
}

extension Cgroup.Folder {
  /// - Throws: when the path is none, or is not absolute: a damaged record must not lead anywhere else.
  init(_ recorded: CgroupRecord.Folder) throws(CgroupError) {
    self.init(hierarchy: recorded.hierarchy, path: try Cgroup.checked(recorded.path))
  }
}
