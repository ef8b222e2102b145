internal import Kernel
internal import OCI

/// Writes the id maps of a new user namespace from outside (user_namespaces(7)).
struct IDMaps {
  let uids: [Spec.IDMapping]
  let gids: [Spec.IDMapping]

  func write(process: Int32, pidfd: borrowing Descriptor, isPrivileged: Bool) throws(SystemCallError) {
    let folder = try Descriptor.open(HostPath(constant: "/proc").appending("\(process)"), [.path, .directory])
    // The folder stands for the process that has the number now; if ours still lives, it is ours (S15).
    try pidfd.sendSignal(0)
    if isPrivileged || isOwn(uids, CurrentProcess.effectiveUser) {
      try folder.open("uid_map", .writeOnly).writeOnce(IDMaps.text(uids))
    } else {
      try MappingProgram(name: "newuidmap").run(process, uids)
    }
    if isPrivileged {
      try folder.open("gid_map", .writeOnly).writeOnce(IDMaps.text(gids))
    } else if isOwn(gids, CurrentProcess.effectiveGroup) {
      // Without privileges setgroups must be given up before the group map can be written (CVE-2014-8989).
      try folder.open("setgroups", .writeOnly).writeOnce("deny")
      try folder.open("gid_map", .writeOnly).writeOnce(IDMaps.text(gids))
    } else {
      try MappingProgram(name: "newgidmap").run(process, gids)
    }
  }

  /// The one map that everybody may write: the own id alone.
  private func isOwn(_ mappings: [Spec.IDMapping], _ id: UInt32) -> Bool {
    mappings.count == 1 && mappings[0].size == 1 && mappings[0].hostID == id
  }

  private static func text(_ mappings: [Spec.IDMapping]) -> String {
    mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
  }
}

/// newuidmap(1) or newgidmap(1), which give what /etc/subuid and /etc/subgid allow the caller.
private struct MappingProgram {
  /// Set-user-id programs are not looked for along a PATH that anybody can set.
  private static let folders = ["/usr/bin", "/bin", "/usr/local/bin"]

  let name: String

  func run(_ process: Int32, _ mappings: [Spec.IDMapping]) throws(SystemCallError) {
    let path = try find()
    var arguments = [name, String(process)]
    for mapping in mappings {
      arguments += [String(mapping.containerID), String(mapping.hostID), String(mapping.size)]
    }
    let input = try Descriptor.memoryFile("no-input")
    let output = try Descriptor.memoryFile("\(name)-output")
    let child = try spawn(
      path, arguments: CStringList(arguments), environment: CStringList([]), input: input, output: output,
      folder: HostPath(constant: "/"))
    if try child.pidfd.waitForExit(wait: true) == .exited(0) { return }
    let said = singleLine(String(decoding: try output.readFromStart(most: 4096), as: UTF8.self))
    throw SystemCallError.refused(
      "\(path) refused the id mappings: \(said); /etc/sub\(name == "newuidmap" ? "u" : "g")id says what the user may map"
    )
  }

  private func find() throws(SystemCallError) -> String {
    for folder in MappingProgram.folders {
      let path = HostPath(unchecked: folder).appending(name)
      do throws(SystemCallError) {
        if try path.status().kind == .regular { return path.string }
      } catch {
        if error.errno != .noSuchFile { throw error }
      }
    }
    throw SystemCallError.refused(
      "more than the own id can only be mapped by \(name), which is not installed (package uidmap)")
  }
}
