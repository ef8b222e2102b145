internal import CommandLine
internal import ContainerRuntime
internal import Kernel

@main
struct Apus {
  static func main() {
    do { try Descriptor.fillStandardStreams() } catch { exitNow(1) }
    // Whoever ignores it hears of no child's end, and a program inherits that: the runtime would wait for ever.
    if Defence.inheritedState.isOn { Signals.reset(17) }
    #if APUS_FAULTS
      DebugCommand.runIfAsked()
    #endif
    let request: Request
    do {
      request = try Request.parse(StartOfProgram.arguments)
    } catch {
      let reporter = Reporter(error.global)
      reporter.fail(error)
    }
    switch request {
    case .help(let command):
      Output.write(HelpText.text(for: command, program: Request.programName(of: StartOfProgram.arguments.first)))
    case .version:
      Output.write(Version.text(program: Request.programName(of: StartOfProgram.arguments.first)))
    case .run(let invocation):
      let reporter = Reporter(invocation.global)
      do throws(OperationError) {
        exitNow(try invocation.perform(reporter))
      } catch {
        reporter.fail(invocation, error)
      }
    }
  }
}
