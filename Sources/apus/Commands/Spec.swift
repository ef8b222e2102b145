internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel
internal import OCI

extension Invocation {
  /// Writes a config.json to start from.
  func spec() throws(OperationError) -> Int32 {
    let folder = try path(.bundle, "--bundle") ?? HostPath(constant: ".")
    let spec = try defaultSpec()
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

  /// With a cgroup namespace where there is nothing but cgroup v2, as runc writes it; an ordinary user, who may have no
  /// cgroup of the container's own to show in it, always has one.
  private func defaultSpec() throws(OperationError) -> Spec {
    let magic = try OperationError.wrapping { () throws(SystemCallError) in
      try HostPath(constant: "/sys/fs/cgroup").fileSystemMagic()
    }
    let isUnified = magic == FileSystemMagic.cgroup2
    if !options.flag(.rootless) { return Spec.default(cgroupNamespace: isUnified) }
    return Spec.rootlessDefault(
      userID: CurrentProcess.effectiveUser, groupID: CurrentProcess.effectiveGroup, cgroupNamespace: true)
  }

  /// Prints the plan and its steps; touches nothing.
  func explain() throws(OperationError) -> Int32 {
    var request = PlanOptions()
    request.noPivot = options.flag(.noPivot)
    request.systemdCgroup = global.systemdCgroup
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
