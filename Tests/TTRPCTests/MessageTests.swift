import Protobuf
import TTRPC
import Testing

@Suite struct MessageTests {
  /// The answer of the stock shim to `delete`, as it was seen on its standard output.
  @Test func deleteResponse() {
    let end = ProcessEnd(status: 137, moment: Moment(nanoseconds: 1_700_000_000_000_000_005))
    let time: [UInt8] = [0x08, 0x80, 0xe2, 0xcf, 0xaa, 0x06, 0x10, 5]
    #expect(
      DeleteResponse(pid: 249, end: end).protobuf
        == [0x08, 0xf9, 0x01, 0x10, 0x89, 0x01, 0x1a, UInt8(time.count)] + time)
  }

  @Test func createRequest() throws {
    let mount: [UInt8] = [0x0a, 4] + Array("bind".utf8) + [0x12, 2] + Array("/s".utf8) + [0x22, 2] + Array("ro".utf8)
    let bytes: [UInt8] =
      [0x0a, 1, 0x63, 0x12, 2] + Array("/b".utf8) + [0x1a, UInt8(mount.count)] + mount + [0x20, 1, 0x32, 2]
      + Array("/o".utf8)
    let request = try CreateTaskRequest(protobuf: bytes)
    #expect(request.id == "c")
    #expect(request.bundle == "/b")
    #expect(request.rootfs.first?.type == "bind")
    #expect(request.rootfs.first?.options == ["ro"])
    #expect(request.streams.terminal)
    #expect(request.streams.output == "/o")
    #expect(request.options == nil)
  }

  @Test func optionsOfAnotherTypeAreNone() throws {
    var wanted = RuntimeOptions()
    wanted.root = "/r"
    wanted.systemdCgroup = true
    let known = AnyMessage("containerd.runc.v1.Options", wanted.protobuf)
    #expect(try RuntimeOptions(known) == wanted)
    #expect(try RuntimeOptions(AnyMessage("type.googleapis.com/containerd.runc.v1.Options", wanted.protobuf)) == wanted)
    #expect(try RuntimeOptions(AnyMessage("other.Options", wanted.protobuf)) == RuntimeOptions())
    #expect(try RuntimeOptions(nil) == RuntimeOptions())
  }

  /// As containerd's plugin for Kubernetes sends the options of a runtime whose type it does not know.
  @Test func optionsAsTextAreRead() throws {
    func options(_ text: String) throws -> RuntimeOptions {
      let body = Array(text.utf8)
      let type = "containerd.runtimeoptions.v1.Options"
      return try RuntimeOptions(AnyMessage(type, [0x0a, 1, 0x74, 0x1a, UInt8(body.count)] + body))
    }
    var wanted = RuntimeOptions()
    #expect(try options("") == wanted)
    wanted.systemdCgroup = true
    wanted.root = "/r"
    wanted.ioUser = 7
    let text = "BinaryName = 'x'\nSystemdCgroup = true\r\n  Root=\"/r\" \nIoUid = 7\n[t]\nIoGid = 8\n"
    #expect(try options(text) == wanted)
    for text in ["SystemdCgroup = 'true'", "IoUid = -1", "Root = /r", "Root = '", "Root = \"a\\n\""] {
      #expect(throws: ProtobufError.self) { try options(text) }
    }
  }

  @Test func anEventInItsEnvelope() {
    let request = ForwardRequest(
      moment: Moment(nanoseconds: 2_000_000_000), namespace: "n", event: .start(container: "c", pid: 5))
    let event: [UInt8] = [0x0a, 1, 0x63, 0x10, 5]
    let any: [UInt8] = [0x0a, 27] + Array("containerd.events.TaskStart".utf8) + [0x12, UInt8(event.count)] + event
    let envelope: [UInt8] =
      [0x0a, 2, 0x08, 2, 0x12, 1, 0x6e, 0x1a, 12] + Array("/tasks/start".utf8) + [0x22, UInt8(any.count)] + any
    #expect(request.protobuf == [0x0a, UInt8(envelope.count)] + envelope)
  }

  @Test func bootstrapOfContainerd2_3() throws {
    let any = AnyMessage("containerd.runc.v1.Options", [0x08, 1]).protobuf
    let bytes: [UInt8] =
      [0x0a, 1, 0x63, 0x12, 1, 0x6e]
      // A negative level takes ten bytes.
      + [0x18, 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
      + [0x2a, 2] + Array("/t".utf8) + [0x32, 2] + Array("/g".utf8)
      + [0x42, UInt8(any.count + 2), 0x0a, UInt8(any.count)] + any + [0x4a, 2] + Array("/s".utf8)
    let parameters = try BootstrapParameters(protobuf: bytes)
    #expect(parameters.instance == "c")
    #expect(parameters.namespace == "n")
    #expect(parameters.logLevel == -4 && parameters.wantsDebug)
    #expect(parameters.eventsAddress == "/t")
    #expect(parameters.address == "/g")
    #expect(parameters.socketFolder == "/s")
    #expect(try RuntimeOptions(parameters.extensions.first?.value).noPivotRoot)
    #expect(
      BootstrapResult(version: 3, address: "a").protobuf == [0x08, 3, 0x12, 1, 0x61, 0x1a, 5] + Array("ttrpc".utf8))
  }

  /// A message is there even when it is empty; all else that is nothing is left out.
  @Test func whatIsNothingIsLeftOut() {
    #expect(StateResponse().protobuf.isEmpty)
    #expect(ProcessResponse(pid: 0).protobuf.isEmpty)
    #expect(WaitResponse(end: ProcessEnd(status: 0, moment: Moment(nanoseconds: 0))).protobuf == [0x12, 0])
  }

  /// Hostile, or of another century.
  @Test(arguments: [Int64.min, -1, 0, 1_000_000_000, .max])
  func momentsGoThere(nanoseconds: Int64) throws {
    let moment = Moment(nanoseconds: nanoseconds)
    #expect(try Moment(protobuf: moment.protobuf) == moment)
    #expect(throws: Never.self) {
      try Moment(protobuf: [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x10, 0x7f])
    }
  }
}
