public import OCI

/// Which devices a cgroup may use: a default, and rules of which the last that matches decides, for each kind of
/// access by itself (config-linux.md, "Allowed Device list").
public struct DevicePolicy: Equatable, Sendable {
  public struct Access: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    // The bits of BPF_DEVCG_ACC_* (linux/bpf.h).
    public static let makeNode = Access(rawValue: 1)
    public static let read = Access(rawValue: 2)
    public static let write = Access(rawValue: 4)
    public static let all: Access = [.makeNode, .read, .write]

    /// As the devices controller writes it.
    var text: String {
      (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.makeNode) ? "m" : "")
    }
  }

  public enum Kind: UInt8, Sendable {
    // BPF_DEVCG_DEV_* (linux/bpf.h)
    case block = 1
    case character = 2
  }

  /// The devices that a rule is about; nil stands for every number.
  public struct Devices: Hashable, Sendable {
    public let kind: Kind
    public let major: UInt32?
    public let minor: UInt32?

    public init(_ kind: Kind, _ major: UInt32?, _ minor: UInt32?) {
      self.kind = kind
      self.major = major
      self.minor = minor
    }
  }

  public struct Rule: Equatable, Sendable {
    public let allow: Bool
    public let devices: Devices
    public let access: Access
    /// The place in the configuration; nil for a rule that every container has.
    public let index: Int?
  }

  /// What happens to a device that no rule is about.
  public private(set) var isAllowed = false
  public private(set) var rules: [Rule] = []

  /// The devices that every container may use, as in runc: the nodes of config-linux.md ("Default Devices"), making
  /// any node, ptys, and /dev/net/tun, which runc once left out and had to bring back.
  static let defaults: [(path: StaticString?, devices: Devices, access: Access)] = [
    (nil, Devices(.character, nil, nil), .makeNode),
    (nil, Devices(.block, nil, nil), .makeNode),
    ("/dev/null", Devices(.character, 1, 3), .all),
    ("/dev/zero", Devices(.character, 1, 5), .all),
    ("/dev/full", Devices(.character, 1, 7), .all),
    ("/dev/random", Devices(.character, 1, 8), .all),
    ("/dev/urandom", Devices(.character, 1, 9), .all),
    ("/dev/tty", Devices(.character, 5, 0), .all),
    (nil, Devices(.character, 5, 2), .all),
    (nil, Devices(.character, 136, nil), .all),
    (nil, Devices(.character, 10, 200), .all),
  ]

  /// - Parameters:
  ///   - rules: `linux.resources.devices`; without any, everything is refused but the devices of every container.
  ///   - paths: of `linux.devices`: a default node that the configuration defines itself gets no default rule.
  ///   - property: what stands before the properties in messages.
  public init(
    _ rules: [Spec.Resources.DeviceRule] = [], replacing paths: [String] = [], property: String = "linux.resources"
  ) throws(CgroupError) {
    for (index, rule) in rules.enumerated() { try append(rule, index, "\(property).devices[\(index)]") }
    // Where everything is allowed they could only undo a rule of the configuration.
    if isAllowed { return }
    for (path, devices, access) in Self.defaults {
      if let path, paths.contains(path.description) { continue }
      self.rules.append(Rule(allow: true, devices: devices, access: access, index: nil))
    }
  }

  private mutating func append(_ rule: Spec.Resources.DeviceRule, _ index: Int, _ property: String) throws(CgroupError)
  {
    let access = try Self.access(rule, property + ".access")
    let major = try Self.number(rule.major, property + ".major")
    let minor = try Self.number(rule.minor, property + ".minor")
    let kinds: [Kind]
    switch rule.type {
    case nil, "", "a":
      if major == nil, minor == nil, access == .all {
        isAllowed = rule.allow
        rules = []
        return
      }
      kinds = [.character, .block]
    case "c", "u": kinds = [.character]
    case "b": kinds = [.block]
    case .some(let type):
      throw .property(property + ".type", problem: "\"\(type)\" is none of a (all), c (character) and b (block)")
    }
    for kind in kinds {
      rules.append(Rule(allow: rule.allow, devices: Devices(kind, major, minor), access: access, index: index))
    }
  }

  /// Absent is refused as runc does: whether it means all or nothing, it would be a surprise to somebody. A letter that
  /// means nothing, which runc passes over, is read in the strictest way: a rule that denies denies all, one that allows is an error.
  private static func access(_ rule: Spec.Resources.DeviceRule, _ property: String) throws(CgroupError) -> Access {
    guard let text = rule.access, !text.isEmpty else {
      throw .property(property, problem: "must not be empty; it may have r, w and m")
    }
    var access: Access = []
    for letter in text.utf8 {
      switch letter {
      case UInt8(ascii: "r"): access.insert(.read)
      case UInt8(ascii: "w"): access.insert(.write)
      case UInt8(ascii: "m"): access.insert(.makeNode)
      case _ where !rule.allow: return .all
      default: throw .property(property, problem: "\"\(text)\" has a letter that is none of r, w and m")
      }
    }
    return access
  }

  /// -1 means every number, as absent does.
  private static func number(_ value: Int64?, _ property: String) throws(CgroupError) -> UInt32? {
    guard let value, value != -1 else { return nil }
    guard let number = UInt32(exactly: value) else {
      throw .property(property, problem: "\(value) is no device number")
    }
    return number
  }
}

extension DevicePolicy {
  /// What to write to `devices.deny` and `devices.allow` (v1) of a cgroup that begins with the rules of its parent.
  ///
  /// The kernel keeps a default and exceptions from it, and drops a request to take a part out of an exception without
  /// a word (Documentation/admin-guide/cgroup-v1/devices.rst). Such a hole is refused here instead.
  func v1Writes(property: String = "linux.resources") throws(CgroupError) -> [(file: String, value: String)] {
    let (deny, allow) = ("devices.deny", "devices.allow")
    return try [(isAllowed ? allow : deny, "a")]
      + exceptions(property).map { exception in
        (isAllowed ? deny : allow, exception.devices.text + " " + exception.access.text)
      }
  }

  private func exceptions(_ property: String) throws(CgroupError) -> [(devices: Devices, access: Access)] {
    var exceptions: [(devices: Devices, access: Access)] = []
    for rule in rules {
      if rule.allow != isAllowed {
        if let at = exceptions.firstIndex(where: { $0.devices == rule.devices }) {
          exceptions[at].access.formUnion(rule.access)
        } else {
          exceptions.append((rule.devices, rule.access))
        }
        continue
      }
      for at in exceptions.indices where !exceptions[at].access.isDisjoint(with: rule.access) {
        if exceptions[at].devices == rule.devices || rule.devices.contains(exceptions[at].devices) {
          exceptions[at].access.subtract(rule.access)
        } else if exceptions[at].devices.overlaps(rule.devices) {
          throw .property(
            "\(property).devices[\(rule.index ?? 0)]",
            problem: "cgroup v1 cannot take \(rule.devices.text) \(rule.access.text) out of the wider rule "
              + "\(exceptions[at].devices.text) \(exceptions[at].access.text)")
        }
      }
      exceptions.removeAll { $0.access.isEmpty }
    }
    return exceptions
  }
}

extension DevicePolicy.Devices {
  /// As the devices controller writes it: `c 1:3`, `b *:*`.
  var text: String {
    "\(kind == .block ? "b" : "c") \(major.map { String($0) } ?? "*"):\(minor.map { String($0) } ?? "*")"
  }

  func contains(_ other: DevicePolicy.Devices) -> Bool {
    kind == other.kind && (major == nil || major == other.major) && (minor == nil || minor == other.minor)
  }

  func overlaps(_ other: DevicePolicy.Devices) -> Bool {
    kind == other.kind && (major == nil || other.major == nil || major == other.major)
      && (minor == nil || other.minor == nil || minor == other.minor)
  }
}
