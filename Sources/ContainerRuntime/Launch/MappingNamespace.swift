internal import Kernel
internal import OCI

/// A user namespace that nobody lives in: the kernel takes the mapping of an id-mapped mount from one
/// (mount_setattr(2), MOUNT_ATTR_IDMAP).
enum MappingNamespace {
  static func make(uids: [Spec.IDMapping], gids: [Spec.IDMapping]) throws(SystemCallError) -> Descriptor {
    let pipe = try Descriptor.pipe()
    var request = CloneRequest()
    request.newNamespaces = [.user]
    let child = try clone(request) {
      do throws(SystemCallError) {
        try CurrentProcess.control(.parentDeathSignal, 9)
        _ = try pipe.first.read(most: 1)
      } catch {
        exitNow(1)
      }
      exitNow(0)
    }
    let process = InitProcess(child, channel: try pipe.second.duplicate(), progress: try SharedWord())
    try IDMaps(uids: uids, gids: gids).write(process: process.pid, pidfd: process.pidfd, isPrivileged: true)
    return try Descriptor.open(HostPath(constant: "/proc").appending("\(process.pid)/ns/user"), .readOnly)
  }
}
