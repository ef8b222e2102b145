import Foundation
import Testing

/// The command `state`: the JSON that callers read.
@Suite(.scratch) struct StateCommandTests {
  @Test func runningContainerHasAllMembers() throws {
    let container = try Container { $0["annotations"] = ["org.example.key": "a value"] }
    try container.runDetached()
    let state = try container.state()
    let members: Set = [
      "ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "annotations", "owner",
    ]
    #expect(Set(try #require(state.object).keys) == members)
    #expect(state["id"] == .string(container.id))
    #expect(state["status"] == "running")
    #expect(state["bundle"] == .string(container.bundle))
    #expect(state["rootfs"] == .string(container.rootfs))
    #expect(state["annotations"]?.object == ["org.example.key": "a value"])
    #expect(state["owner"] == "")
    #expect(state["ociVersion"]?.string?.hasPrefix("1.") == true)
  }

  @Test func annotationsAreOmittedWhenThereAreNone() throws {
    let container = try Container()
    try container.createSleeping()
    #expect(try container.state()["annotations"] == nil)
  }

  @Test func statusFollowsTheLife() throws {
    let container = try Container()
    try container.createSleeping()
    #expect(try container.status == "created")
    let pid = try container.pid
    try container.start().succeed()
    #expect(try container.status == "running")
    #expect(try container.pid == pid)
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    #expect(try container.state()["pid"] == 0)
  }

  @Test func pidIsTheContainersFirstProcess() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    #expect(readText("/proc/\(pid)/cmdline") == "sleep\u{0}1000\u{0}")
    #expect(readText("/proc/\(pid)/status").contains("NSpid:\t\(pid)\t1\n"))
  }

  @Test func createdIsARecentTime() throws {
    let container = try Container()
    try container.createSleeping()
    let text = try #require(try container.state()["created"]?.string)
    #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/) != nil, "\(text)")
    let time = try #require(try? Date(String(text.prefix(19)) + "Z", strategy: .iso8601))
    #expect(abs(time.timeIntervalSinceNow) < 60)
  }

  @Test func outputIsIndentedByTwoSpaces() throws {
    let container = try Container()
    try container.createSleeping()
    let output = try container.scratch.run(container.words("state")).succeed()
    #expect(output.stdout.hasPrefix("{\n  \"ociVersion\": \""))
    #expect(output.stderr.isEmpty)
  }

  @Test func bundleIsAbsoluteWhenGivenRelative() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    try container.apus("create", "--bundle", ".", container.id).succeed()
    #expect(try container.state()["bundle"] == .string(container.bundle))
  }

  @Test func unknownContainerDoesNotExist() throws {
    let container = try Container()
    let output = try container.scratch.run(container.words("state"))
    #expect(output.status == 1)
    #expect(output.stdout.isEmpty)
    try container.expectRefusal(of: output, saying: "container does not exist")
  }
}
