public import Kernel

/// What goes wrong with cgroups, told with the property of the configuration or the file that it is about.
public enum CgroupError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A property is wrong, or this host cannot honour it. The path is that of the JSON: `linux.resources.memory.limit`.
  case property(String, problem: String)
  /// A system call failed; the property is the one that asked for it, if one did.
  case system(SystemCallError, property: String?)
  /// The host has no cgroups that can be used.
  case noHierarchies(String)
  /// There is a cgroup with processes at the place of the new one (runc#3131).
  case notEmpty(path: String, processes: [Int32])
  /// The cgroup at that place, or one above it, is frozen: whatever is put into it would never run.
  case frozen(path: String)
  /// A cgroup could not be removed in time.
  case busy(path: String, processes: [Int32])
  /// The cgroup did not reach a state in time.
  case timedOut(path: String, state: String, milliseconds: Int64)
  /// A file of the kernel says what its documentation does not.
  case malformed(path: String, problem: String)

  /// systemd did not do what it was asked for, at a step; what may mend it.
  case systemd(String?, problem: String, mend: String?)

  /// An update failed, and not everything could be put back as it was.
  case notRestored(cause: String, property: String)

  public var description: String {
    switch self {
    case .property(let path, let problem): "\(path): \(problem)"
    case .system(let error, .none): error.description
    case .system(let error, .some(let property)): "\(property): \(error.description)"
    case .noHierarchies(let problem): "no usable cgroups: \(problem)"
    case .notEmpty(let path, let processes):
      "container's cgroup is not empty: \(processes.count) process(es) found in \(path): \(list(processes))"
    case .frozen(let path): "container's cgroup unexpectedly frozen: \(path)"
    case .busy(let path, []): "cannot remove cgroup \(path): it is busy, although no process is seen in it"
    case .busy(let path, let processes):
      "cannot remove cgroup \(path): \(processes.count) process(es) still in it: \(list(processes))"
    case .timedOut(let path, let state, let milliseconds):
      "cgroup \(path) was not \(state) within \(milliseconds) ms"
    case .malformed(let path, let problem): "\(path): \(problem)"
    case .systemd(.none, let problem, _): problem
    case .systemd(.some(let step), let problem, _): "systemd: \(step): \(problem)"
    case .notRestored(let cause, let property):
      "\(cause); the limit of \(property) that was there before could not be restored"
    }
  }

  /// At most ten numbers: a message stays a line.
  private func list(_ processes: [Int32]) -> String {
    let shown = processes.prefix(10).map { String($0) }.joined(separator: " ")
    return processes.count > 10 ? shown + " …" : shown
  }
}
