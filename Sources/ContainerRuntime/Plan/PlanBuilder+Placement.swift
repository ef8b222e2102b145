internal import Kernel
internal import OCI

/// The names of set_mempolicy(2). One table serves parsing and `features`.
enum MemoryPolicyNames {
  static let modes: [(name: String, number: Int32)] = [
    ("MPOL_DEFAULT", 0), ("MPOL_PREFERRED", 1), ("MPOL_BIND", 2), ("MPOL_INTERLEAVE", 3), ("MPOL_LOCAL", 4),
    ("MPOL_PREFERRED_MANY", 5), ("MPOL_WEIGHTED_INTERLEAVE", 6),
  ]
  static let flags: [(name: String, bit: Int32)] = [
    ("MPOL_F_NUMA_BALANCING", 1 << 13), ("MPOL_F_RELATIVE_NODES", 1 << 14), ("MPOL_F_STATIC_NODES", 1 << 15),
  ]
}

extension ProcessPlan.MemoryPolicy {
  /// In the words of the configuration.
  var description: String {
    let name = MemoryPolicyNames.modes.first { $0.number == mode & 0xfff }?.name ?? "\(mode)"
    let flags = MemoryPolicyNames.flags.filter { mode & $0.bit != 0 }.map { " " + $0.name }.joined()
    return name + flags + (nodes.isEmpty ? "" : " of nodes \(nodes)")
  }
}

/// Where a process runs, where its memory comes from, and what confines it beside its privileges.
extension PlanBuilder {
  mutating func decideMemoryPolicy() -> ProcessPlan.MemoryPolicy? {
    guard let policy = linux?.memoryPolicy else { return nil }
    let place = "linux.memoryPolicy"
    guard let mode = MemoryPolicyNames.modes.first(where: { $0.name == policy.mode }) else {
      let names = MemoryPolicyNames.modes.map { $0.name }.joined(separator: ", ")
      problems.add(
        "\(place).mode",
        "invalid memory policy mode \(quoted(policy.mode ?? "")); one of \(names)")
      return nil
    }
    var flags = Int32(0)
    for (index, name) in (policy.flags ?? []).enumerated() {
      if let flag = MemoryPolicyNames.flags.first(where: { $0.name == name }) {
        flags |= flag.bit
      } else {
        problems.add("\(place).flags[\(index)]", "invalid memory policy flag \(quoted(name))")
      }
    }
    let text = policy.nodes ?? ""
    guard let nodes = text.isEmpty ? NumberSet() : NumberSet(list: text) else {
      problems.add("\(place).nodes", "invalid memory policy nodes \(quoted(text)); a list such as 0-1,3")
      return nil
    }
    switch mode.name {
    case "MPOL_DEFAULT", "MPOL_LOCAL":
      if !nodes.isEmpty { problems.add("\(place).nodes", "\(mode.name): mode requires 0 nodes but got \(nodes.count)") }
    case "MPOL_PREFERRED": break
    default:
      if nodes.isEmpty { problems.add("\(place).nodes", "must name at least one node with \(mode.name)") }
    }
    return ProcessPlan.MemoryPolicy(mode: mode.number | flags, nodes: nodes)
  }

  mutating func decideCPUs(_ list: String?, _ place: String) -> NumberSet? {
    guard let list, !list.isEmpty else { return nil }
    guard let cpus = NumberSet(list: list) else {
      problems.add(place, "\(quoted(list)) is no list of CPUs such as 0-3,7")
      return nil
    }
    return cpus
  }

  /// A label that nobody enforces is refused: whoever sets one relies on it.
  mutating func decideLabels(_ process: Spec.Process, _ place: String) -> [ProcessPlan.SecurityLabel] {
    var labels: [ProcessPlan.SecurityLabel] = []
    if let profile = process.apparmorProfile, !profile.isEmpty {
      problems.requireNoNUL(profile, "\(place).apparmorProfile")
      if !host.hasAppArmor {
        problems.add("\(place).apparmorProfile", "apparmor is not enabled on this host", .labels)
      }
      labels.append(.apparmor(profile))
    }
    if let label = process.selinuxLabel, !label.isEmpty {
      problems.requireNoNUL(label, "\(place).selinuxLabel")
      if !host.hasSELinux { problems.add("\(place).selinuxLabel", "selinux is not enabled on this host", .labels) }
      labels.append(.selinux(label))
    }
    return labels
  }
}
