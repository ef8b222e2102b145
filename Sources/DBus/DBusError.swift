public import Kernel

/// Why a call over D-Bus did not do what was asked.
public enum DBusError: Error, Equatable, Sendable, CustomStringConvertible {
  case system(SystemCallError)
  /// The other side answered with an error: its name (`org.freedesktop.systemd1.UnitExists`) and its text.
  case refused(name: String, text: String)
  /// The other side does not speak D-Bus, or ended the connection.
  case broken(String)
  /// No answer in time.
  case timedOut(call: String, milliseconds: Int64)

  public var description: String {
    switch self {
    case .system(let error): error.description
    case .refused(let name, ""): name
    case .refused(let name, let text): "\(text) (\(name))"
    case .broken(let problem): problem
    case .timedOut(let call, let milliseconds): "no answer to \(call) within \(milliseconds) ms"
    }
  }
}
