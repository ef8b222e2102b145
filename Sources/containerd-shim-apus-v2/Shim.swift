internal import ContainerRuntime
internal import Kernel

/// The process that stands between containerd and its containers (containerd's runtime v2). containerd calls it to
/// start, which leaves a server behind that lives as long as its containers, and to clean up after a server that died.
@main
struct Shim {
  static func main() {
    do { try Descriptor.fillStandardStreams() } catch { exitNow(1) }
    do throws(OperationError) {
      let arguments = try ShimArguments(StartOfProgram.arguments)
      switch arguments.action {
      case .version: StandardOutput.write(Array("\(arguments.program):\n  Version:  \(Version.number)\n".utf8))
      case .information: try InformationAction.run()
      case .start: try StartAction(arguments).run()
      case .delete: try DeleteAction(arguments).run()
      case .serve:
        try Seal.ensure()
        try Server.run(arguments)
      }
      exitNow(0)
    } catch {
      StandardOutput.writeError("\(error.oneLine)\n")
      exitNow(1)
    }
  }
}

/// containerd reads both streams of `start` as one: nothing but the answer may be in them.
enum StandardOutput {
  static func write(_ bytes: [UInt8]) { write(bytes, 1) }
  static func writeError(_ text: String) { write(Array(text.utf8), 2) }

  private static func write(_ bytes: [UInt8], _ number: Int32) {
    do throws(SystemCallError) {
      try Descriptor.borrowing(number) { descriptor throws(SystemCallError) in try descriptor.write(bytes) }
    } catch {
      // Nobody reads it any more.
    }
  }
}
