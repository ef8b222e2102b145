internal import Cgroups
public import Kernel
public import OCI

/// What is wrong with a configuration: at least one problem.
public struct InvalidConfiguration: Error, Equatable, Sendable {
  public let problems: [PropertyError]
}

extension Plan {
  /// Decides everything about a container from its configuration, without a system call.
  /// - Throws: every problem of the configuration at once.
  public init(
    id: String, bundle: HostPath, spec: Spec, host: HostFacts, options: PlanOptions = PlanOptions()
  ) throws(InvalidConfiguration) {
    var builder = PlanBuilder(bundle: bundle, spec: spec, host: host, options: options)
    let plan = builder.plan(id: id)
    guard builder.problems.errors.isEmpty, let plan else {
      throw InvalidConfiguration(problems: builder.problems.errors)
    }
    self = plan
  }
}

struct PlanBuilder {
  let bundle: HostPath
  let spec: Spec
  let host: HostFacts
  let options: PlanOptions
  /// The root file system's path on the host; nil when it is none.
  let rootFolder: ContainerPath?
  var problems = Problems()
  var namespaces = NamespacePlan()

  init(bundle: HostPath, spec: Spec, host: HostFacts, options: PlanOptions) {
    self.bundle = bundle
    self.spec = spec
    self.host = host
    self.options = options
    do throws(PathProblem) {
      rootFolder = try spec.root.map { root throws(PathProblem) in
        try ContainerPath(HostPath(root.path).absolute(in: bundle).string)
      }
    } catch {
      rootFolder = nil
    }
  }

  var linux: Spec.Linux? { spec.linux }
  /// Whether the container's ids are not the host's.
  var hasOwnUsers: Bool { namespaces.user != .host }

  /// open_tree(2) with OPEN_TREE_CLONE takes CAP_SYS_ADMIN over the mount namespace.
  var opensTreesInside: Bool {
    hasOwnUsers && namespaces.mount == .new && !host.capabilities.contains(.systemAdministration)
  }

  mutating func plan(id: String) -> Plan? {
    checkVersion()
    decideNamespaces()
    let root = decideRoot()
    let mounts = decideMounts() + notifyMounts
    let furnishes = !mounts.contains { mount in
      switch mount.source {
      case .bind, .bindInside: mount.target.components == ["dev"]
      case .fileSystem, .cgroup: false
      }
    }
    let devices = furnishes ? decideDevices() : []
    let (uids, gids) = decideMappings()
    let process = decideProcess()
    let masked = decidePaths(linux?.maskedPaths, "linux.maskedPaths")
    let readonly = decidePaths(linux?.readonlyPaths, "linux.readonlyPaths")
    checkHooks()
    let sysctl = decideSysctl()
    let offsets = decideTimeOffsets()
    let networkDevices = decideNetworkDevices()
    checkNames()
    for (key, _) in spec.annotations ?? [:] where key.isEmpty { problems.add("annotations", "a key is empty") }
    let cgroup = decideCgroup(id)
    let resourceControl = decideResourceControl(id)
    checkMemory()
    let seccomp = decideSeccomp()
    guard let root, let process, let cgroup, problems.errors.isEmpty else { return nil }
    return Plan(
      id: id, bundle: bundle, root: root, namespaces: namespaces, uidMappings: uids, gidMappings: gids,
      timeOffsets: offsets, mounts: mounts, devices: devices, furnishesDevices: furnishes, maskedPaths: masked,
      readonlyPaths: readonly, hostname: nonEmpty(spec.hostname), domainname: nonEmpty(spec.domainname), sysctl: sysctl,
      networkDevices: networkDevices, process: process, hooks: spec.hooks ?? Spec.Hooks(), seccomp: seccomp,
      opensTreesInside: opensTreesInside, cgroup: cgroup, resourceControl: resourceControl,
      annotations: spec.annotations ?? [:],
      warnings: problems.warnings)
  }

  private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

  /// Any 1.x is ours: a minor version adds properties, and unknown ones are ignored as the specification asks. Callers
  /// write `1.1` too, without a patch version.
  private mutating func checkVersion() {
    let parts = spec.ociVersion.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.prefix(2).allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    if spec.ociVersion.isEmpty {
      problems.add("ociVersion", "is missing; this runtime implements 1.0.0 to 1.3.0")
    } else if parts.count < 2 || !digits {
      problems.add("ociVersion", "\(quoted(spec.ociVersion)) is no semantic version")
    } else if parts[0] != "1" {
      problems.add("ociVersion", "\(quoted(spec.ociVersion)) is not supported; this runtime implements 1.x")
    }
  }

  private mutating func decideNamespaces() {
    var seen: Set<NamespaceKind> = []
    for (index, namespace) in (linux?.namespaces ?? []).enumerated() {
      let property = "linux.namespaces[\(index)]"
      guard let kind = NamespacePlan.kind(named: namespace.type) else {
        problems.add(
          "\(property).type",
          "unknown namespace \(quoted(namespace.type)); one of pid, network, mount, ipc, uts, user, cgroup, time")
        continue
      }
      if !seen.insert(kind).inserted {
        problems.add(property, "namespace \(quoted(namespace.type)) stands here twice")
        continue
      }
      if let path = namespace.path, !path.isEmpty {
        guard let path = problems.hostPath(path, "\(property).path") else { continue }
        if !path.isAbsolute { problems.add("\(property).path", "must be absolute") }
        namespaces[kind] = .join(path)
      } else {
        namespaces[kind] = .new
      }
    }
  }

  private mutating func decideRoot() -> Plan.Root? {
    guard let root = spec.root else {
      problems.add("root", "is missing")
      return nil
    }
    guard let path = problems.hostPath(root.path, "root.path") else { return nil }
    let absolute = path.absolute(in: bundle)
    if absolute.string == "/" {
      problems.add("root.path", "must not be the root of the host")
      return nil
    }
    let entry: Plan.Entry = namespaces.mount == .host ? .chroot : options.noPivot ? .moveMount : .pivot
    if entry == .chroot {
      if !(linux?.maskedPaths ?? []).isEmpty { problems.add("linux.maskedPaths", "needs a mount namespace") }
      if !(linux?.readonlyPaths ?? []).isEmpty { problems.add("linux.readonlyPaths", "needs a mount namespace") }
      if !(spec.mounts ?? []).isEmpty { problems.add("mounts", "needs a mount namespace") }
      if root.readonly == true { problems.add("root.readonly", "needs a mount namespace") }
    }
    let propagation = decideRootPropagation()
    return Plan.Root(path: absolute, readOnly: root.readonly ?? false, propagation: propagation, entry: entry)
  }

  private mutating func decideRootPropagation() -> MountPlan.Propagation? {
    guard let word = linux?.rootfsPropagation, !word.isEmpty else { return nil }
    guard case .propagate(let kind, let recursive) = MountOptionTable.effect(of: word) else {
      problems.add(
        "linux.rootfsPropagation", "unknown propagation \(quoted(word)); one of shared, slave, private, unbindable")
      return nil
    }
    return MountPlan.Propagation(kind: kind, recursive: recursive)
  }

  private mutating func decidePaths(_ paths: [String]?, _ property: String) -> [ContainerPath] {
    var result: [ContainerPath] = []
    for (index, path) in (paths ?? []).enumerated() {
      if path.utf8.first != UInt8(ascii: "/") {
        problems.add("\(property)[\(index)]", "\(quoted(path)) is not absolute")
      } else if let path = problems.containerPath(path, "\(property)[\(index)]"), !result.contains(path) {
        result.append(path)
      }
    }
    return result
  }

  private mutating func decideMappings() -> (uids: [Spec.IDMapping], gids: [Spec.IDMapping]) {
    let uids = linux?.uidMappings ?? []
    let gids = linux?.gidMappings ?? []
    check(uids, "linux.uidMappings")
    check(gids, "linux.gidMappings")
    if namespaces.user == .new {
      if uids.isEmpty { problems.add("linux.uidMappings", "a new user namespace needs at least one mapping") }
      if gids.isEmpty { problems.add("linux.gidMappings", "a new user namespace needs at least one mapping") }
    } else if namespaces.user == .host {
      if !uids.isEmpty { problems.add("linux.uidMappings", "id mappings need a user namespace", .idMaps) }
      if !gids.isEmpty { problems.add("linux.gidMappings", "id mappings need a user namespace", .idMaps) }
    }
    return (uids, gids)
  }

  mutating func check(_ mappings: [Spec.IDMapping], _ property: String) {
    if mappings.count > 340 {
      problems.add(property, "has \(mappings.count) entries; the kernel takes at most 340", .idMaps)
    }
    for (index, mapping) in mappings.prefix(341).enumerated() {
      let place = "\(property)[\(index)]"
      if mapping.size == 0 { problems.add("\(place).size", "must be at least 1", .idMaps) }
      for (start, name) in [(mapping.containerID, "containerID"), (mapping.hostID, "hostID")] {
        if UInt64(start) + UInt64(mapping.size) > UInt64(UInt32.max) {
          problems.add("\(place).\(name)", "the range ends beyond 4294967294", .idMaps)
        }
      }
      for other in mappings.prefix(index) {
        if overlap(other.containerID, other.size, mapping.containerID, mapping.size) {
          problems.add("\(place).containerID", "overlaps another mapping", .idMaps)
        }
        if overlap(other.hostID, other.size, mapping.hostID, mapping.size) {
          problems.add("\(place).hostID", "overlaps another mapping", .idMaps)
        }
      }
    }
  }

  private func overlap(_ a: UInt32, _ aSize: UInt32, _ b: UInt32, _ bSize: UInt32) -> Bool {
    UInt64(a) < UInt64(b) + UInt64(bSize) && UInt64(b) < UInt64(a) + UInt64(aSize)
  }

  private mutating func decideCgroup(_ id: String) -> CgroupPlan? {
    do {
      let plan = try CgroupPlan(
        linux: linux, id: id, layout: host.cgroups, isRootless: host.hasForeignCgroups || !Defence.deviceRules.isOn,
        systemd: host.systemd.map { SystemdRequest(facts: $0, annotations: spec.annotations ?? [:]) })
      for warning in plan.warnings { problems.warn("linux.resources", warning) }
      return plan
    } catch .property(let path, let problem) {
      problems.add(path, problem)
    } catch {
      problems.add("linux.cgroupsPath", error.description)
    }
    return nil
  }

  private mutating func checkNames() {
    for (name, value) in [("hostname", spec.hostname ?? ""), ("domainname", spec.domainname ?? "")] where !value.isEmpty
    {
      if namespaces.uts == .host { problems.add(name, "needs a uts namespace", .namesAndOffsets) }
      if value.utf8.count > 64 {
        problems.add(name, "has \(value.utf8.count) bytes; the kernel takes at most 64", .namesAndOffsets)
      }
      problems.requireNoNUL(value, name)
    }
  }

  private mutating func decideTimeOffsets() -> [Plan.TimeOffset] {
    guard let offsets = linux?.timeOffsets else { return [] }
    var result: [Plan.TimeOffset] = []
    for (clock, offset) in [("monotonic", offsets.monotonic), ("boottime", offsets.boottime)] {
      guard let offset else { continue }
      let nanoseconds = offset.nanosecs ?? 0
      if nanoseconds >= 1_000_000_000 {
        problems.add("linux.timeOffsets.\(clock).nanosecs", "must be below 1000000000")
        continue
      }
      result.append(
        Plan.TimeOffset(clock: clock, seconds: offset.secs ?? 0, nanoseconds: UInt32(truncatingIfNeeded: nanoseconds)))
    }
    if namespaces.time != .new && !result.isEmpty {
      problems.add("linux.timeOffsets", "needs a new time namespace", .namesAndOffsets)
    }
    return result
  }

  private mutating func checkHooks() {
    guard let hooks = spec.hooks else { return }
    let kinds: [(String, [Spec.Hook]?)] = [
      ("prestart", hooks.prestart), ("createRuntime", hooks.createRuntime), ("createContainer", hooks.createContainer),
      ("startContainer", hooks.startContainer), ("poststart", hooks.poststart), ("poststop", hooks.poststop),
    ]
    for (kind, list) in kinds {
      for (index, hook) in (list ?? []).enumerated() {
        let place = "hooks.\(kind)[\(index)]"
        if hook.path.utf8.first != UInt8(ascii: "/") {
          problems.add("\(place).path", "\(quoted(hook.path)) is not absolute")
        }
        problems.requireNoNUL(hook.path, "\(place).path")
        for (number, text) in (hook.args ?? []).enumerated() { problems.requireNoNUL(text, "\(place).args[\(number)]") }
        for (number, text) in (hook.env ?? []).enumerated() { problems.requireNoNUL(text, "\(place).env[\(number)]") }
        if let timeout = hook.timeout, timeout <= 0 {
          problems.add("\(place).timeout", "must be greater than zero (seconds)")
        }
      }
    }
  }
}
