package import Cgroups
internal import Kernel

extension Container {
  /// What the container has used until now.
  package func statistics() throws(OperationError) -> CgroupStatistics {
    let cgroup = try usedCgroup
    return try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.statistics() }
  }

  /// Tells each time that memory runs out.
  package func memoryEvents() throws(OperationError) -> MemoryEvents {
    let cgroup = try usedCgroup
    return try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.memoryEvents() }
  }

  /// Whether its controllers are in the cgroup v2 tree, and none on hierarchies of v1.
  package var usesUnifiedCgroup: Bool {
    record.cgroups?.folders.allSatisfy { $0.hierarchy.isEmpty } ?? false
  }

  private var usedCgroup: Cgroup {
    get throws(OperationError) {
      guard let cgroup = try cgroup else { throw OperationError("", "", .message("the container has no cgroup")) }
      return cgroup
    }
  }
}
