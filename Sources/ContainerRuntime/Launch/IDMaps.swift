internal import Kernel
internal import OCI

/// Writes the id maps of a new user namespace from outside (user_namespaces(7)).
enum IDMaps {
  static func write(
    uids: [Spec.IDMapping], gids: [Spec.IDMapping], process: Int32, pidfd: borrowing Descriptor, rootless: Bool
  ) throws(SystemCallError) {
    let folder = try Descriptor.open(HostPath(constant: "/proc").appending("\(process)"), [.path, .directory])
    // The folder stands for the process that has the number now; if ours still lives, it is ours (S15).
    try pidfd.sendSignal(0)
    // Without privileges setgroups must be given up before the group map can be written (CVE-2014-8989).
    if rootless { try folder.open("setgroups", .writeOnly).writeOnce("deny") }
    try folder.open("uid_map", .writeOnly).writeOnce(text(uids))
    try folder.open("gid_map", .writeOnly).writeOnce(text(gids))
  }

  private static func text(_ mappings: [Spec.IDMapping]) -> String {
    mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
  }
}
