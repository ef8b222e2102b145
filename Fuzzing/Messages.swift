@testable import ContainerRuntime
import Protobuf
import TTRPC

/// What a client sends to the shim, in portions as the first byte says: no byte gets lost or comes twice, whatever the
/// portions are, and whatever can be read is written and read again as the same.
func readFrames(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  let (size, stream) = (Int(first) + 1, Array(bytes.dropFirst()))
  var (reader, whole) = (FrameReader(), FrameReader())
  whole.append(stream)
  for start in stride(from: 0, to: stream.count, by: size) {
    reader.append(Array(stream[start..<min(start + size, stream.count)]))
    while let part = reader.next() {
      require(part == whole.next(), "the portions change what is read")
      if case .frame(let frame) = part { readCall(frame) }
    }
  }
}

private func readCall(_ frame: Frame) {
  require(frame.payload.count <= Frame.payloadLimit, "a frame beyond the limit")
  var copy = FrameReader()
  copy.append(frame.bytes)
  require(copy.next() == .frame(frame), "the copy is another frame")
  copyOf(CallResponse.self, frame.payload)
  readRequests(frame.payload)
  guard let call = copyOf(CallRequest.self, frame.payload) else { return }
  readRequests(call.payload)
}

/// The requests of containerd's task service, and what comes to the shim on its standard input.
private func readRequests(_ bytes: [UInt8]) {
  copyOf(CreateTaskRequest.self, bytes)
  copyOf(ExecTaskRequest.self, bytes)
  copyOf(KillTaskRequest.self, bytes)
  copyOf(ProcessReference.self, bytes)
  copyOf(ResizeTerminalRequest.self, bytes)
  copyOf(CloseInputRequest.self, bytes)
  copyOf(UpdateTaskRequest.self, bytes)
  copyOf(CheckpointTaskRequest.self, bytes)
  copyOf(BootstrapParameters.self, bytes)
  if let any = copyOf(AnyMessage.self, bytes) { _ = try? RuntimeOptions(any) }
}

@discardableResult
private func copyOf<Message: ProtobufMessage & Equatable>(_: Message.Type, _ bytes: [UInt8]) -> Message? {
  guard let message = try? Message(protobuf: bytes) else { return nil }
  do {
    require(try Message(protobuf: message.protobuf) == message, "the copy is another message")
  } catch {
    fatalError("the copy cannot be read: \(error)")
  }
  return message
}

/// What CRIU answers, and the file of a checkpoint's folder that tells the standard streams.
func readCRIU(_ bytes: [UInt8]) {
  if let answer = try? CRIUResponse(protobuf: bytes) { _ = answer.kind?.name }
  if let descriptors = try? CheckpointFolders.parse(bytes) {
    let inherited = ExternalDescriptors.inherited(descriptors)
    require(inherited.count <= 3 && inherited.allSatisfy { (0...2).contains($0.number) }, "a descriptor that is none")
  }
}
