import JSON
import OCI
import Testing

struct SpecTests {
  @Test func anAbsentPropertyIsNil() throws {
    let spec = try Spec(json: Array(#"{"ociVersion":"1.3.0"}"#.utf8))
    #expect(spec == Spec(ociVersion: "1.3.0"))
    #expect(spec.json() == Array(#"{"ociVersion":"1.3.0"}"#.utf8))
  }

  @Test func anEmptyValueIsNoAbsentOne() throws {
    let text = #"{"ociVersion":"","process":{"args":[],"env":[],"cwd":""},"hostname":"","mounts":[],"linux":{}}"#
    let spec = try Spec(json: Array(text.utf8))
    #expect(
      spec
        == Spec(
          ociVersion: "", process: Spec.Process(args: [], env: [], cwd: ""), hostname: "", mounts: [],
          linux: Spec.Linux()))
    #expect(String(decoding: spec.json(), as: UTF8.self) == text)
  }

  @Test func nullIsAbsent() throws {
    let text = #"{"ociVersion":"1","process":null,"mounts":[{"destination":"/","type":null}],"linux":{"sysctl":null}}"#
    let spec = try Spec(json: Array(text.utf8))
    #expect(spec == Spec(ociVersion: "1", mounts: [Spec.Mount(destination: "/")], linux: Spec.Linux()))
  }

  @Test(arguments: [
    (
      #"{"process":{"cwd":"/"}}"#,
      "config.json.ociVersion: required property is missing (line 1, column 23)"
    ),
    (
      "{\n \"ociVersion\": \"1.3.0\",\n \"process\": {\n  \"args\": [\"a\", 7]\n }\n}",
      "config.json.process.args[1]: expected a string, found a number (line 4, column 17)"
    ),
    (
      #"{"ociVersion":"1","process":{"args":["sh"]}}"#,
      "config.json.process.cwd: required property is missing (line 1, column 43)"
    ),
    (
      #"{"ociVersion":"1","process":{"cwd":"/","user":{"uid":-1}}}"#,
      "config.json.process.user.uid: expected an integer from 0 to 4294967295, found -1 (line 1, column 54)"
    ),
    (
      #"{"ociVersion":"1","linux":{"resources":{"memory":{"limit":1.5e9}}}}"#,
      "config.json.linux.resources.memory.limit: expected an integer from -9223372036854775808 to "
        + "9223372036854775807, found 1.5e9 (line 1, column 59)"
    ),
    (
      #"{"ociVersion":"1","linux":{"sysctl":{"net.ipv4.ip_forward":1}}}"#,
      "config.json.linux.sysctl[\"net.ipv4.ip_forward\"]: expected a string, found a number (line 1, column 60)"
    ),
    (#"{"ociVersion":"1","mounts":{}}"#, "config.json.mounts: expected an array, found an object (line 1, column 28)"),
    (#"{"ociVersion":"1","linux":[]}"#, "config.json.linux: expected an object, found an array (line 1, column 27)"),
    (
      #"{"ociVersion":"1","mounts":[{"destination":"/"},null]}"#,
      "config.json.mounts[1]: expected an object, found null (line 1, column 49)"
    ),
    (
      #"{"ociVersion":"1","root":{"path":"r","readonly":"true"}}"#,
      "config.json.root.readonly: expected a boolean, found a string (line 1, column 49)"
    ),
    ("", "config.json: expected an object, found the end of the document (line 1, column 1)"),
    ("null", "config.json: expected an object, found null (line 1, column 1)"),
    (#"{"ociVersion":"1"}}"#, "config.json: expected the end of the document, found '}' (line 1, column 19)"),
    (
      #"{"ociVersion":"1","process":{"args":["s"#,
      "config.json.process.args[0]: a string does not end (line 1, column 38)"
    ),
  ])
  func anErrorNamesTheProperty(_ text: String, _ description: String) {
    #expect(read(Spec.self, text).error?.description == description)
  }

  @Test func everyTruncationIsAnError() {
    let bytes = Spec.default(cgroupNamespace: true).json(.tabs)
    for count in bytes.indices {
      let error = read(Spec.self, Array(bytes[..<count])).error
      #expect(error != nil && error?.offset ?? -1 <= count, "\(count)")
    }
  }

  @Test func anUnknownPropertyIsSkippedWhateverItHolds() throws {
    let text =
      #"{"x":[{"a":[1e9,"\u0000"]},null],"ociVersion":"1","#
      + #""linux":{"y":{"z":{}},"seccomp":{"defaultAction":"A","z":0}}}"#
    var unknown: [UnknownProperty] = []
    let spec = try Spec(json: Array(text.utf8), named: "config.json", unknownProperties: &unknown)
    #expect(spec == Spec(ociVersion: "1", linux: Spec.Linux(seccomp: Seccomp(defaultAction: "A"))))
    #expect(unknown.map(\.path) == ["x", "linux.y", "linux.seccomp.z"])
    #expect(unknown.map(\.name) == ["x", "y", "z"])
    #expect(try Spec(json: Array(text.utf8)) == spec)
  }

  @Test func nestingIsLimited() {
    let deep = String(repeating: "[", count: 200_000)
    #expect(
      read(Spec.self, "{\"ociVersion\":\"1\",\"x\":\(deep)").error?.description
        == "config.json.x: more than 128 levels of nesting (line 1, column 150)")
    #expect(
      read(Spec.self, "{\"ociVersion\":\"1\",\"mounts\":\(deep)").error?.description
        == "config.json.mounts[0]: expected an object, found an array (line 1, column 29)")
  }

  @Test func sizeIsLimited() {
    let bytes = Array("{\"ociVersion\":\"".utf8) + [UInt8](repeating: 0x41, count: 16 << 20) + Array("\"}".utf8)
    #expect(
      read(Spec.self, bytes).error?.description == "config.json: 16777233 bytes, more than the limit of 16777216")
  }

  @Test func aNULEndsNoString() throws {
    let spec = try Spec(json: Array(#"{"ociVersion":"1","process":{"args":["a\u0000b"],"cwd":"/"}}"#.utf8))
    #expect(spec.process?.args?.first.map { Array($0.utf8) } == [0x61, 0, 0x62])
    #expect(String(decoding: spec.json(), as: UTF8.self).contains(#"["a\u0000b"]"#))
  }

  @Test func namesMatchInAnyCaseAndTheLastWins() throws {
    let text =
      #"{"OCIVERSION":"0","Process":{"CWD":"/","NoNewPrivileges":true},"ociversion":"1","#
      + #""PROCESS":{"cwd":"/b"}}"#
    #expect(try Spec(json: Array(text.utf8)) == Spec(ociVersion: "1", process: Spec.Process(cwd: "/b")))
  }
}
