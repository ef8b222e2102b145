internal import CommandLine
internal import ContainerRuntime
internal import JSON
internal import Kernel

extension Invocation {
  func processes() throws(OperationError) -> Int32 {
    let processes = try Container(try id(), in: try store()).processes()
    switch options.format {
    case .json: Output.write(processes.json() + [UInt8(ascii: "\n")])
    case .table:
      let table = try ProcessTable(of: processes, options: Array(arguments.dropFirst()))
      Output.write(table.lines.map { $0 + "\n" }.joined())
    }
    return 0
  }
}
