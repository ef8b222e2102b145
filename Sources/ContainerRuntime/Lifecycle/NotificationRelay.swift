internal import Kernel

/// The socket of the service manager that started the caller, as NOTIFY_SOCKET names it (sd_notify(3)).
package struct NotifySocket: Equatable, Sendable {
  let address: String

  /// nil for a value that names none.
  package init?(_ value: String?) {
    guard let value, let first = value.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
      value.utf8.count > 1
    else { return nil }
    address = value
  }

  static let name = "notify.sock"
  /// Where the container finds its own socket.
  static let mountPoint = "/run/notify"
  static let variable = "NOTIFY_SOCKET=\(mountPoint)/\(name)"
}

/// Stands between a container and the caller's service manager, which would not believe a process that is not in its
/// own service and must not be told anything else by a container: of all that is said there, only that the container
/// is ready is passed on, together with the number of its process.
package final class NotificationRelay {
  private let socket: Descriptor
  private let manager: NotifySocket

  /// As much as is read of one message; what is longer is cut.
  private static let most = 4096
  /// How many waiting messages are looked at once the process has ended.
  private static let mostAtEnd = 256
  /// Milliseconds for a message to the service manager.
  private static let patience: Int32 = 10_000
  /// Milliseconds that the service manager has for taking note (sd_notify_barrier(3)).
  private static let barrierPatience: Int32 = 30_000

  static func makeFolder(in folder: borrowing ContainerFolder) throws(SystemCallError) {
    // Whatever the umask of the caller: the container's user goes through it.
    let mask = CurrentProcess.setUmask(0)
    defer { CurrentProcess.setUmask(mask) }
    try folder.descriptor.makeDirectory(ContainerFolder.notifications, mode: 0o755)
  }

  /// - Throws: ENOENT when the container was made without the folder.
  init(_ manager: NotifySocket, in folder: borrowing ContainerFolder) throws(SystemCallError) {
    self.manager = manager
    let place = try folder.descriptor.open(ContainerFolder.notifications, [.readOnly, .directory, .noFollow])
    do throws(SystemCallError) { try place.removeFile(NotifySocket.name) } catch {
      // As it should be: it is left there by a start that failed.
    }
    socket = try place.bindDatagrams(named: NotifySocket.name)
  }

  var number: Int32 { socket.number }

  /// Waits until the container is ready and the service manager knows it, or until the process ends.
  func serve(_ pid: Int32, until process: borrowing Descriptor) throws(SystemCallError) {
    while true {
      let events = try poll([(socket.number, .readable), (process.number, .readable)], timeout: nil)
      if !events[0].isEmpty, try passOn(pid, confirmed: true) { return }
      if events[1].isEmpty { continue }
      for _ in 0..<NotificationRelay.mostAtEnd where try socket.hasInput() {
        if try passOn(pid, confirmed: true) { return }
      }
      return
    }
  }

  /// Takes one message.
  /// - Parameter confirmed: whether to wait until the service manager has taken note.
  /// - Returns: whether it said that the container is ready, and that was passed on.
  func passOn(_ pid: Int32, confirmed: Bool = false) throws(SystemCallError) -> Bool {
    guard let said = try readiness() else { return false }
    let connection = try Descriptor.datagrams(to: manager.address, timeout: NotificationRelay.patience)
    try connection.send(Defence.notifyWords.isOn ? Array("READY=1\n".utf8) : said)
    try connection.send(Array("MAINPID=\(pid)\n".utf8))
    if confirmed { try awaitBarrier(connection) }
    return true
  }

  /// The next message, when it says that the container is ready.
  private func readiness() throws(SystemCallError) -> [UInt8]? {
    do throws(SystemCallError) {
      let bytes = try socket.receive(most: NotificationRelay.most).bytes
      return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual("READY=1".utf8) } ? bytes : nil
    } catch {
      if error.errno == .again { return nil }
      throw error
    }
  }

  /// The service manager closes the end of a pipe once it has handled what came before. An old one does not, and may
  /// not know the sender any more when it reads; nothing better can be done then.
  private func awaitBarrier(_ connection: borrowing Descriptor) throws(SystemCallError) {
    let end = try sendBarrier(connection)
    _ = try poll([(end.number, .readable)], timeout: NotificationRelay.barrierPatience)
  }

  private func sendBarrier(_ connection: borrowing Descriptor) throws(SystemCallError) -> Descriptor {
    let pipe = try Descriptor.pipe()
    try connection.send(Array("BARRIER=1".utf8), descriptors: [pipe.second.number])
    return try pipe.first.duplicate()
  }
}

/// The readiness of a container that was started, to be passed on once its lock is free again.
package final class AwaitedReadiness {
  private let relay: NotificationRelay
  private let process: Descriptor
  private let pid: Int32

  /// nil when nobody waits, or the container was made for nobody who does.
  init?(_ socket: NotifySocket?, of container: Container) throws(SystemCallError) {
    guard let socket, container.record.relaysNotifications, let pid = container.record.initProcess?.pid,
      let process = try container.openProcess()
    else { return nil }
    relay = try NotificationRelay(socket, in: container.folder)
    self.process = process
    self.pid = pid
  }

  package func wait() throws(OperationError) {
    try OperationError.wrapping { () throws(SystemCallError) in try relay.serve(pid, until: process) }
  }
}
