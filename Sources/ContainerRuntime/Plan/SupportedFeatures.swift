internal import Cgroups
internal import Kernel
package import OCI
internal import Seccomp

/// What this build can do, as `features` tells it (features.md). Lists come from the tables that configurations are read
/// with; whether a property is supported is asked of the plan itself, by a configuration that has it.
package enum SupportedFeatures {
  /// - Parameter annotations: facts without a property of their own.
  package static func document(annotations: StringMap<String>) -> Features {
    var features = Features(ociVersionMin: "1.0.0", ociVersionMax: "1.3.0")
    features.hooks = [
      HookPoint.prestart, .createRuntime, .createContainer, .startContainer, .poststart, .poststop,
    ].map(\.rawValue)
    features.mountOptions = MountOptionTable.names.map(\.description)
    features.linux = linux
    features.annotations = annotations
    // Those that change what this build does: of a checkpoint, and of the unit where the caller asks systemd for cgroups.
    features.potentiallyUnsafeConfigAnnotations = ["org.criu.config", "org.systemd.property."]
    return features
  }

  private static var linux: Features.Linux {
    var linux = Features.Linux()
    linux.namespaces = NamespaceKind.allCases.map { NamespacePlan.name(of: $0) }.sorted()
    linux.capabilities = (0..<CapabilityNames.count).map { CapabilityNames.name($0) }
    linux.cgroup = Features.Cgroup(v1: true, v2: true, systemd: true, systemdUser: true, rdma: true)
    linux.seccomp = seccomp
    linux.apparmor = Features.Switch(enabled: supports { $0.process?.apparmorProfile = "p" })
    linux.selinux = Features.Switch(enabled: supports { $0.process?.selinuxLabel = "l" })
    let hasIntelRdt = supports { $0.linux?.intelRdt = Spec.IntelRdt() }
    linux.intelRdt = Features.IntelRdt(enabled: hasIntelRdt, schemata: hasIntelRdt, monitoring: hasIntelRdt)
    linux.memoryPolicy = Features.MemoryPolicy(
      modes: MemoryPolicyNames.modes.map(\.name).sorted(), flags: MemoryPolicyNames.flags.map(\.name).sorted())
    linux.mountExtensions = Features.MountExtensions(
      idmap: Features.Switch(
        enabled: supports { spec in
          let mapping = [Spec.IDMapping(containerID: 0, hostID: 0, size: 1)]
          spec.mounts = [
            Spec.Mount(
              destination: "/m", type: "bind", source: "/", options: ["bind"], uidMappings: mapping,
              gidMappings: mapping)
          ]
        }))
    linux.netDevices = Features.Switch(enabled: supports { $0.linux?.netDevices = ["d": Spec.NetDevice()] })
    return linux
  }

  private static var seccomp: Features.Seccomp {
    Features.Seccomp(
      enabled: true, actions: FilterAction.allCases.map(\.rawValue).sorted(),
      operators: Comparison.allCases.map(\.rawValue).sorted(),
      archs: Architecture.allCases.map(\.rawValue).sorted(),
      knownFlags: FilterFlags.knownNames.sorted(), supportedFlags: FilterFlags.knownNames.sorted())
  }

  /// Whether a plan takes a property. It may still find fault with the value.
  private static func supports(_ edit: (inout Spec) -> Void) -> Bool {
    var spec = Spec.default(cgroupNamespace: false)
    edit(&spec)
    let tree = CgroupLayout.Hierarchy(name: "", mountPoint: HostPath(constant: "/sys/fs/cgroup"))
    let layout: CgroupLayout
    do { layout = try CgroupLayout(hierarchies: [tree]) } catch { return false }
    let host = HostFacts(
      lastCapability: CapabilityNames.count - 1, capabilities: [], effectiveUser: 0, cgroups: layout)
    do {
      _ = try Plan(id: "ID", bundle: HostPath(constant: "/bundle"), spec: spec, host: host)
      return true
    } catch {
      return !error.problems.contains { $0.problem.hasSuffix(Problems.unsupported) }
    }
  }
}
