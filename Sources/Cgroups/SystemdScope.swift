internal import DBus
internal import Kernel

/// A scope that is being made. A scope needs a process from its beginning, and the container's comes after its limits:
/// until then a placeholder holds the scope open. It dies with the runtime, and systemd takes away a scope that has no
/// processes any more: so a kill at any instant leaves nothing behind.
final class SystemdScope {
  private let unit: SystemdUnit
  private let manager: SystemdManager
  private var placeholder: Placeholder?
  private var isKept = false
  private let owner = CurrentProcess.pid

  init(_ unit: SystemdUnit, _ properties: [SystemdProperty]) throws(CgroupError) {
    self.unit = unit
    manager = try SystemdManager(unit.manager)
    let placeholder = try wrapping { () throws(SystemCallError) in try Placeholder() }
    self.placeholder = placeholder
    let processes = DBusValue.array(of: "u", [.uint32(UInt32(bitPattern: placeholder.pid))])
    try manager.start(unit.name, properties + [SystemdProperty("PIDs", processes)])
  }

  deinit {
    if CurrentProcess.pid == owner { end() }
  }

  /// Takes the scope away, unless it is kept.
  func end() {
    if isKept { return }
    isKept = true
    placeholder = nil
    do throws(CgroupError) {
      // A systemd that did not answer once is not waited for again; the scope ends without its process.
      if !manager.isLost { try manager.stop(unit.name) }
    } catch {}
  }

  /// The container's own process is in the scope: it needs no other any more.
  /// - Returns: false when there was none any more.
  func settle() -> Bool {
    defer { placeholder = nil }
    return placeholder != nil
  }

  func keep() {
    placeholder = nil
    isKept = true
  }
}

/// A child that does nothing and ends with the runtime.
private final class Placeholder {
  private let child: ChildProcess
  /// Its end of file ends the child that the signal does not find.
  private let life: DescriptorPair
  private let owner = CurrentProcess.pid

  init() throws(SystemCallError) {
    let life = try Descriptor.pipe()
    child = try clone(CloneRequest()) {
      do throws(SystemCallError) {
        try CurrentProcess.control(.parentDeathSignal, 9)
        try Descriptor.closeAll(from: 0, except: [life.first.number])
        while try poll([(life.first.number, .readable)], timeout: nil)[0].isEmpty {}
      } catch {
        exitNow(1)
      }
      exitNow(0)
    }
    self.life = life
  }

  deinit {
    if CurrentProcess.pid != owner { return }
    do throws(SystemCallError) {
      try child.pidfd.sendSignal(9)
      _ = try child.pidfd.waitForExit(wait: true)
    } catch {
      // It is gone already.
    }
  }

  var pid: Int32 { child.pid }
}
