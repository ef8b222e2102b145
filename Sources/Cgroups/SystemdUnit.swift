internal import DBus

/// A scope of systemd's that shall hold a container: its name, its slice, and its properties.
public struct SystemdUnit: Equatable, Sendable {
  public let manager: SystemdFacts.Manager
  /// `PREFIX-NAME.scope`
  public let name: String
  public let slice: String
  /// The folders from systemd's own cgroup to the scope's.
  let components: [String]

  private static let property = "linux.cgroupsPath"

  /// - Parameters:
  ///   - path: `slice:prefix:name`; nil and an empty one name `runc-ID.scope`, as runc does, so that whatever looks for a
  ///     container's scope by its name finds it.
  /// - Throws: when the parts are missing, or are no names that systemd takes.
  init(_ path: String?, id: String, _ facts: SystemdFacts) throws(CgroupError) {
    manager = facts.manager
    var parts = ["", "runc", id]
    if let path {
      parts = path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
        String(Substring($0))
      }
      guard parts.count == 3 else {
        throw .property(
          Self.property,
          problem:
            "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"\(path)\" instead"
        )
      }
    }
    slice = parts[0].isEmpty ? (facts.manager == .user ? "user.slice" : "system.slice") : parts[0]
    if parts[2].utf8.hasSuffix(".slice") {
      throw .property(Self.property, problem: "\"\(parts[2])\" is a slice, which holds no processes of its own")
    }
    name = "\(parts[1])-\(parts[2]).scope"
    // systemd.unit(5): 255 characters, and which they are. The name becomes a part of a path.
    let isName = name.utf8.count < 256 && name.utf8.allSatisfy { Self.isNameCharacter($0) }
    if !isName || parts[2].isEmpty {
      throw .property(Self.property, problem: "\"\(name)\" is no name that systemd takes for a unit")
    }
    guard let folders = Self.expanded(slice) else {
      throw .property(Self.property, problem: "invalid slice name: \"\(slice)\"")
    }
    components = folders + [name]
  }

  /// Whether a path has the form of `slice:prefix:name`.
  static func isNamed(by path: String?) -> Bool { (path ?? "").utf8.filter { $0 == UInt8(ascii: ":") }.count == 2 }

  /// By it apus knows its own scopes when nothing else is left of a container.
  static func description(id: String) -> String { "apus container \(id)" }

  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || ":-_.\\@".utf8.contains(byte)
  }

  /// The folders of a slice: `a-b.slice` is in `a.slice`, and `-.slice` is the root (systemd.slice(5)).
  /// - Returns: nil for what is no name of a slice.
  static func expanded(_ slice: String) -> [String]? {
    guard slice.utf8.hasSuffix(".slice"), slice.utf8.allSatisfy(isNameCharacter), slice.utf8.count < 256 else {
      return nil
    }
    let name = slice.utf8.dropLast(6)
    if name.elementsEqual("-".utf8) { return [] }
    var (folders, prefix) = ([String](), "")
    for part in name.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false) {
      if part.isEmpty { return nil }
      prefix += (prefix.isEmpty ? "" : "-") + String(Substring(part))
      folders.append(prefix + ".slice")
    }
    return folders
  }

  /// Hierarchies of cgroup v1 whose folders systemd makes by itself (systemd.resource-control(5)); of the others it knows
  /// nothing.
  static func manages(_ hierarchy: String) -> Bool {
    if hierarchy.isEmpty || hierarchy == "name=systemd" { return true }
    let controllers = CgroupLayout.Hierarchy.controllers(ofName: hierarchy)
    return controllers.contains { ["cpu", "cpuacct", "blkio", "memory", "devices", "pids"].contains($0) }
  }
}

/// A property of a unit with its value.
struct SystemdProperty: Equatable, Sendable {
  let name: String
  let value: DBusValue

  init(_ name: String, _ value: DBusValue) {
    self.name = name
    self.value = value
  }

  /// As StartTransientUnit and SetUnitProperties take it.
  var argument: DBusValue { .structure([.string(name), .variant(value)]) }
}
