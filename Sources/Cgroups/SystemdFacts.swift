public import OCI

/// The systemd that makes cgroups for the caller.
public struct SystemdFacts: Equatable, Sendable {
  /// Which one: the host's, or that of the caller's session.
  public enum Manager: String, Equatable, Sendable {
    case system
    case user
  }

  public let manager: Manager
  /// 252 for `252.39-1~deb12u2`.
  public let version: Int
  /// Its own cgroup, below which all of its units are: empty for a system's, `user.slice/user-1000.slice/…` for a user's.
  public let controlGroup: [String]

  public init(manager: Manager, version: Int, controlGroup: [String] = []) {
    self.manager = manager
    self.version = version
    self.controlGroup = controlGroup
  }

  /// The number that a version begins with, after a `v` in front of it; nil without one.
  static func number(ofVersion text: String) -> Int? {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "v") || $0 == UInt8(ascii: "\"") }.prefix {
      (48...57).contains($0)
    }
    return Int(String(Substring(digits)))
  }
}

/// What a plan needs for a container's place below systemd.
public struct SystemdRequest: Sendable {
  public let facts: SystemdFacts
  /// Those whose names begin with `org.systemd.property.` name properties of the unit, by the texts of their values.
  public let annotations: StringMap<String>

  public init(facts: SystemdFacts, annotations: StringMap<String> = [:]) {
    self.facts = facts
    self.annotations = annotations
  }

  /// By name.
  var properties: [(name: String, value: String)] {
    let prefix = "org.systemd.property."
    return annotations.compactMap { entry in
      entry.key.utf8.starts(with: prefix.utf8)
        ? (String(Substring(entry.key.utf8.dropFirst(prefix.utf8.count))), entry.value) : nil
    }
  }
}
