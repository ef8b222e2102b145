internal import Kernel
internal import OCI

extension InitRun {
  /// Hooks in the container's namespaces. Before the pivot their paths are the host's, after it the container's
  /// (config.md, “createContainer Hooks”, “startContainer Hooks”).
  func runHooks(_ point: HookPoint, _ hooks: [Spec.Hook]) throws(SystemCallError) {
    let isBeforePivot = point == .createContainer
    // The state has the pid as the container sees it (config.md, “POSIX-platform Hooks”).
    let state = hookState.json(status: isBeforePivot ? "creating" : "created", pid: CurrentProcess.pid)
    // As in runc, they begin in the root file system.
    let root = isBeforePivot ? try attachedRoot() : nil
    let folder = root.map { HostPath(unchecked: $0.descriptor.procPath) } ?? HostPath(constant: "/")
    // In the container a hook without an environment has that of the process, as in runc.
    let environment = isBeforePivot ? HookRunner.defaultEnvironment : Environment.complete(process)
    do {
      try HookRunner.run(hooks, point, state: state, folder: folder, environment: environment)
    } catch {
      throw SystemCallError.refused(error.text)
    }
  }
}
