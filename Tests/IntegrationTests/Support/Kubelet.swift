import Foundation
import Protobuf
import Testing

/// What Kubernetes asks a container runtime for: calls of the Container Runtime Interface (k8s.io/cri-api,
/// runtime.v1) on containerd's plugin, their messages written by the numbers of their fields.
struct Kubelet {
  let engine: Engine
  private let client: String

  init(_ engine: Engine) throws {
    self.engine = engine
    client = engine.scratch.path("cri.py")
    try Data(Kubelet.program.utf8).write(to: URL(filePath: client))
  }

  /// gRPC is HTTP/2, which Python's package speaks: it carries the bytes of one message there and back.
  private static let program = #"""
    import grpc, sys
    channel = grpc.insecure_channel("unix:" + sys.argv[1])
    call = channel.unary_unary("/runtime.v1." + sys.argv[2])
    try:
        print(call(bytes.fromhex(sys.argv[3]), timeout=60).hex())
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    """#

  func attempt(_ method: String, _ body: (inout ProtobufWriter) -> Void) throws -> Output {
    var writer = ProtobufWriter()
    body(&writer)
    let hex = writer.bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
    return try engine.run(["/usr/bin/python3", client, "\(engine.folder)/containerd.sock", method, hex])
  }

  @discardableResult
  func call(_ method: String, _ body: (inout ProtobufWriter) -> Void) throws -> Message {
    let hex = Array(try attempt(method, body).succeed().stdout.utf8.dropLast())
    let bytes = stride(from: 0, to: hex.count, by: 2).compactMap {
      UInt8(String(decoding: hex[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    return try Message(protobuf: bytes)
  }

  /// Any message: its fields by their numbers.
  struct Message: ProtobufReadable {
    private var values: [Int: ProtobufValue] = [:]

    init() {}
    mutating func read(_ field: ProtobufField) { values[field.number] = field.value }

    /// Zero when it is left out, as proto3 does.
    func number(_ field: Int) -> UInt64 {
      guard case .varint(let number) = values[field] else { return 0 }
      return number
    }

    func text(_ field: Int) -> String {
      guard case .bytes(let bytes) = values[field] else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }

    func message(_ field: Int) throws -> Message {
      guard case .bytes(let bytes) = values[field] else { return Message() }
      return try Message(protobuf: bytes)
    }
  }

  // MARK: Pods

  /// A pod with a network of its own, or the host's.
  struct Pod {
    let name: String
    let id: String
    let sharesProcesses: Bool
  }

  struct Limits {
    var shares: UInt64 = 0
    var memory: UInt64 = 0

    func write(to writer: inout ProtobufWriter) {
      writer.unsigned(3, shares)
      writer.unsigned(4, memory)
    }
  }

  static let image = "127.0.0.1:5000/busybox:latest"

  func logs(_ pod: String) -> String { engine.scratch.path("logs-\(pod)") }

  func runPod(_ name: String, sharesProcesses: Bool) throws -> Pod {
    try FileManager.default.createDirectory(atPath: logs(name), withIntermediateDirectories: true)
    let id = try call("RuntimeService/RunPodSandbox") { request in
      request.message(1) { describe(name, sharesProcesses, &$0) }
      request.string(2, "apus")
    }.text(1)
    return Pod(name: name, id: id, sharesProcesses: sharesProcesses)
  }

  private func describe(_ name: String, _ sharesProcesses: Bool, _ config: inout ProtobufWriter) {
    config.message(1) { metadata in
      metadata.string(1, name)
      metadata.string(2, "uid-\(name)")
      metadata.string(3, "default")
    }
    config.string(2, "host-\(name)")
    config.string(3, logs(name))
    config.message(8) { linux in
      linux.string(1, "/" + engine.name)
      linux.message(2) { $0.message(1) { namespaces(&$0, sharesProcesses) } }
    }
  }

  /// NamespaceOption: the pod's (0) or the container's (1).
  private func namespaces(_ options: inout ProtobufWriter, _ sharesProcesses: Bool) {
    options.unsigned(2, sharesProcesses ? 0 as UInt64 : 1)
  }

  func start(_ name: String, in pod: Pod, _ command: [String], _ limits: Limits = Limits()) throws -> String {
    let id = try call("RuntimeService/CreateContainer") { request in
      request.string(1, pod.id)
      request.message(2) { config in
        config.message(1) { $0.string(1, name) }
        config.message(2) { $0.string(1, Kubelet.image) }
        config.string(3, command)
        config.string(11, "\(name).log")
        config.message(15) { linux in
          linux.message(1) { limits.write(to: &$0) }
          linux.message(2) { $0.message(3) { namespaces(&$0, pod.sharesProcesses) } }
        }
      }
      request.message(3) { describe(pod.name, pod.sharesProcesses, &$0) }
    }.text(1)
    try call("RuntimeService/StartContainer") { $0.string(1, id) }
    return id
  }

  func exec(_ id: String, _ command: String...) throws -> (status: UInt64, stdout: String, stderr: String) {
    let answer = try call("RuntimeService/ExecSync") { request in
      request.string(1, id)
      request.string(2, command)
      request.unsigned(3, 20 as UInt64)
    }
    return (answer.number(3), answer.text(1), answer.text(2))
  }

  /// Its state (1 is running, 2 has ended), how it ended and why.
  func status(_ id: String) throws -> (state: UInt64, code: UInt64, reason: String) {
    let status = try call("RuntimeService/ContainerStatus") { $0.string(1, id) }.message(1)
    return (status.number(3), status.number(7), status.text(10))
  }

  func remove(_ pod: Pod) throws {
    try call("RuntimeService/StopPodSandbox") { $0.string(1, pod.id) }
    try call("RuntimeService/RemovePodSandbox") { $0.string(1, pod.id) }
  }
}
