import Cgroups
import ContainerRuntime
import JSON
import Kernel
import OCI
import Seccomp

/// A machine like most: cgroup v1 with an empty tree of v2 beside it, or v2 alone.
private func machine(unified: Bool) -> HostFacts {
  let unifiedTree = CgroupLayout.Hierarchy(
    name: "", mountPoint: HostPath(unchecked: "/sys/fs/cgroup/unified"))
  let hierarchies =
    ["memory", "pids", "cpu,cpuacct", "devices"].map {
      CgroupLayout.Hierarchy(name: $0, mountPoint: HostPath(unchecked: "/sys/fs/cgroup/\($0)"))
    } + [unifiedTree]
  do {
    return HostFacts(
      lastCapability: 40, capabilities: .all(last: 40), effectiveUser: 0,
      cgroups: try CgroupLayout(hierarchies: unified ? [unifiedTree] : hierarchies))
  } catch {
    fatalError("no machine: \(error)")
  }
}

private let machines = [machine(unified: false), machine(unified: true)]

/// config.json to plan to sequence: whatever passes the checks has a sequence that ends in the program, every path of the
/// container is normal, and every step has a text of one line.
func decide(_ bytes: [UInt8]) {
  guard let spec = try? Spec(json: bytes, named: "config.json") else { return }
  for machine in machines {
    guard
      let plan = try? Plan(
        id: "fuzz", bundle: HostPath(unchecked: "/bundle"), spec: spec, host: machine, options: PlanOptions())
    else { continue }
    let sequence = InitSequence(plan, options: InitSequence.Options())
    require(sequence.steps.last == .execute, "the program is not the last step")
    for step in sequence.steps {
      require(!step.name.isEmpty && !step.text.isEmpty, "a step without words")
    }
    for mount in plan.mounts { require(isNormal("\(mount.target)"), "the target \(mount.target) is not normal") }
    for path in plan.maskedPaths + plan.readonlyPaths { require(isNormal("\(path)"), "\(path) is not normal") }
    for folder in plan.cgroup.folders {
      require(isNormal(folder.path.string), "the cgroup \(folder.path) is not normal")
      require(folder.path.string.hasPrefix("/sys/fs/cgroup/"), "the cgroup \(folder.path) is not one")
    }
  }
}

private func isNormal(_ path: String) -> Bool {
  path.hasPrefix("/") && !path.utf8.contains(0)
    && !path.split(separator: "/", omittingEmptySubsequences: true).contains { $0 == "." || $0 == ".." }
}

/// A program that the kernel would take: not empty, not too long, no jump out of it, a return at its end (the checks of
/// bpf_check_classic() in net/core/filter.c).
func compile(_ bytes: [UInt8]) {
  guard let profile = try? OCI.Seccomp(json: bytes, named: "profile"),
    let program = try? FilterProgram(compiling: profile)
  else { return }
  let instructions = program.instructions
  require(!instructions.isEmpty && instructions.count <= FilterProgram.maximumInstructions, "its length")
  for (index, instruction) in instructions.enumerated() where instruction.code & 7 == 5 {
    let farthest =
      instruction.code == 5
      ? Int(instruction.operand) : Int(max(instruction.jumpTrue, instruction.jumpFalse))
    require(index + 1 + farthest < instructions.count, "the jump at \(index) leaves the program")
  }
  require((instructions.last?.code ?? 0) & 7 == 6, "it does not end in a return")
}

/// Device rules as `linux.resources.devices` has them.
func allowDevices(_ bytes: [UInt8]) {
  guard let resources = try? Spec.Resources(json: bytes, named: "resources") else { return }
  _ = try? DevicePolicy(resources.devices ?? [])
}

/// Limits to files and values: no value with a line end, no file with a slash.
func planResources(_ bytes: [UInt8]) {
  guard let resources = try? Spec.Resources(json: bytes, named: "resources") else { return }
  var linux = Spec.Linux()
  linux.resources = resources
  for machine in machines {
    guard let plan = try? CgroupPlan(linux: linux, id: "fuzz", layout: machine.cgroups) else { continue }
    require(!plan.folders.isEmpty, "a plan without folders")
  }
}
