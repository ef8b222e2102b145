package import Kernel

/// What `exec` is asked for.
package struct ExecRequest: Sendable {
  package var id: ContainerID
  package var store: ContainerStore
  package var changes = ProcessChanges()
  /// The file that describes the whole process (`--process`).
  package var processFile: HostPath?
  /// The same without a file.
  package var processDescription: [UInt8]?
  package var pidFile: HostPath?
  package var access = ProcessAccess()
  package var preservedDescriptors = 0
  /// Cgroups below the container's own, as `--cgroup` names them.
  package var cgroups: [String] = []
  package var ignoresPaused = false
  /// Receives warnings about properties without effect.
  package var log: @Sendable (PropertyError) -> Void = { _ in }
  /// Receives what is being done; nil when nobody wants to know.
  package var debug: (@Sendable (String) -> Void)?

  package init(id: ContainerID, store: ContainerStore) {
    self.id = id
    self.store = store
  }
}
