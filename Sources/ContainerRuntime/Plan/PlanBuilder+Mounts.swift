internal import Kernel
internal import OCI

extension PlanBuilder {
  mutating func decideMounts() -> [MountPlan] {
    var plans: [MountPlan] = []
    if let label = linux?.mountLabel, !label.isEmpty {
      problems.requireNoNUL(label, "linux.mountLabel")
      if !host.hasSELinux { problems.add("linux.mountLabel", "selinux is not enabled on this host") }
    }
    for (index, mount) in (spec.mounts ?? []).enumerated() {
      if let plan = decide(mount, index) { plans.append(plan) }
    }
    return plans
  }

  private mutating func decide(_ mount: Spec.Mount, _ index: Int) -> MountPlan? {
    let place = "mounts[\(index)]"
    guard let written = problems.containerPath(mount.destination, "\(place).destination") else { return nil }
    // Some callers write the path on the host (runc).
    let target = belowRoot(written) ?? written
    if mount.destination.utf8.first != UInt8(ascii: "/") {
      problems.warn("\(place).destination", "is relative; it is taken from the root")
    }
    if target.isRoot {
      problems.add("\(place).destination", "must not be the root itself")
      return nil
    }
    let type = mount.type ?? ""
    problems.requireNoNUL(type, "\(place).type")
    var plan = MountPlan(index: index, target: target, source: .fileSystem(type: type, source: mount.source ?? type))
    var said = OptionsRead(binding: type == "bind" ? false : nil)
    for (number, option) in (mount.options ?? []).enumerated() {
      apply(option, to: &plan, &said, "\(place).options[\(number)]")
    }
    decideIDMap(mount, &plan, isBind: said.binding != nil, place)
    if let recursive = said.binding {
      guard let source = mount.source, !source.isEmpty else {
        problems.add("\(place).source", "a bind mount needs a source")
        return nil
      }
      guard let path = problems.hostPath(source, "\(place).source") else { return nil }
      if said.changesFlags { dropSourceFlags(of: &plan) }
      plan.source = bindSource(path.absolute(in: bundle), recursive: recursive)
      if case .bind = plan.source { plan.keepsRestrictions = hasOwnUsers }
      // A copy of a shared mount would send the container's mounts to the host; only a shared root asks for that.
      let wantsShared = linux?.rootfsPropagation == "shared" || linux?.rootfsPropagation == "rshared"
      if !wantsShared && Defence.isolatedMounts.isOn {
        plan.propagation.insert(.init(kind: .slave, recursive: true), at: 0)
      }
      if let option = plan.data.first {
        problems.add("\(place).options", "\(quoted(option.key)) means nothing to a bind mount")
      }
      plan.data = []
    } else if type == "cgroup" || type == "cgroup2" {
      plan.source = .cgroup
      plan.data = []
    } else if type.isEmpty {
      problems.add("\(place).type", "is missing; only bind mounts do without")
      return nil
    }
    if let label = linux?.mountLabel, !label.isEmpty, MountPlan.takesLabel(plan.source),
      !plan.data.contains(where: { $0.key == "context" })
    {
      plan.data.append(MountPlan.MountOption(key: "context", value: label))
    }
    if plan.copyUp && type != "tmpfs" { problems.add("\(place).options", "tmpcopyup needs the type tmpfs") }
    checkTarget(plan, type, place)
    return plan
  }

  private func bindSource(_ path: HostPath, recursive: Bool) -> MountPlan.Source {
    let inside: ContainerPath?
    do throws(PathProblem) { inside = belowRoot(try ContainerPath(path.string)) } catch { inside = nil }
    return inside.map { .bindInside($0, recursive: recursive) } ?? .bind(path, recursive: recursive)
  }

  /// Where in the container a path of the host is that lies below the root file system; nil when it does not.
  private func belowRoot(_ path: ContainerPath) -> ContainerPath? {
    guard let folder = rootFolder, path.isInside(folder), path != folder, !folder.isRoot else { return nil }
    do throws(PathProblem) {
      return try ContainerPath("/" + path.components.dropFirst(folder.components.count).joined(separator: "/"))
    } catch {
      return nil
    }
  }

  /// `idmap` without mappings of its own takes those of the container (config.md, “Linux mount options”).
  private mutating func decideIDMap(_ mount: Spec.Mount, _ plan: inout MountPlan, isBind: Bool, _ place: String) {
    let uids = mount.uidMappings ?? []
    let gids = mount.gidMappings ?? []
    if uids.isEmpty && gids.isEmpty && plan.idMap == nil { return }
    if !isBind { problems.add("\(place).uidMappings", "only bind mounts can be id-mapped", .idMappedMounts) }
    if uids.isEmpty != gids.isEmpty {
      problems.add(
        uids.isEmpty ? "\(place).uidMappings" : "\(place).gidMappings", "must be given with the other one",
        .idMappedMounts)
    }
    if opensTreesInside {
      problems.add(
        uids.isEmpty ? "\(place).options" : "\(place).uidMappings",
        "id-mapped mounts need CAP_SYS_ADMIN on the host: the kernel lets no one else map the ids of its file systems")
    }
    let useOwn = uids.isEmpty
    var joined: HostPath?
    if useOwn {
      switch namespaces.user {
      case .host:
        problems.add("\(place).options", "idmap needs mappings of its own or a user namespace", .idMappedMounts)
      case .join(let path): joined = path
      case .new: break
      }
    }
    check(uids, "\(place).uidMappings")
    check(gids, "\(place).gidMappings")
    plan.idMap = MountPlan.IDMap(
      uids: useOwn ? linux?.uidMappings ?? [] : uids, gids: useOwn ? linux?.gidMappings ?? [] : gids,
      namespace: joined, recursive: plan.idMap?.recursive ?? false)
  }

  private mutating func apply(_ option: String, to plan: inout MountPlan, _ said: inout OptionsRead, _ place: String) {
    problems.requireNoNUL(option, place)
    guard let effect = MountOptionTable.effect(of: option) else {
      if option.isEmpty { return }
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      plan.data.append(MountPlan.MountOption(key: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil))
      return
    }
    switch effect {
    case .set, .clear, .accessTime, .accessTimeKept: said.changesFlags = true
    default: break
    }
    switch effect {
    case .set(let attribute):
      plan.set.insert(attribute)
      plan.clear.remove(attribute)
    case .clear(let attribute):
      plan.clear.insert(attribute)
      plan.set.remove(attribute)
    case .accessTime(let attribute):
      plan.set = plan.set.subtracting(.accessTimeMask).union(attribute)
      plan.clear.insert(.accessTimeMask)
    case .recursiveSet(let attribute):
      plan.recursiveSet.insert(attribute)
      plan.recursiveClear.remove(attribute)
    case .recursiveClear(let attribute):
      plan.recursiveClear.insert(attribute)
      plan.recursiveSet.remove(attribute)
    case .recursiveAccessTime(let attribute):
      plan.recursiveSet = plan.recursiveSet.subtracting(.accessTimeMask).union(attribute)
      plan.recursiveClear.insert(.accessTimeMask)
    case .bind(let recursive): said.binding = recursive || said.binding == true
    case .propagate(let kind, let recursive): plan.propagation.append(.init(kind: kind, recursive: recursive))
    case .fileSystemFlag(let name): plan.data.append(MountPlan.MountOption(key: name.description, value: nil))
    case .copyUp: plan.copyUp = true
    case .idMap(let recursive): plan.idMap = MountPlan.IDMap(uids: [], gids: [], namespace: nil, recursive: recursive)
    case .nothing, .accessTimeKept: break
    }
  }

  /// A bind mount with any flag of its own has those flags and no others of its source's mount, as a remount would give
  /// it them; the access times stay as they are unless they are named (runc). In a user namespace what the host has
  /// restricted stays so until it is named.
  private func dropSourceFlags(of plan: inout MountPlan) {
    let times: MountAttributes = [.accessTimeMask, .noDirectoryAccessTime]
    if !plan.set.isDisjoint(with: times) || plan.clear.contains(.accessTimeMask) {
      plan.clear.formUnion(plan.set.contains(.noDirectoryAccessTime) ? .accessTimeMask : times)
    } else if hasOwnUsers {
      // `diratime` alone takes nothing back of what the host's mount has locked, as in runc.
      plan.clear.remove(.noDirectoryAccessTime)
    }
    let others: MountAttributes =
      hasOwnUsers ? .noSymlinkFollow : [.readOnly, .noSUID, .noDevices, .noExecution, .noSymlinkFollow]
    plan.clear.formUnion(others.subtracting(plan.set))
  }

  /// What the options of one mount said beside its attributes.
  private struct OptionsRead {
    /// A bind mount, recursive or not.
    var binding: Bool?
    var changesFlags = false
  }

  /// Nothing may cover procfs or parts of it that the runtime itself relies on (CVE-2019-16884, CVE-2025-52881).
  private mutating func checkTarget(_ plan: MountPlan, _ type: String, _ place: String) {
    let components = plan.target.components
    guard Defence.nothingOverProc.isOn, components.first == "proc" else { return }
    if components.count == 1 {
      if case .fileSystem = plan.source, type == "proc" { return }
      switch plan.source {
      case .bind, .bindInside: return
      case .fileSystem, .cgroup: break
      }
      problems.add("\(place).destination", "only procfs may be mounted on /proc, not \(quoted(type))")
      return
    }
    let below = components.dropFirst().joined(separator: "/")
    switch below {
    case "cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo", "sys/kernel/ns_last_pid",
      "sys/crypto/fips_enabled":
      break
    default:
      problems.add(
        "\(place).destination", "\(quoted(plan.target.description)) cannot be mounted because it is inside /proc")
    }
  }
}
