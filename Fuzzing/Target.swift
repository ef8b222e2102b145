import Cgroups
import CommandLine
import ContainerRuntime
import JSON
import Kernel
import OCI
import Seccomp

/// What libFuzzer calls with every input. The target is named by FUZZ_TARGET.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  target.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}

private let target: Target = {
  guard let name = StartOfProgram.variable("FUZZ_TARGET"), let target = Target(rawValue: name) else {
    fatalError("FUZZ_TARGET must be one of \(Target.allCases.map(\.rawValue).joined(separator: " "))")
  }
  return target
}()

/// What takes bytes as they could come from outside. A target must neither trap nor contradict itself: what is refused
/// is fine, and whatever is taken must hold what the target asks for.
enum Target: String, CaseIterable {
  case json, config, process, state, seccomp, devices, resources
  case id, user
  case commandLine = "command-line"
  case initMessage = "init-message"
  case mountinfo
  case dbus
  case shim, criu

  func run(_ bytes: [UInt8]) {
    switch self {
    case .json: roundTrip(JSONValue.self, bytes)
    case .config: decide(bytes)
    case .process: roundTrip(Spec.Process.self, bytes)
    case .state: roundTrip(Record.self, bytes)
    case .seccomp: compile(bytes)
    case .devices: allowDevices(bytes)
    case .resources: planResources(bytes)
    case .id: checkID(bytes)
    case .user: changeUser(bytes)
    case .commandLine: parseCommandLine(bytes)
    case .initMessage: readInitMessage(bytes)
    case .mountinfo: readMountinfo(bytes)
    case .dbus: readDBus(bytes)
    case .shim: readFrames(bytes)
    case .criu: readCRIU(bytes)
    }
  }
}

/// Stops the program: the fuzzer keeps what led here.
func require(_ condition: Bool, _ what: String) {
  if !condition { fatalError(what) }
}

/// What was read and is written is read again as the same.
private func roundTrip<Value: JSONReadable & JSONWritable & Equatable>(_: Value.Type, _ bytes: [UInt8]) {
  guard let value = try? Value(json: bytes, named: "input") else { return }
  var writer = JSONWriter()
  value.write(to: &writer)
  do {
    require(try Value(json: writer.bytes, named: "copy") == value, "the copy is another value")
  } catch {
    fatalError("the copy cannot be read: \(error)")
  }
}
