internal import ContainerRuntime
internal import Kernel

/// The way by which the master of a new terminal comes from the worker to the shim.
final class Console {
  private let shimEnd: Descriptor
  private let workerEnd: Descriptor

  /// nil without a terminal.
  init?(isWanted: Bool) throws(SystemCallError) {
    if !isWanted { return nil }
    let pair = try Descriptor.socketPair(.stream)
    shimEnd = try pair.first.duplicate()
    workerEnd = try pair.second.duplicate()
    try shimEnd.setNonBlocking(true)
  }

  var kept: [Int32] { [workerEnd.number] }

  /// In the worker: its end, for the launcher.
  func socket() -> CallerSocket { CallerSocket(connected: Descriptor(owning: workerEnd.number)) }

  /// The master, which was sent before the worker's answer.
  func takeMaster() throws(SystemCallError) -> Descriptor {
    let message = try shimEnd.receive(most: 256, descriptors: 1)
    guard message.descriptors.count == 1 else { throw SystemCallError.refused("the terminal did not come") }
    return try message.descriptors.withDescriptor(0) { master throws(SystemCallError) in try master.duplicate() }
  }
}
