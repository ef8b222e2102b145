internal import Cgroups
internal import Kernel

/// What would be done for a bundle, in words: from the very plan and sequence that `create` performs.
package struct Explanation {
  private let plan: Plan
  private let sequence: InitSequence

  /// Asks the machine for its facts and decides; touches nothing.
  package init(_ bundle: Bundle, options: PlanOptions = PlanOptions()) throws(OperationError) {
    let host = try HostFacts.discover(for: bundle.spec, systemdCgroup: options.systemdCgroup)
    do throws(InvalidConfiguration) {
      plan = try Plan(id: "ID", bundle: bundle.path, spec: bundle.spec, host: host, options: options)
    } catch {
      throw OperationError(error)
    }
    sequence = InitSequence(plan, options: InitSequence.Options())
  }

  package var text: String {
    var lines = ["bundle \(plan.bundle)", "root \(plan.root.path) (\(plan.root.entry.rawValue))", "", "The runtime:"]
    var number = 0
    func add(_ text: String, _ property: String? = nil) {
      number += 1
      lines.append(row(number, text, property))
    }
    for folder in plan.cgroup.folders { add("make the cgroup \(folder.path)", "linux.cgroupsPath") }
    for write in plan.cgroup.writes { add("write \(write.file)", write.property) }
    for source in sequence.sources { add(text(of: source), property(of: source)) }
    add("clone (\(plan.namespaces.shape.rawValue)) with new \(newNamespaces)", "linux.namespaces")
    if sequence.makesUserNamespace { add("write the id maps of the user namespace", "linux.uidMappings") }
    if let score = plan.process.oomScoreAdj { add("set oom_score_adj to \(score)", "process.oomScoreAdj") }
    lines += ["", "The container's process:"]
    for (index, step) in sequence.steps.enumerated() { lines.append(row(index + 1, step.text, step.property)) }
    if !plan.warnings.isEmpty { lines += ["", "Without effect:"] + plan.warnings.map { "  \($0)" } }
    return lines.map(singleLine).joined(separator: "\n") + "\n"
  }

  private func row(_ number: Int, _ text: String, _ property: String?) -> String {
    let digits = String(number)
    let padding = String(repeating: " ", count: max(0, 3 - digits.utf8.count))
    return "\(padding)\(digits)  \(text)" + (property.map { "  [\($0)]" } ?? "")
  }

  private var newNamespaces: String {
    let kinds = plan.namespaces.madeByClone.map { NamespacePlan.name(of: $0) }
    return kinds.isEmpty ? "nothing" : kinds.joined(separator: ", ")
  }

  private func text(of source: InitSequence.Source) -> String {
    switch source {
    case .namespace(let kind, let path): "open the \(NamespacePlan.name(of: kind)) namespace \(path)"
    case .container(let facts): "open the container's first process, \(facts.process.pid)"
    case .rootOfContainer: "open the container's root"
    case .root(let path): "open the root file system \(path)"
    case .tree(let path, let recursive, let idMap, _):
      "copy the mount\(recursive ? "s" : "") at \(path), detached\(idMap == nil ? "" : ", and map its ids")"
    case .mapping: "make a user namespace for the ids of a mount"
    }
  }

  private func property(of source: InitSequence.Source) -> String? {
    switch source {
    case .namespace: "linux.namespaces"
    case .container, .rootOfContainer: nil
    case .root: "root.path"
    case .tree(_, _, _, let property), .mapping(_, let property): property
    }
  }
}
