package import Kernel

/// What `create` and `run` are asked for.
package struct CreateRequest: Sendable {
  package var id: ContainerID
  package var bundle: HostPath
  package var store: ContainerStore
  package var pidFile: HostPath?
  package var access = ProcessAccess()
  package var plan = PlanOptions()
  /// What the runtime adds to the environment of the config.
  package var environment: [String] = []
  /// Where the caller's service manager hears from the container.
  package var notifySocket: NotifySocket?
  package var sequence = InitSequence.Options()
  /// Receives warnings about properties without effect.
  package var log: @Sendable (PropertyError) -> Void = { _ in }
  /// Receives what is being done; nil when nobody wants to know.
  package var debug: (@Sendable (String) -> Void)?

  package init(id: ContainerID, bundle: HostPath, store: ContainerStore) {
    self.id = id
    self.bundle = bundle
    self.store = store
  }
}
