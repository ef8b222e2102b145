internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel

extension Invocation {
  func start() throws(OperationError) -> Int32 {
    let socket = NotifySocket(StartOfProgram.variable("NOTIFY_SOCKET"))
    try Container.start(try id(), in: try store(), notifying: socket)?.wait()
    return 0
  }

  func state() throws(OperationError) -> Int32 {
    let description = try Container(try id(), in: try store()).description()
    Output.write(description.json(.pretty) + [UInt8(ascii: "\n")])
    return 0
  }

  func kill() throws(OperationError) -> Int32 {
    let text = arguments.count > 1 ? arguments[1] : "TERM"
    guard let signal = Signals.number(text) ?? (Defence.signalSyntax.isOn ? nil : Int32(text.prefix { $0.isNumber }))
    else {
      throw OperationError("", "", .message("unknown signal \"\(text)\""))
    }
    try Container.kill(try id(), signal: signal, all: options.flag(.all), in: try store())
    return 0
  }

  func delete(_ reporter: Reporter) throws(OperationError) -> Int32 {
    try Container.delete(try id(), force: options.flag(.force), in: try store()) { reporter.warn($0) }
    return 0
  }
}
