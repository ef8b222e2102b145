internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Invocation {
  /// - Returns: 1 when there are errors, 0 with warnings alone.
  func validate() throws(OperationError) -> Int32 {
    var request = PlanOptions()
    request.systemdCgroup = global.systemdCgroup
    let bundle = try path(.bundle, "--bundle") ?? HostPath(constant: ".")
    let validation = try Validation(
      bundle: bundle, options: request, nearest: { Suggestion.nearest(to: $0, among: $1) })
    Output.write(validation.text)
    return validation.errors.isEmpty ? 0 : 1
  }
}
