internal import Kernel
internal import OCI

extension SystemdFacts {
  /// Asks the systemd that is the caller's.
  /// - Parameter isRootless: the caller has no privilege over the host.
  /// - Throws: where systemd is not the init system (sd_booted(3)), or does not answer.
  public static func discover(isRootless: Bool) throws(CgroupError) -> SystemdFacts {
    let kind: Manager
    do throws(SystemCallError) {
      let folder = try HostPath(constant: "/run/systemd/system").status(followingSymlinks: false)
      if folder.kind != .directory { throw SystemCallError("stat", "/run/systemd/system", .notDirectory) }
      if isRootless { kind = .user } else { kind = try isInUserNamespace() ? .user : .system }
    } catch {
      throw .systemd(
        nil,
        problem: "systemd cgroup flag passed, but systemd support for managing cgroups is not available",
        mend: "/run/systemd/system is not there, so systemd does not run this host: leave --systemd-cgroup away")
    }
    return try SystemdManager(kind).facts()
  }

  /// Whether the caller's ids are not the host's (user_namespaces(7)): then root here may only ask a user's systemd.
  private static func isInUserNamespace() throws(SystemCallError) -> Bool {
    let words = try HostPath(constant: "/proc/self/uid_map").readText(limit: 4096).utf8.split {
      " \n".utf8.contains($0)
    }
    return
      !(words.count == 3 && words[0].elementsEqual("0".utf8) && words[1].elementsEqual("0".utf8)
      && words[2].elementsEqual("4294967295".utf8))
  }
}

extension CgroupRecord {
  /// The scope of a container about which nothing is written down any more.
  /// - Parameter path: as its configuration names it.
  /// - Returns: nil when there is no systemd, or none of its units is this container's.
  public static func scope(_ path: String?, id: String, _ layout: CgroupLayout, isRootless: Bool) -> CgroupRecord? {
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
      return nil
    }
  }
}
