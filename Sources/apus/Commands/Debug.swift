#if APUS_FAULTS
  internal import CommandLine
  internal import ContainerRuntime
  internal import Kernel

  /// `apus debug steps`, in a fault build only: the steps at which it can be stopped, for the options of a `create`; and
  /// `apus debug defences`: what it can be told to do without.
  enum DebugCommand {
    static func runIfAsked() {
      let words = StartOfProgram.arguments
      guard words.count >= 3, words[1] == "debug" else { return }
      if words[2] == "defences" {
        Output.write(defenceNames.map { $0 + "\n" }.joined())
        exitNow(0)
      }
      guard words[2] == "steps" else { return }
      do {
        let parsed = try Request.parse([words[0], "create"] + words.dropFirst(3) + ["ID"])
        guard case .run(let invocation) = parsed else { exitNow(1) }
        let inherited = try InheritedDescriptors(preserved: 0)
        let request = try invocation.createRequest(Reporter(invocation.global), inherited)
        Output.write(try FaultPoints(request).text)
        exitNow(0)
      } catch {
        Output.writeError("apus: \(error)\n")
        exitNow(1)
      }
    }
  }
#endif
