package import Kernel

/// Names of cgroups, as lists of components: a list cannot climb out of the hierarchy.
package enum CgroupPath {
  /// Cleans lexically: no empty component, no `.`, and `..` never goes above the start (security case D6).
  package static func components(_ path: String) -> [String] {
    var components: [String] = []
    for part in path.utf8.split(separator: UInt8(ascii: "/")) {
      let name = String(Substring(part))
      switch name {
      case ".": continue
      case "..": _ = components.popLast()
      default: components.append(name)
      }
    }
    return components
  }

  package static func join(_ folder: HostPath, _ components: [String]) -> HostPath {
    components.isEmpty ? folder : folder.appending(components.joined(separator: "/"))
  }
}
