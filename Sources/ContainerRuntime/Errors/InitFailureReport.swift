internal import Kernel

/// Tells in full what went wrong in the container's process, from the few bytes that it sent or from the step in which
/// it died. Both are its word and are checked.
struct InitFailureReport {
  /// How the report of an init begins that is gone without a word.
  static let death = "the container's process died"

  let sequence: InitSequence
  let process: ProcessPlan

  func error(_ message: [UInt8], progress: UInt32) -> OperationError {
    if case .failed(let index, let error) = InitMessage(message, stepCount: sequence.steps.count) {
      return told(index, error)
    }
    let index = Int(progress) - 1
    guard sequence.steps.indices.contains(index) else {
      return OperationError("", "", .message("\(Self.death) before its first step"))
    }
    return OperationError(
      "", "", .message("\(Self.death): \(sequence.steps[index].text)"), step: place(index))
  }

  private func told(_ index: Int, _ error: SystemCallError) -> OperationError {
    let step = sequence.steps[index]
    switch step {
    case .execute:
      let words = "exec \(singleLine(process.args[0])): \(error.errno.message)"
      var told = OperationError(
        "", "", .message("unable to start container process: \(words)"), step: place(index),
        hint: Hint.text(for: step, error.errno))
      told.executing = words
      return told
    case .findProgram:
      let text = "unable to start container process: exec: \(quoted(process.args[0])): \(programProblem(error))"
      return OperationError("", "", .message(text), step: place(index))
    case .setResourceLimit(let limit):
      return duringInit("error setting rlimit type \(limit.number): \(step.text)", index, error)
    case .runHooks:
      return duringInit(step.text, index, error)
    case .mount(let mount, _), .mountCgroups(let mount, _):
      let what = "error mounting \(quoted(mount.sourceText)) to rootfs at \(quoted("\(mount.target)")): \(step.text)"
      return duringInit(what, index, error)
    default:
      let cause: OperationError.Cause =
        error.isRefusal ? .message("\(step.text): \(error.call)") : .systemCall(error)
      return OperationError("", "", cause, step: place(index), hint: Hint.text(for: step, error.errno))
    }
  }

  /// In runc's words for what fails inside before the program.
  private func duringInit(_ what: String, _ index: Int, _ error: SystemCallError) -> OperationError {
    OperationError(
      "", "", .message("unable to start container process: error during container init: \(what): \(words(error))"),
      step: place(index), hint: Hint.text(for: sequence.steps[index], error.errno))
  }

  private func words(_ error: SystemCallError) -> String {
    error.isRefusal ? error.call : "\(error.errno.message) (\(error.errno.name))"
  }

  /// In the words of Go's os/exec, which engines look for.
  private func programProblem(_ error: SystemCallError) -> String {
    let name = process.args[0]
    if !name.utf8.contains(UInt8(ascii: "/")) && error.call == "find" {
      return error.errno == .noSuchFile ? "executable file not found in $PATH" : error.errno.message
    }
    return error.call == "stat" && error.errno != .accessDenied
      ? "stat \(singleLine(error.subject)): \(error.errno.message)" : error.errno.message
  }

  private func place(_ index: Int) -> OperationError.Step {
    let step = sequence.steps[index]
    return OperationError.Step(
      number: index + 1, count: sequence.steps.count, text: singleLine(step.text), property: step.property)
  }
}
