internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import OCI

extension Invocation {
  /// Writes a config.json to start from.
  func spec() throws(OperationError) -> Int32 {
    let folder = try path(.bundle, "--bundle") ?? HostPath(constant: ".")
    let spec =
      options.flag(.rootless)
      ? Spec.rootlessDefault(
        userID: CurrentProcess.effectiveUser, groupID: CurrentProcess.effectiveGroup, cgroupNamespace: true)
      : Spec.default(cgroupNamespace: true)
    do throws(SystemCallError) {
      let file = try Descriptor.open(
        folder.appending("config.json"), [.writeOnly, .create, .exclusive, .noFollow], mode: 0o666)
      try file.write(spec.json(.tabs))
    } catch {
      if error.errno == .exists {
        throw OperationError("", "", .message("File config.json exists. Remove it first"))
      }
      throw OperationError("", "", .systemCall(error))
    }
    return 0
  }

  /// Prints the plan and its steps; touches nothing.
  func explain() throws(OperationError) -> Int32 {
    var request = PlanOptions()
    request.noPivot = options.flag(.noPivot)
    let bundle = try Bundle(path: try path(.bundle, "--bundle") ?? HostPath(constant: "."))
    Output.write(try Explanation(bundle, options: request).text)
    return 0
  }

  func completion() throws(OperationError) -> Int32 {
    guard let shell = Shell(rawValue: arguments.first ?? "") else {
      throw OperationError("", "", .message("unknown shell; one of bash, zsh, fish"))
    }
    Output.write(CompletionScript.text(for: shell, program: program))
    return 0
  }
}
