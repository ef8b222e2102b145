import JSON
import OCI
import Testing

struct StateTests {
  @Test func isWrittenInTheOrderOfTheSpecification() {
    let state = State(
      ociVersion: "1.3.0", id: "web", status: .created, pid: 42, bundle: "/b", annotations: ["b": "2", "a": "1"])
    #expect(
      String(decoding: state.json(), as: UTF8.self)
        == #"{"ociVersion":"1.3.0","id":"web","status":"created","pid":42,"bundle":"/b","#
        + #""annotations":{"a":"1","b":"2"}}"#)
  }

  @Test(arguments: State.Status.allCases) func everyStatusIsReadAsItWasWritten(_ status: State.Status) throws {
    let state = State(ociVersion: "1.3.0", id: "a", status: status, bundle: "/")
    #expect(try State(json: state.json(.pretty), named: "state.json") == state)
  }

  @Test(arguments: [
    (
      #"{"ociVersion":"1","id":"a","status":"paused ","bundle":"/"}"#,
      #"config.json.status: expected one of creating, created, running, paused, stopped, found "paused " "#
        + "(line 1, column 37)"
    ),
    (
      #"{"ociVersion":"1","id":"a","status":"running","pid":4294967296,"bundle":"/"}"#,
      "config.json.pid: expected an integer from -2147483648 to 2147483647, found 4294967296 (line 1, column 53)"
    ),
    ("{}", "config.json.ociVersion: required property is missing (line 1, column 2)"),
    ("", "config.json: expected an object, found the end of the document (line 1, column 1)"),
  ])
  func anErrorNamesTheProperty(_ text: String, _ description: String) {
    #expect(read(State.self, text).error?.description == description)
  }

  /// What a seccomp agent is sent (config-linux.md).
  @Test func theStateOfAProcessIsReadAsItWasWritten() throws {
    let state = ContainerProcessState(
      ociVersion: "1.3.0", fds: ["seccompFd"], pid: 7, metadata: "m",
      state: State(ociVersion: "1.3.0", id: "a", status: .creating, pid: 6, bundle: "/b"))
    let text =
      #"{"ociVersion":"1.3.0","fds":["seccompFd"],"pid":7,"metadata":"m","#
      + #""state":{"ociVersion":"1.3.0","id":"a","status":"creating","pid":6,"bundle":"/b"}}"#
    #expect(String(decoding: state.json(), as: UTF8.self) == text)
    #expect(try ContainerProcessState(json: state.json(), named: "") == state)
  }
}
