import OCI
import Protobuf
import Testing

@testable import ContainerRuntime

/// The messages of CRIU's RPC, byte by byte as its rpc.proto has them.
@Suite struct CRIUMessageTests {
  /// The fields of a message by their numbers, in order.
  private func fields(_ bytes: ArraySlice<UInt8>) throws -> [ProtobufField] {
    var reader = ProtobufReader(bytes)
    var fields: [ProtobufField] = []
    while let field = try reader.next() { fields.append(field) }
    return fields
  }

  private func fields(of options: CRIUOptions) throws -> [Int: [ProtobufField]] {
    Dictionary(grouping: try fields(options.protobuf[...]), by: \.number)
  }

  private static let plain = CRIUOptions(imagesFolder: 5, logFile: "dump.log", root: "/r")

  @Test func versionRequest() {
    #expect(CRIURequest(kind: .version).protobuf == [0x08, 10])
    #expect(CRIURequest(kind: .notify, notifySuccess: true).protobuf == [0x08, 6, 0x18, 1])
    #expect(
      CRIURequest(kind: .featureCheck, features: CRIUFeatures(tracksMemory: true)).protobuf
        == [0x08, 9, 0x2a, 2, 0x08, 1])
  }

  @Test func optionsThatAreAlwaysThere() throws {
    let fields = try fields(of: Self.plain)
    #expect(try fields[1]?.first?.signed == 5)
    #expect(try fields[9]?.first?.signed == 4, "the level of the log")
    #expect(try fields[10]?.first?.string == "dump.log")
    #expect(try fields[12]?.first?.bool == true, "notifications")
    #expect(try fields[13]?.first?.string == "/r")
    #expect(try fields[34]?.first?.signed == 6, "the default mode of cgroups")
    #expect(try fields[50]?.first?.bool == true, "masters of terminals")
    #expect(Set(fields.keys) == [1, 9, 10, 12, 13, 24, 34, 50])
  }

  /// proto2 tells a 0 from what is left out: the mode `ignore`, and a standard input that is inherited.
  @Test func zeroIsWritten() throws {
    var options = Self.plain
    options.cgroupMode = .ignore
    options.inheritedDescriptors = [.init(key: "pipe:[7]", number: 0)]
    let fields = try fields(of: options)
    #expect(try fields[34]?.first?.signed == 0)
    let pipe: [UInt8] = Array("pipe:[7]".utf8)
    try expect(fields[27], [0x0a, 8] + pipe + [0x10, 0])
  }

  @Test func listsOfMessages() throws {
    var options = Self.plain
    options.externalMounts = [.init(key: "/k", value: "/v"), .init(key: "/dev/null", value: "/dev/null")]
    options.cgroupRoots = [.init(controllers: "", path: "/c")]
    options.joinedNamespaces = [.init(kind: "ipc", path: "/i")]
    options.external = ["net[1]:extRootNetNS"]
    options.pageServer = CheckpointOptions.PageServer(address: "::1", port: 27)
    let fields = try fields(of: options)
    #expect(fields[23]?.count == 2)
    try expect(fields[23], [0x0a, 2, 0x2f, 0x6b, 0x12, 2, 0x2f, 0x76])
    // The cgroup v2 tree has no controllers in its name: an empty text, and it is there.
    try expect(fields[25], [0x0a, 0, 0x12, 2, 0x2f, 0x63])
    try expect(fields[39], [0x0a, 3, 0x69, 0x70, 0x63, 0x12, 2, 0x2f, 0x69])
    #expect(try fields[37]?.first?.string == "net[1]:extRootNetNS")
    try expect(fields[11], [0x0a, 3, 0x3a, 0x3a, 0x31, 0x10, 27])
  }

  private func expect(_ fields: [ProtobufField]?, _ bytes: [UInt8]) throws {
    let found = Array(try #require(fields?.first).bytes)
    #expect(found == bytes)
  }

  @Test func answers() throws {
    let version = try CRIUResponse(protobuf: [0x08, 10, 0x10, 1, 0x52, 6, 0x08, 3, 0x10, 17, 0x20, 1])
    #expect(version.kind == .version && version.isSuccess)
    #expect(version.version?.number == 31701)
    let failure = try CRIUResponse(protobuf: [0x08, 1, 0x10, 0, 0x38, 13])
    #expect(failure.kind == .dump && !failure.isSuccess && failure.errno == 13)
    let notification = try CRIUResponse(protobuf: [
      0x08, 6, 0x10, 1, 0x2a, 8, 0x0a, 3, 0x61, 0x2d, 0x62, 0x10, 0xe8, 0x07,
    ])
    #expect(notification.notification == CRIUNotification(place: "a-b", process: 1000))
    let features = try CRIUResponse(protobuf: [0x08, 9, 0x10, 1, 0x42, 4, 0x08, 0, 0x10, 1])
    #expect(features.features == CRIUFeatures(tracksMemory: false, lazyPages: true))
    // A kind that nothing here asks for, such as CHECK.
    #expect(try CRIUResponse(protobuf: [0x08, 3, 0x10, 1]).kind == nil)
  }

  @Test(arguments: [[UInt8]([0x08]), [0x2a, 9, 1], [0x0b], [0x0a, 1, 1]])
  func brokenAnswerIsAnError(bytes: [UInt8]) {
    #expect(throws: ProtobufError.self) { try CRIUResponse(protobuf: bytes) }
  }

  @Test(arguments: [
    (3, 15, 0, false, 31500), (3, 14, 9, false, 31409), (4, 2, 0, false, 40200), (4, 1, 1, true, 40200),
  ])
  func versionNumbers(major: UInt32, minor: UInt32, sublevel: UInt32, isUnreleased: Bool, number: Int) {
    let version = CRIUVersion(major: major, minor: minor, sublevel: sublevel, isUnreleased: isUnreleased)
    #expect(version.number == number)
  }
}
