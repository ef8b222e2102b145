internal import Cgroups
internal import Kernel

/// The cgroup that `exec --cgroup` names: `PATH` below the container's own, or `CONTROLLER[,…]:PATH` on hierarchies of
/// cgroup v1. It must exist.
enum SubCgroup {
  static func find(_ names: [String], in cgroup: Cgroup) throws(OperationError) -> Cgroup {
    if names.isEmpty { return cgroup }
    let found = try named(names, in: cgroup)
    for folder in found.record.folders {
      do throws(SystemCallError) { _ = try HostPath(unchecked: folder.path).status() } catch {
        throw problem("error adding pid of the new process to \(folder.path): \(error.errno.message)")
      }
    }
    return found
  }

  private static func named(_ names: [String], in cgroup: Cgroup) throws(OperationError) -> Cgroup {
    var record = cgroup.record
    record.parents = []
    var chosen: [String] = []
    for name in names {
      guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        if names.count != 1 { throw problem("invalid --cgroup argument: \(name) (missing <controller>: prefix)") }
        return try descend(into: name, in: cgroup)
      }
      let below = try descend(into: String(name[name.utf8.index(after: colon)...]), in: cgroup)
      for controller in name[..<colon].split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
        if controller.isEmpty {
          throw problem("invalid --cgroup argument: \(name) (empty <controller> prefix)")
        }
        if chosen.contains(controller) {
          throw problem("invalid --cgroup argument(s): controller \(controller) specified multiple times")
        }
        chosen.append(controller)
        try move(controller, in: &record, to: below)
      }
    }
    do { return try Cgroup(record) } catch { throw OperationError(error) }
  }

  private static func descend(into path: String, in cgroup: Cgroup) throws(OperationError) -> Cgroup {
    // It would be resolved to the container's own or above it.
    if path.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
      throw problem("bad sub cgroup path: \(path)")
    }
    let below: Cgroup
    do { below = try cgroup.descending(into: path) } catch { throw OperationError(error) }
    return below
  }

  private static func move(
    _ controller: String, in record: inout CgroupRecord, to below: Cgroup
  ) throws(OperationError) {
    let place = record.folders.indices.first { index in
      let name = record.folders[index].hierarchy
      return name == controller || name.split(separator: ",").contains { $0 == controller }
    }
    guard let place, below.record.folders.indices.contains(place) else {
      throw problem("unknown controller \(controller) in SubCgroupPaths")
    }
    record.folders[place] = below.record.folders[place]
  }

  private static func problem(_ text: String) -> OperationError { OperationError("", "", .message(singleLine(text))) }
}
