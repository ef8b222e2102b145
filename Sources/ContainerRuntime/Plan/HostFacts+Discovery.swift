internal import Cgroups
internal import Kernel
package import OCI

extension HostFacts {
  /// Asks the machine for what a configuration needs to know, and no more.
  /// - Parameter systemdCgroup: the cgroup shall be made by systemd, which is asked for its facts.
  package static func discover(for spec: Spec, systemdCgroup: Bool = false) throws(OperationError) -> HostFacts {
    let layout = try OperationError.wrappingCgroups { () throws(CgroupError) in
      try CgroupLayout.discover(for: spec.linux?.resources)
    }
    let own = try OperationError.wrapping { () throws(SystemCallError) in try Credentials.permittedCapabilities() }
    var facts = HostFacts(
      lastCapability: Host.lastCapability(), capabilities: own, effectiveUser: CurrentProcess.effectiveUser,
      cgroups: layout)
    if CurrentProcess.isRootForAUser {
      facts.hasForeignCgroups = true
      facts.mayChangeGroups = CurrentProcess.mayChangeGroups
    }
    facts.hasAppArmor = !(spec.process?.apparmorProfile ?? "").isEmpty && SecurityModules.hasAppArmor
    facts.hasSELinux =
      !((spec.process?.selinuxLabel ?? "") + (spec.linux?.mountLabel ?? "")).isEmpty && SecurityModules.hasSELinux
    if systemdCgroup {
      let isRootless = facts.rootless
      facts.systemd = try OperationError.wrappingCgroups { () throws(CgroupError) in
        try SystemdFacts.discover(isRootless: isRootless)
      }
    }
    if spec.linux?.intelRdt != nil {
      facts.resourceControl = try OperationError.wrapping { () throws(SystemCallError) in try Host.resourceControl() }
    }
    return facts
  }
}
