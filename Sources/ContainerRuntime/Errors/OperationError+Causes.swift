internal import Cgroups
internal import JSON
package import Kernel

extension OperationError {
  package init(_ error: SystemCallError) {
    self.init(
      "", "", error.isRefusal ? .message(error.call) : .systemCall(error),
      hint: Hint.text(forCall: error.call, error.errno))
  }
  init(_ error: InvalidConfiguration) { self.init("", "", .properties(error.problems)) }
  init(_ error: JSONError) { self.init("", "", .properties([PropertyError(error.location, error.problemWithPlace)])) }

  init(_ error: CgroupError) {
    switch error {
    case .property(let path, let problem):
      self.init("", "", .properties([PropertyError("config.json.\(path)", problem)]))
    case .system(let error, .none): self.init(error)
    case .system(let error, .some(let property)):
      self.init("", "", .properties([PropertyError("config.json.\(property)", error.description)]))
    case .systemd(_, _, let mend): self.init("", "", .message(error.description), hint: mend)
    case .noHierarchies, .notEmpty, .frozen, .busy, .timedOut, .malformed, .notRestored:
      self.init("", "", .message(error.description))
    }
  }

  /// Runs what may fail in a system call, as a part of an operation.
  package static func wrapping<Result: ~Copyable>(
    _ body: () throws(SystemCallError) -> Result
  ) throws(OperationError) -> Result {
    do { return try body() } catch { throw OperationError(error) }
  }

  /// The same for cgroups.
  static func wrappingCgroups<Result: ~Copyable>(
    _ body: () throws(CgroupError) -> Result
  ) throws(OperationError) -> Result {
    do { return try body() } catch { throw OperationError(error) }
  }
}

/// What the kernel refuses, as the error of an operation.
@discardableResult
package func fromKernel<Result: ~Copyable>(
  _ call: @autoclosure () throws(SystemCallError) -> Result
) throws(OperationError) -> Result {
  do { return try call() } catch { throw OperationError(error) }
}

/// The same for cgroups.
func fromCgroups<Result: ~Copyable>(
  _ call: @autoclosure () throws(CgroupError) -> Result
) throws(OperationError) -> Result {
  do { return try call() } catch { throw OperationError(error) }
}

extension JSONError {
  fileprivate var problemWithPlace: String { line == 0 ? problem : "\(problem) (line \(line), column \(column))" }
}
