internal import Kernel

/// The user's program with its arguments and its environment, as execve(2) takes them. A seccomp filter that is loaded
/// last sees nothing but that call: looking up HOME in the container's passwd file or taking memory would go through it.
final class ProgramCall {
  let path: String
  private let arguments: CStringList
  private let environment: CStringList

  init(_ path: String, _ process: ProcessPlan) {
    self.path = path
    arguments = CStringList(process.args)
    environment = CStringList(Environment.complete(process))
  }

  /// Returns only when it failed.
  func execute() -> Errno { Kernel.execute(path, arguments: arguments, environment: environment) }
}
