internal import Cgroups
internal import Kernel
internal import OCI

/// Tells when a start failed because the container's memory limit is too low for it, instead of the step that happened
/// to need one page more.
struct MemoryShortage {
  /// What a start takes until the program runs, in bytes: the process itself and what the kernel charges to its cgroup
  /// for namespaces, mounts and files, measured with the default configuration (docs/cgroups.md); and the words for the
  /// program twice, since execve(2) copies them.
  static func need(args: [String], environment: [String]) -> Int64 {
    let words = (args + environment).reduce(0) { $0 + $1.utf8.count + 9 }
    return (262_144 + 2 * Int64(words) + 4095) / 4096 * 4096
  }

  private static let property = "linux.resources.memory.limit"

  /// The limit of the container's own cgroup, in bytes; nil without one.
  let limit: Int64?
  let cgroup: CgroupRecord?
  private let need: Int64

  init(plan: Plan, cgroup: CgroupRecord?) {
    limit = plan.cgroup.writes.first { $0.property == Self.property }.flatMap { write in
      if case .text(let text) = write.value { Int64(text) } else { nil }
    }
    self.cgroup = cgroup
    need = Self.need(args: plan.process.args, environment: plan.process.env)
  }

  /// The error that the init's failure is, when memory was what it lacked; else as it was.
  func explaining(_ error: OperationError) -> OperationError {
    if isDeath(error) ? kills == 0 : !isRefusal(error) { return error }
    var told = error
    guard let limit, limit < 16 * need else {
      if !isDeath(error) { return error }
      told.cause = .message(
        "the kernel ended the container's process for lack of memory; the start takes about \(need) bytes")
      told.hint = "see the memory limits of the container's cgroup and of those above it"
      return told
    }
    told.cause = .message(
      "the memory limit (\(limit) bytes) is too low for the start, which takes about \(need) bytes")
    told.hint = "raise \(Self.property) to \(need) and what the program itself needs"
    return told
  }

  /// The init sent no word.
  private func isDeath(_ error: OperationError) -> Bool {
    if case .message(let text) = error.cause { text.hasPrefix(InitFailureReport.death) } else { false }
  }

  /// A system call of the init's got no memory, and the limit is below the need.
  private func isRefusal(_ error: OperationError) -> Bool {
    guard let limit, limit < need, case .systemCall(let failure) = error.cause else { return false }
    return failure.errno == .noMemory
  }

  private var kills: UInt64 {
    guard let cgroup else { return 0 }
    do { return try Cgroup(cgroup).outOfMemoryKills() ?? 0 } catch {
      // Without the number the failure is told as it came.
      return 0
    }
  }
}

extension PlanBuilder {
  /// Without the OOM killer, a start that runs out of memory would wait for ever.
  mutating func checkMemory() {
    guard let memory = linux?.resources?.memory, memory.disableOOMKiller == true, let limit = memory.limit,
      host.cgroups.kind != .v2
    else { return }
    let need = MemoryShortage.need(args: spec.process?.args ?? [], environment: spec.process?.env ?? [])
    if limit <= 0 || limit >= need { return }
    problems.add(
      "linux.resources.memory.limit",
      "the memory limit (\(limit) bytes) is too low for the start, which takes about \(need) bytes and, "
        + "with disableOOMKiller, would wait for ever")
  }
}
