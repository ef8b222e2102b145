internal import Kernel
internal import OCI
internal import Seccomp

extension PlanBuilder {
  mutating func decideSeccomp() -> SeccompPlan? {
    guard let profile = linux?.seccomp else { return nil }
    let program: FilterProgram
    do {
      program = try FilterProgram(compiling: profile)
    } catch {
      // Without it the container would run without a filter.
      guard Defence.filterOrNothing.isOn else { return nil }
      problems.add(error.path.isEmpty ? "linux.seccomp" : "linux.seccomp.\(error.path)", error.problem)
      return nil
    }
    for warning in program.warnings { problems.warn("linux.seccomp.\(warning.path)", warning.problem) }
    var plan = SeccompPlan(program: program)
    if program.needsListener {
      guard let text = profile.listenerPath, !text.isEmpty else {
        problems.add("linux.seccomp.listenerPath", "is missing, and the profile uses SCMP_ACT_NOTIFY")
        return nil
      }
      guard let path = problems.hostPath(text, "linux.seccomp.listenerPath") else { return nil }
      plan.listener = SeccompPlan.Listener(path: path, metadata: profile.listenerMetadata ?? "")
    } else if !(profile.listenerMetadata ?? "").isEmpty && (profile.listenerPath ?? "").isEmpty {
      problems.add("linux.seccomp.listenerMetadata", "needs listenerPath")
    }
    return plan
  }
}
