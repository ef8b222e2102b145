internal import Cgroups
internal import Kernel
package import OCI
internal import Seccomp

/// What this build can do, as `features` tells it (features.md), whatever the host's kernel offers. Lists come from the
/// tables that configurations are read with. What has no list is asked of the plan: on a machine that has everything, a
/// configuration that asks for it must lead to what is done about it.
package enum SupportedFeatures {
  /// - Parameter annotations: facts without a property of their own.
  package static func document(annotations: StringMap<String>) -> Features {
    var features = Features(ociVersionMin: "1.0.0", ociVersionMax: "1.3.0")
    features.hooks = HookPoint.allCases.map { $0.rawValue }
    features.mountOptions = MountOptionTable.names.map { $0.description }
    features.linux = linux
    features.annotations = annotations
    // Those that change what this build does: of a checkpoint, and of the unit where the caller asks systemd for cgroups.
    features.potentiallyUnsafeConfigAnnotations = ["org.criu.config", "org.systemd.property."]
    return features
  }

  private static var linux: Features.Linux {
    let v1 = plan(on: "devices")
    let v2 = plan(on: "")
    var linux = Features.Linux()
    linux.namespaces = NamespaceKind.allCases.map { NamespacePlan.name(of: $0) }.sorted()
    linux.capabilities = (0..<CapabilityNames.count).map { CapabilityNames.name($0) }
    linux.cgroup = Features.Cgroup(
      v1: v1 != nil, v2: v2 != nil, systemd: plan(on: "", by: .system)?.cgroup.systemd != nil,
      systemdUser: plan(on: "", by: .user)?.cgroup.systemd != nil,
      rdma: v2?.cgroup.writes.contains { $0.file == "rdma.max" } ?? false)
    linux.seccomp = seccomp
    let labels = v2?.process.labels ?? []
    linux.apparmor = Features.Switch(enabled: labels.contains(.apparmor(label)))
    linux.selinux = Features.Switch(enabled: labels.contains(.selinux(label)))
    let control = v2?.resourceControl
    linux.intelRdt = Features.IntelRdt(
      enabled: control != nil, schemata: control?.schemata == [schema], monitoring: control?.monitor != nil)
    linux.memoryPolicy = Features.MemoryPolicy(
      modes: MemoryPolicyNames.modes.map { $0.name }.sorted(), flags: MemoryPolicyNames.flags.map { $0.name }.sorted())
    linux.mountExtensions = Features.MountExtensions(
      idmap: Features.Switch(enabled: v2?.mounts.contains { $0.idMap != nil } ?? false))
    linux.netDevices = Features.Switch(enabled: !(v2?.networkDevices.isEmpty ?? true))
    return linux
  }

  private static var seccomp: Features.Seccomp {
    Features.Seccomp(
      enabled: true, actions: FilterAction.allCases.map { $0.rawValue }.sorted(),
      operators: Comparison.allCases.map { $0.rawValue }.sorted(),
      archs: Architecture.allCases.map { $0.rawValue }.sorted(),
      knownFlags: FilterFlags.knownNames.sorted(), supportedFlags: FilterFlags.knownNames.sorted())
  }

  private static let label = "l"
  private static let schema = "L3:0=f"

  /// What becomes of a configuration that asks for everything without a list, on a machine that has all of it and this
  /// hierarchy of cgroups.
  private static func plan(on hierarchy: String, by manager: SystemdFacts.Manager? = nil) -> Plan? {
    var spec = Spec.default(cgroupNamespace: false)
    spec.process?.apparmorProfile = label
    spec.process?.selinuxLabel = label
    let mapping = [Spec.IDMapping(containerID: 0, hostID: 0, size: 1)]
    spec.mounts = [
      Spec.Mount(
        destination: "/m", type: "bind", source: "/", options: ["bind"], uidMappings: mapping, gidMappings: mapping)
    ]
    spec.linux?.intelRdt = Spec.IntelRdt(schemata: [schema], enableMonitoring: true)
    spec.linux?.netDevices = ["d": Spec.NetDevice()]
    if hierarchy.isEmpty { spec.linux?.resources = Spec.Resources(rdma: ["d": .init(hcaHandles: 1)]) }
    let tree = CgroupLayout.Hierarchy(name: hierarchy, mountPoint: HostPath(constant: "/sys/fs/cgroup"))
    let layout: CgroupLayout
    do { layout = try CgroupLayout(hierarchies: [tree], unifiedControllers: hierarchy.isEmpty ? ["rdma"] : []) } catch {
      return nil
    }
    var host = HostFacts(
      lastCapability: CapabilityNames.count - 1, capabilities: [], effectiveUser: 0, cgroups: layout)
    host.hasAppArmor = true
    host.hasSELinux = true
    host.systemd = manager.map { SystemdFacts(manager: $0, version: 255) }
    host.resourceControl = HostPath(constant: "/sys/fs/resctrl")
    do { return try Plan(id: "ID", bundle: HostPath(constant: "/bundle"), spec: spec, host: host) } catch { return nil }
  }
}
