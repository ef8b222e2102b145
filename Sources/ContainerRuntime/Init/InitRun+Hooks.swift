internal import Kernel
internal import OCI

extension InitRun {
  /// Hooks in the container's namespaces. Before the pivot their paths are the host's, after it the container's
  /// (config.md, “createContainer Hooks”, “startContainer Hooks”).
  func runHooks(_ point: HookPoint, _ hooks: [Spec.Hook]) throws(SystemCallError) {
    let pid: Int32
    let folder: HostPath
    if point == .createContainer {
      // procfs is still the host's and knows this process by the number that the host sees.
      let text = try HostPath(constant: "/proc/self").readLink()
      pid = Int32(text) ?? CurrentProcess.pid
      folder = HostPath(constant: ".")
    } else {
      pid = CurrentProcess.pid
      folder = HostPath(constant: "/")
    }
    let state = hookState.json(status: point == .createContainer ? "creating" : "created", pid: pid)
    do {
      try HookRunner.run(hooks, point, state: state, folder: folder)
    } catch {
      throw SystemCallError.refused(error.text)
    }
  }
}
