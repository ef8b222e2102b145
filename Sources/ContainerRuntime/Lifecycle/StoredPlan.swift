internal import JSON
internal import Kernel
internal import OCI

extension Container {
  /// The configuration as it was at create, with the limits as `update` has left them.
  func storedSpec() throws(OperationError) -> Spec {
    guard Defence.storedConfig.isOn else { return try Bundle(path: HostPath(unchecked: record.bundle)).spec }
    let bytes = try OperationError.wrapping { () throws(SystemCallError) in try folder.configuration() }
    do { return try Spec(json: bytes, named: "config.json") } catch { throw OperationError(error) }
  }

  func storedPlan() throws(OperationError) -> (plan: Plan, sequence: InitSequence) {
    let spec = try storedSpec()
    let host = try HostFacts.discover(for: spec)
    do {
      var call = PlanOptions(noPivot: record.noPivot)
      if record.relaysNotifications { call.notifyFolder = HostPath(constant: "notify") }
      let plan = try Plan(
        id: record.id, bundle: HostPath(unchecked: record.bundle), spec: spec, host: host, options: call)
      var options = InitSequence.Options(
        startSignal: .fifo, preservedDescriptors: record.preservedDescriptors, keyring: record.hasKeyring)
      options.keyringSecret = record.keyringSecret
      return (plan, InitSequence(plan, options: options))
    } catch {
      throw OperationError(error)
    }
  }
}
