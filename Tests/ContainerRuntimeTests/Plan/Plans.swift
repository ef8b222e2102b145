import Cgroups
import ContainerRuntime
import Kernel
import OCI

/// A machine to decide for: everything allowed, one v1 hierarchy beside a cgroup v2 tree.
func machine(user: UInt32 = 0) throws -> HostFacts {
  HostFacts(
    lastCapability: 40, capabilities: .all(last: 40), effectiveUser: user,
    cgroups: try CgroupLayout(hierarchies: [
      .init(name: "pids", mountPoint: HostPath("/sys/fs/cgroup/pids")),
      .init(name: "", mountPoint: HostPath("/sys/fs/cgroup/unified")),
    ]))
}

/// The plan of the default configuration after an edit.
func plan(noPivot: Bool = false, _ edit: (inout Spec) -> Void = { _ in }) throws -> Plan {
  var spec = Spec.default(cgroupNamespace: true)
  edit(&spec)
  return try Plan(
    id: "web", bundle: HostPath("/bundle"), spec: spec, host: machine(), options: PlanOptions(noPivot: noPivot))
}

/// What is wrong with the default configuration after an edit, a line each.
func problems(_ edit: (inout Spec) -> Void) throws -> [String] {
  do {
    _ = try plan(edit)
    return []
  } catch let error as InvalidConfiguration {
    return error.problems.map(\.description)
  }
}

func sequence(_ edit: (inout Spec) -> Void = { _ in }) throws -> InitSequence {
  InitSequence(try plan(edit), options: InitSequence.Options())
}

extension Spec {
  mutating func addNamespace(_ type: String, path: String? = nil) {
    linux?.namespaces?.removeAll { $0.type == type }
    linux?.namespaces?.append(Namespace(type: type, path: path))
  }

  mutating func removeNamespace(_ type: String) { linux?.namespaces?.removeAll { $0.type == type } }

  mutating func mapIDs() {
    addNamespace("user")
    linux?.uidMappings = [IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
    linux?.gidMappings = [IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
  }
}
