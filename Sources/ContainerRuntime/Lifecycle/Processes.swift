internal import Cgroups
internal import Kernel

extension Container {
  /// The processes in the container's cgroup and those below it, as the caller's pid namespace numbers them, sorted.
  package func processes() throws(OperationError) -> [Int32] {
    guard let cgroup = try cgroup else { return [] }
    return try OperationError.wrappingCgroups { () throws(CgroupError) in try cgroup.processes() }
  }
}

/// The lines of the host's ps program that are about certain processes.
package struct ProcessTable {
  private static let programs: [StaticString] = ["/usr/bin/ps", "/bin/ps"]
  /// Bytes; what ps says beyond is cut off.
  private static let outputLimit = 64 << 20

  /// The header and the lines, as ps wrote them; control characters are escaped.
  package private(set) var lines: [String] = []

  /// Runs ps, by its absolute path and without anything of the caller's environment.
  /// - Parameter options: for ps; without any they are `-ef`.
  package init(of processes: [Int32], options: [String]) throws(OperationError) {
    let output = try Self.run(options.isEmpty ? ["-ef"] : options)
    let lines = output.split(separator: UInt8(ascii: "\n"))
    guard let header = lines.first else { throw OperationError("", "", .message("ps wrote nothing")) }
    guard let column = Self.words(header).firstIndex(where: { $0.elementsEqual("PID".utf8) }) else {
      throw OperationError("", "", .message("couldn't find PID field in ps output"))
    }
    let wanted = Set(processes)
    self.lines = [Self.text(header)]
    for line in lines.dropFirst() {
      let words = Self.words(line)
      guard words.count > column, let pid = Int32(String(decoding: words[column], as: UTF8.self)) else {
        throw OperationError(
          "", "", .message("unable to parse pid in a line of ps: \(quoted(Self.text(line)))"),
          hint: "name the column pid before those that may hold blanks")
      }
      if wanted.contains(pid) { self.lines.append(Self.text(line)) }
    }
  }

  private static func words(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  /// The words of others must not drive the caller's terminal.
  private static func text(_ line: ArraySlice<UInt8>) -> String { singleLine(String(decoding: line, as: UTF8.self)) }

  private static var candidates: [String] {
    if Defence.helperPaths.isOn { return programs.map { $0.description } }
    return (StartOfProgram.variable("PATH") ?? "").split(separator: ":").map { "\($0)/ps" }
  }

  private static func run(_ options: [String]) throws(OperationError) -> [UInt8] {
    guard let program = candidates.first(where: { isExecutable($0) == nil }) else {
      throw OperationError(
        "", "", .message("exec: \"ps\": executable file not found at /usr/bin/ps or /bin/ps"),
        hint: "--format json needs no ps program")
    }
    for option in options where option.utf8.contains(0) {
      throw OperationError("", "", .message("an option for ps contains a NUL character"))
    }
    let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
    return try OperationError.wrapping { () throws(SystemCallError) in
      let output = try Descriptor.memoryFile("ps-output")
      let input = try Descriptor.open(HostPath(constant: "/dev/null"), .readOnly)
      let child = try spawn(
        program, arguments: CStringList(["ps"] + options), environment: CStringList(environment), input: input,
        output: output, folder: HostPath(constant: "/"))
      let status = try child.pidfd.waitForExit(wait: true)
      try output.rewind()
      let bytes = try output.readAll(limit: outputLimit, expected: 65536)
      if status != .exited(0) {
        let said = String(decoding: bytes.prefix(2048), as: UTF8.self)
        throw SystemCallError.refused("ps: \(describe(status)): \(singleLine(said))")
      }
      return bytes
    }
  }

  private static func describe(_ status: ExitStatus?) -> String {
    switch status {
    case .exited(let code): "exit status \(code)"
    case .signalled(let signal): "killed by signal \(signal)"
    case nil: "no end"
    }
  }
}
