internal import Kernel
internal import OCI

extension SystemdFacts {
  /// Asks the systemd that is the caller's.
  /// - Parameter isRootless: the caller has no privilege over the host.
  /// - Throws: where systemd is not the init system (sd_booted(3)), or does not answer.
  public static func discover(isRootless: Bool) throws(CgroupError) -> SystemdFacts {
    guard isInitSystem else {
      throw .systemd(
        nil,
        problem: "systemd cgroup flag passed, but systemd support for managing cgroups is not available",
        mend: "/run/systemd/system is not there, so systemd does not run this host: leave --systemd-cgroup away")
    }
    // Root of a user namespace may only ask a user's systemd.
    return try SystemdManager(isRootless || CurrentProcess.isInUserNamespace ? .user : .system).facts()
  }

  static var isInitSystem: Bool {
    do throws(SystemCallError) {
      return try HostPath(constant: "/run/systemd/system").status(followingSymlinks: false).kind == .directory
    } catch {
      return false
    }
  }
}

extension CgroupRecord {
  /// The scope of a container about which nothing is written down any more.
  /// - Parameter path: as its configuration names it.
  /// - Returns: nil when there is no systemd, or none of its units is this container's.
  /// - Throws: when the configuration names a scope and systemd does not answer: its processes would be left behind.
  public static func scope(
    _ path: String?, id: String, _ layout: CgroupLayout, isRootless: Bool
  ) throws(CgroupError) -> CgroupRecord? {
    do throws(CgroupError) {
      let facts = try SystemdFacts.discover(isRootless: isRootless)
      var linux = Spec.Linux()
      linux.cgroupsPath = path
      let plan = try CgroupPlan(
        linux: linux, id: id, layout: layout, isRootless: isRootless, systemd: SystemdRequest(facts: facts))
      guard let unit = plan.systemd,
        try SystemdManager(facts.manager).description(of: unit.name) == SystemdUnit.description(id: id)
      else { return nil }
      return plan.record(parents: [])
    } catch {
      if case .systemd = error, SystemdFacts.isInitSystem, SystemdUnit.isNamed(by: path) { throw error }
      return nil
    }
  }
}
