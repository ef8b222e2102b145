import Cgroups
import ContainerRuntime
import JSON
import Kernel
import OCI
import Testing

@Suite struct RecordTests {
  static var full: Record {
    var record = Record(
      id: "web", phase: .created, bootID: "b00t", runtime: ProcessIdentity(pid: 77, startTime: 5), ociVersion: "1.3.0",
      bundle: "/b\"\n", rootfs: "/b/rootfs", created: "2024-02-29T00:00:00Z")
    record.initProcess = ProcessIdentity(pid: 4711, startTime: UInt64.max)
    record.owner = "root"
    record.annotations = ["a": "b", "": "c"]
    record.poststart = [.init(path: "/bin/true", args: ["true", "x"], env: ["A=b"], timeout: 3)]
    record.poststop = [.init(path: "/bin/false")]
    record.owesPoststop = true
    record.cgroups = CgroupRecord(
      folders: [.init(hierarchy: "pids", path: "/sys/fs/cgroup/pids/web")], parents: ["/sys/fs/cgroup/pids/x"])
    return record
  }

  @Test func roundTrips() throws {
    #expect(try Record(json: Self.full.json(), named: "state.json") == Self.full)
  }

  static func json(_ changes: (String, String?)...) -> [UInt8] {
    var members: [(String, String)] = [
      ("version", "1"), ("id", "\"web\""), ("phase", "\"created\""), ("bootID", "\"b\""), ("runtimePID", "77"),
      ("runtimeStartTime", "5"), ("pid", "4711"), ("startTime", "9"), ("ociVersion", "\"1.3.0\""),
      ("bundle", "\"/b\""), ("rootfs", "\"/b/r\""), ("created", "\"2024\""),
    ]
    for (name, value) in changes {
      members.removeAll { $0.0 == name }
      if let value { members.append((name, value)) }
    }
    return Array("{\(members.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}".utf8)
  }

  @Test func readsThePlainOne() throws {
    #expect(try Record(json: Self.json(), named: "state.json").initProcess?.pid == 4711)
  }

  /// 0 would be every process of the group and -1 everybody; 1 is the machine's own init.
  @Test(arguments: ["0", "-1", "1", "-4711", "2147483648", "4294967297", "18446744073709551615", "1e400", "\"5\""])
  func neverBelievesAProcessNumber(_ number: String) {
    for name in ["pid", "runtimePID"] {
      #expect(throws: JSONError.self) { try Record(json: Self.json((name, number)), named: "state.json") }
    }
  }

  @Test(
    arguments: [
      ("version", nil), ("version", "0"), ("version", "2"), ("phase", nil), ("phase", "\"running\""), ("id", nil),
      ("bootID", nil), ("runtimePID", nil), ("startTime", nil), ("bundle", nil), ("rootfs", "5"), ("annotations", "[]"),
      ("cgroups", "{\"folders\": [{}]}"), ("poststop", "{}"),
    ] as [(String, String?)])
  func refuses(name: String, value: String?) {
    #expect(throws: JSONError.self) { try Record(json: Self.json((name, value)), named: "state.json") }
  }

  @Test func halfAFileIsNone() {
    let whole = Self.full.json()
    for count in 0..<whole.count - 1 {
      #expect(throws: JSONError.self) { try Record(json: Array(whole.prefix(count)), named: "state.json") }
    }
  }

  /// A later apus of the same version may write more.
  @Test func skipsWhatItDoesNotKnow() throws {
    let record = try Record(json: Self.json(("more", "{\"a\": [1, 2]}")), named: "state.json")
    #expect(record.id == "web")
  }
}
