internal import Kernel
internal import Seccomp

extension InitRun {
  /// From here on every call goes through the filter. Its notification descriptor is not sent but taken by the runtime:
  /// sending could be a call that nobody answers yet. That is why write(2) itself cannot be notified.
  func load(_ plan: SeccompPlan) throws(SystemCallError) {
    let listener = try SystemCallFilter.load(plan.packed, flags: plan.program.flags.rawValue)
    if plan.listener == nil { return }
    let step = progress.value
    progress.value = UInt32(listener)
    try runtime.write(InitMessage.listenerDue.bytes)
    try waitForRuntime(.listenerTaken)
    progress.value = step
    _ = Descriptor(owning: listener)
  }
}
