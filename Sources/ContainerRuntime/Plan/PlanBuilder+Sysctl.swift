internal import Kernel
internal import OCI

extension PlanBuilder {
  /// Kernel parameters that a namespace of the container's own holds; every other would change the host.
  mutating func decideSysctl() -> [Plan.Sysctl] {
    var result: [Plan.Sysctl] = []
    for (key, value) in (linux?.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) {
      let place = "linux.sysctl.\(singleLine(key))"
      problems.requireNoNUL(value, place)
      // Both separators are in use; a name with a slash keeps its dots (sysctl(8)).
      let name =
        key.utf8.contains(UInt8(ascii: "/"))
        ? key : String(decoding: key.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      if parts.count < 2 || parts.contains(where: { !isPlain($0) }) {
        problems.add(place, "is no kernel parameter", .sysctlNamespaces)
        continue
      }
      if Defence.sysctlNamespaces.isOn, let problem = refusal(of: name, key) { problems.add(place, problem) }
      result.append(Plan.Sysctl(key: name, value: value))
    }
    return result
  }

  private func isPlain(_ part: Substring) -> Bool {
    !part.isEmpty && part != "." && part != ".."
      && part.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46 || $0 == 95
      }
  }

  private func refusal(of name: String, _ key: String) -> String? {
    switch name {
    case "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax",
      "kernel/shmmni", "kernel/shm_rmid_forced":
      return namespaces.ipc == .host ? "sysctl \(quoted(key)) is not allowed in the hosts ipc namespace" : nil
    case "kernel/domainname":
      return namespaces.uts == .host ? "sysctl \(quoted(key)) is not allowed in the hosts uts namespace" : nil
    case "kernel/hostname":
      return "sysctl \(quoted(key)) is not allowed as it conflicts with the OCI \"hostname\" field"
    default:
      break
    }
    if name.hasPrefix("fs/mqueue/") {
      return namespaces.ipc == .host ? "sysctl \(quoted(key)) is not allowed in the hosts ipc namespace" : nil
    }
    if name.hasPrefix("net/") {
      return namespaces.network == .host ? "sysctl \(quoted(key)) is not allowed in the hosts network namespace" : nil
    }
    if name.hasPrefix("user/") {
      return namespaces.user == .host ? "sysctl \(quoted(key)) is not allowed in the hosts user namespace" : nil
    }
    return "sysctl \(quoted(key)) is not in a separate kernel namespace"
  }
}
