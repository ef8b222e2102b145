/// Edits of a config that several tests make.
extension JSONValue {
  /// Adds capabilities to the bounding, effective and permitted sets.
  mutating func grant(_ capabilities: [String]) {
    for set in ["bounding", "effective", "permitted"] {
      for capability in capabilities { append(.string(capability), to: "process.capabilities.\(set)") }
    }
  }

  /// Takes a kind of namespace away.
  mutating func dropNamespace(_ type: String) {
    self["linux.namespaces"] = .array((self["linux.namespaces"]?.array ?? []).filter { $0["type"] != .string(type) })
  }

  /// Takes the mounts below a place away.
  mutating func dropMounts(below prefixes: String...) {
    self["mounts"] = .array(
      (self["mounts"]?.array ?? []).filter { mount in
        !prefixes.contains { (mount["destination"]?.string ?? "").hasPrefix($0) }
      })
  }
}
