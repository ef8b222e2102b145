internal import DBus
internal import Kernel

/// A connection to systemd, for the few calls that a container needs (org.freedesktop.systemd1(5)).
final class SystemdManager {
  private static let busName = "org.freedesktop.systemd1"
  private static let managerPath = "/org/freedesktop/systemd1"
  private static let manager = "org.freedesktop.systemd1.Manager"

  /// Milliseconds for each call and for a job. APUS_SYSTEMD_PATIENCE shortens them, for whoever must not wait.
  private static var patience: Int32 {
    StartOfProgram.variable("APUS_SYSTEMD_PATIENCE").flatMap { Int32($0) }.map { min(max($0, 1), 30_000) } ?? 30_000
  }

  let kind: SystemdFacts.Manager
  private let connection: DBusConnection
  /// On a bus systemd is one of many; on its private socket it is the other side.
  private let destination: String?
  private var hearsJobs = false

  init(_ kind: SystemdFacts.Manager) throws(CgroupError) {
    self.kind = kind
    var failures: [String] = []
    for place in SystemdPlace.candidates(kind) {
      do throws(DBusError) {
        let connection = try DBusConnection(to: place.address, patience: Self.patience)
        if place.isBus {
          _ = try connection.call(
            "Hello", of: "org.freedesktop.DBus", at: "/org/freedesktop/DBus", destination: "org.freedesktop.DBus")
        }
        (self.connection, destination) = (connection, place.isBus ? Self.busName : nil)
        return
      } catch {
        failures.append("\(place.address): \(error)")
      }
    }
    if failures.isEmpty { failures = ["neither XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set"] }
    throw .systemd(
      "connect to the \(kind == .user ? "user's" : "host's") systemd", problem: failures.joined(separator: "; "),
      mend: kind == .user
        ? "log in anew with pam_systemd, or run loginctl enable-linger and set XDG_RUNTIME_DIR=/run/user/UID; or leave "
          + "--systemd-cgroup away"
        : "start systemd's private socket or the system bus, or leave --systemd-cgroup away")
  }

  /// After a call without an answer nothing more is asked on this connection.
  var isLost: Bool { connection.isLost }

  /// A method of the manager.
  private func ask(_ member: String, _ arguments: [DBusValue]) throws(DBusError) -> [DBusValue] {
    try connection.call(member, of: Self.manager, at: Self.managerPath, destination: destination, arguments)
  }

  private func failure(_ step: String, _ error: DBusError) -> CgroupError {
    .systemd(step, problem: error.description, mend: SystemdMend.text(for: error))
  }

  private func property(_ name: String, of interface: String, at path: String) throws(DBusError) -> String {
    let answer = try connection.call(
      "Get", of: "org.freedesktop.DBus.Properties", at: path, destination: destination,
      [.string(interface), .string(name)])
    guard case .variant(let value)? = answer.first, let text = value.text else {
      throw .broken("the property \(name) is no text")
    }
    return text
  }

  func facts() throws(CgroupError) -> SystemdFacts {
    do throws(DBusError) {
      let version = try property("Version", of: Self.manager, at: Self.managerPath)
      let group = try property("ControlGroup", of: Self.manager, at: Self.managerPath)
      return SystemdFacts(
        manager: kind, version: SystemdFacts.number(ofVersion: version) ?? 0, controlGroup: CgroupPath.components(group)
      )
    } catch {
      throw failure("ask for its version and cgroup", error)
    }
  }

  /// `active`, `failed`, …; nil for a unit that systemd does not have.
  func state(of unit: String) throws(CgroupError) -> String? {
    do throws(DBusError) {
      guard let path = try ask("GetUnit", [.string(unit)]).first?.text else { return nil }
      return try property("ActiveState", of: "org.freedesktop.systemd1.Unit", at: path)
    } catch {
      if error.saysThatThereIsNoUnit { return nil }
      throw failure("look for the unit \(unit)", error)
    }
  }

  /// Nil for a unit that systemd does not have.
  func description(of unit: String) throws(CgroupError) -> String? {
    do throws(DBusError) {
      guard let path = try ask("GetUnit", [.string(unit)]).first?.text else { return nil }
      return try property("Description", of: "org.freedesktop.systemd1.Unit", at: path)
    } catch {
      if error.saysThatThereIsNoUnit { return nil }
      throw failure("look for the unit \(unit)", error)
    }
  }

  /// Starts a transient unit, and waits until it is there.
  func start(_ unit: String, _ properties: [SystemdProperty]) throws(CgroupError) {
    let step = "start the unit \(unit)"
    let result: String
    do throws(DBusError) {
      try hearJobs()
      result = try awaitJob(
        ask(
          "StartTransientUnit",
          [
            .string(unit), .string("replace"), .array(of: "(sv)", properties.map { $0.argument }),
            .array(of: "(sa(sv))", []),
          ]))
    } catch {
      throw failure(step, error)
    }
    if result == "done" { return }
    throw .systemd(
      step, problem: "its job ended with the result \"\(result)\"", mend: "see systemctl status \(unit) and the journal"
    )
  }

  /// Stops a unit, and waits until it is gone. One that is gone already is fine.
  func stop(_ unit: String) throws(CgroupError) {
    do throws(DBusError) {
      try hearJobs()
      _ = try awaitJob(ask("StopUnit", [.string(unit), .string("replace")]))
    } catch {
      if !error.saysThatThereIsNoUnit { throw failure("stop the unit \(unit)", error) }
    }
    try resetFailed(unit)
  }

  /// Lets systemd forget a unit that failed.
  func resetFailed(_ unit: String) throws(CgroupError) {
    do throws(DBusError) { _ = try ask("ResetFailedUnit", [.string(unit)]) } catch {
      if !error.saysThatThereIsNoUnit { throw failure("forget the failed unit \(unit)", error) }
    }
  }

  /// For as long as the unit lives.
  func set(_ unit: String, _ properties: [SystemdProperty]) throws(CgroupError) {
    if properties.isEmpty { return }
    do throws(DBusError) {
      _ = try ask(
        "SetUnitProperties",
        [.string(unit), .boolean(true), .array(of: "(sv)", properties.map { $0.argument })])
    } catch {
      throw failure("change the unit \(unit)", error)
    }
  }

  /// Moves a process into a unit's cgroup, where systemd may and the caller may not.
  func attach(_ pid: Int32, to unit: String) throws(CgroupError) {
    do throws(DBusError) {
      _ = try ask(
        "AttachProcessesToUnit",
        [.string(unit), .string("/"), .array(of: "u", [.uint32(UInt32(bitPattern: pid))])])
    } catch {
      throw failure("move process \(pid) into the unit \(unit)", error)
    }
  }

  /// On a bus, signals come to those who ask; on the private socket they come to everybody.
  private func hearJobs() throws(DBusError) {
    if hearsJobs || destination == nil { return }
    let rule =
      "type='signal',sender='\(Self.busName)',path='\(Self.managerPath)',interface='\(Self.manager)',"
      + "member='JobRemoved'"
    _ = try connection.call(
      "AddMatch", of: "org.freedesktop.DBus", at: "/org/freedesktop/DBus", destination: "org.freedesktop.DBus",
      [.string(rule)])
    do throws(DBusError) { _ = try ask("Subscribe", []) } catch {
      guard case .refused("org.freedesktop.systemd1.AlreadySubscribed", _) = error else { throw error }
    }
    hearsJobs = true
  }

  /// - Returns: how the job ended: `done`, `failed`, `canceled`, …
  private func awaitJob(_ answer: [DBusValue]) throws(DBusError) -> String {
    guard let job = answer.first?.text else { throw .broken("the answer names no job") }
    // JobRemoved: number, job, unit, result.
    let signal = try connection.awaitSignal("JobRemoved", milliseconds: Int64(Self.patience)) { body in
      body.count == 4 && body[1].text == job
    }
    return signal[3].text ?? ""
  }
}

extension DBusError {
  fileprivate var saysThatThereIsNoUnit: Bool {
    if case .refused("org.freedesktop.systemd1.NoSuchUnit", _) = self { true } else { false }
  }
}

/// What may mend a refusal of systemd's.
enum SystemdMend {
  static func text(for error: DBusError) -> String? {
    switch error {
    case .refused("org.freedesktop.systemd1.UnitExists", _):
      "a unit of that name is there: stop it by systemctl stop, or take another name in linux.cgroupsPath"
    case .refused("org.freedesktop.DBus.Error.AccessDenied", _),
      .refused("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", _):
      "only root may ask the host's systemd; an ordinary user has one of its own (systemctl --user)"
    case .refused("org.freedesktop.DBus.Error.PropertyReadOnly", _),
      .refused("org.freedesktop.DBus.Error.InvalidArgs", _):
      "see the annotations org.systemd.property.* and which properties this version of systemd has for scopes"
    case .timedOut: "see systemctl list-jobs: systemd is busy or stopped"
    case .broken, .system, .refused: nil
    }
  }
}

/// Where a systemd can be reached.
struct SystemdPlace: Equatable {
  let address: DBusAddress
  let isBus: Bool

  /// In the order in which they are tried. The private sockets come first: they need no other daemon. An address of the
  /// system bus in the environment is there to be used.
  static func candidates(_ kind: SystemdFacts.Manager) -> [SystemdPlace] {
    candidates(kind, user: CurrentProcess.effectiveUser) {
      StartOfProgram.variable($0).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  static func candidates(
    _ kind: SystemdFacts.Manager, user: UInt32, _ variable: (String) -> String?
  ) -> [SystemdPlace] {
    switch kind {
    case .system:
      if let list = variable("DBUS_SYSTEM_BUS_ADDRESS") { return buses(list) }
      return [
        SystemdPlace(address: .path(HostPath(constant: "/run/systemd/private")), isBus: false),
        SystemdPlace(address: .path(HostPath(constant: "/run/dbus/system_bus_socket")), isBus: true),
      ]
    case .user:
      // In a user namespace the number is another one than that of the folder.
      let folder = variable("XDG_RUNTIME_DIR") ?? (user == 0 ? nil : "/run/user/\(user)")
      var places: [SystemdPlace] = []
      if let folder, let path = absolute(folder) {
        places.append(SystemdPlace(address: .path(path.appending("systemd/private")), isBus: false))
      }
      if let list = variable("DBUS_SESSION_BUS_ADDRESS") {
        places += buses(list)
      } else if let folder, let path = absolute(folder) {
        places.append(SystemdPlace(address: .path(path.appending("bus")), isBus: true))
      }
      return places
    }
  }

  private static func buses(_ list: String) -> [SystemdPlace] {
    DBusAddress.parse(list).map { SystemdPlace(address: $0, isBus: true) }
  }

  private static func absolute(_ folder: String) -> HostPath? {
    do throws(PathProblem) {
      let path = try HostPath(folder)
      return path.isAbsolute ? path : nil
    } catch {
      return nil
    }
  }
}
