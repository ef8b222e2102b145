import JSON
import OCI
import Testing

/// Configurations as real callers wrote them: nothing of them is lost.
@Suite(.enabled(if: SharedFolder.exists))
struct RealConfigTests {
  static let processes = SharedFolder.files(in: "configs").filter { $0.hasSuffix("-process.json") }
  static let configs = SharedFolder.files(in: "configs").filter { !$0.hasSuffix("-process.json") }

  @Test func allAreThere() {
    #expect(Self.configs.count == 15)
    #expect(Self.processes.count == 3)
  }

  @Test(arguments: configs) func aConfigIsKept(_ file: String) throws {
    let bytes = try SharedFolder.bytes("configs/" + file)
    var unknown: [UnknownProperty] = []
    let spec = try Spec(json: bytes, named: file, unknownProperties: &unknown)
    #expect(unknown == [])
    #expect(spec.json().count > 1000)
    let original = try JSONValue(json: bytes, named: file)
    #expect(try JSONValue(json: spec.json(), named: file) == original.withoutNulls)
    #expect(try Spec(json: spec.json(.pretty)) == spec)
  }

  @Test(arguments: processes) func aProcessIsKept(_ file: String) throws {
    let bytes = try SharedFolder.bytes("configs/" + file)
    var unknown: [UnknownProperty] = []
    let process = try Spec.Process(json: bytes, named: file, unknownProperties: &unknown)
    #expect(unknown == [])
    let original = try JSONValue(json: bytes, named: file)
    #expect(try JSONValue(json: process.json(), named: file) == original.withoutNulls)
  }

  /// The examples of the runtime-spec, also those for other platforms, whose common part is read. One still has a
  /// property that was moved to the process in version 1.0.
  @Test(arguments: SharedFolder.files(in: "runtime-spec/test/config/good"))
  func aGoodExampleIsRead(_ file: String) throws {
    let unknownProperties = [
      "freebsd-example.json": "freebsd", "freebsd-minimal.json": "freebsd", "zos-example.json": "zos",
      "zos-minimal.json": "zos", "spec-example.json": "linux.resources.oomScoreAdj",
    ]
    let bytes = try SharedFolder.bytes("runtime-spec/test/config/good/" + file)
    var unknown: [UnknownProperty] = []
    let spec = try Spec(json: bytes, named: file, unknownProperties: &unknown)
    #expect(unknown.map(\.path) == (unknownProperties[file].map { [$0] } ?? []))
    var original = try JSONValue(json: bytes, named: file)
    for path in unknown.map(\.path) { original.remove(path.split(separator: ".").map(String.init)) }
    #expect(try JSONValue(json: spec.json(), named: file) == original)
  }

  /// The counterexamples of the runtime-spec. Two are well formed for the reader: what a size of huge pages may be
  /// is for the plan to say, and what a jail of FreeBSD is, for nobody here.
  @Test(arguments: [
    ("invalid-json.json", "config.json: expected the name of a property, found ']' (line 1, column 2)"),
    (
      "linux-netdevice.json",
      "config.json.linux.netDevices.eth0.name: expected a string, found a number (line 9, column 25)"
    ),
    (
      "linux-rdma.json",
      "config.json.linux.resources.rdma.mlx5_1.hcaHandles: expected an integer, found a string (line 10, column 35)"
    ),
    ("linux-hugepage.json", nil),
    ("freebsd-vnet-disable.json", nil),
  ])
  func aBadExampleIsRefused(_ file: String, _ description: String?) throws {
    let bytes = try SharedFolder.bytes("runtime-spec/test/config/bad/" + file)
    #expect(read(Spec.self, bytes).error?.description == description)
  }

  @Test func allBadExamplesAreListed() {
    #expect(SharedFolder.files(in: "runtime-spec/test/config/bad").count == 5)
  }
}
