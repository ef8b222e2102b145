import Foundation
import Testing

/// Creating, created, running, stopped: which commands a container takes when, and what survives.
@Suite(.scratch) struct LifecycleTests {
  @Test func createRunsNothingOfTheUser() throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["process.args"] = ["/bin/sh", "-c", "echo ran >/ran; exec sleep 1000"]
    }
    try container.create().succeed()
    #expect(!fileExists(container.rootfs + "/ran"))
    try container.start().succeed()
    #expect(eventually { readText(container.rootfs + "/ran") == "ran\n" })
  }

  @Test(.root("the ids outside are the user's")) func createdProcessWaitsInItsNamespacesWithItsIdentity() throws {
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    try container.createSleeping()
    let status = processStatus(readText("/proc/\(try container.pid)/status"))
    #expect(status["NSpid"]?.hasSuffix("\t1") == true)
    #expect(status["Uid"] == "1000\t1000\t1000\t1000")
    #expect(status["NoNewPrivs"] == "1")
  }

  /// Buildah asks once, right after `start`, and gives up at any other answer.
  @Test func stateSaysRunningAsSoonAsStartReturned() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    let scratch = container.scratch
    let script = """
      for i in $(seq 60); do
        "$1" --root "$2" create --bundle "$3" "$4"; "$1" --root "$2" start "$4"
        "$1" --root "$2" state "$4" | grep -o '"status": "[a-z]*"'; "$1" --root "$2" delete --force "$4"
      done
      """
    let output = try scratch.run([
      "/bin/sh", "-euc", script, "sh", scratch.apus, scratch.root, container.bundle, container.id,
    ]).succeed()
    #expect(output.lines == Array(repeating: #""status": "running""#, count: 60))
  }

  @Test func secondCreateOfAnIDIsRefused() throws {
    let container = try Container()
    try container.createSleeping()
    let pid = try container.pid
    let output = try container.create()
    #expect(output.status == 1)
    try container.expectRefusal(of: output, saying: "container with given ID already exists", leavesNothing: false)
    #expect(try container.status == "created")
    #expect(try container.pid == pid)
    try container.start().succeed()
  }

  @Test func runOfAnExistingIDIsRefused() throws {
    let container = try Container()
    try container.runDetached()
    let output = try container.scratch.run(container.words("run"))
    try container.expectRefusal(of: output, saying: "container with given ID already exists", leavesNothing: false)
    #expect(try container.status == "running")
  }

  @Test func secondStartIsRefused() throws {
    let container = try Container()
    try container.runDetached()
    try container.expectRefusal(
      of: container.start(), saying: "cannot start an already running container", leavesNothing: false)
    #expect(try container.status == "running")
  }

  @Test func stoppedContainerCannotBeStarted() throws {
    let container = try Container()
    try container.runDetached("true")
    #expect(try container.becomes("stopped"))
    try container.expectRefusal(
      of: container.start(), saying: "cannot start a container that has stopped", leavesNothing: false)
  }

  /// E20: the config is read once, by create.
  @Test func changedConfigHasNoEffectAfterCreate() throws {
    let container = try Container { $0["process.args"] = ["/bin/sh", "-c", "echo first; exec sleep 1000"] }
    let create = try container.scratch.start(container.words("create"))
    try create.wait().succeed()
    try container.edit { $0["process.args"] = ["/bin/sh", "-c", "echo second; exec sleep 1000"] }
    try container.start().succeed()
    #expect(eventually { create.stdout == "first\n" })
  }

  /// E20: nor does its loss.
  @Test func lostConfigHasNoEffectAfterCreate() throws {
    let container = try Container()
    try container.createSleeping()
    try FileManager.default.removeItem(atPath: container.bundle + "/config.json")
    try container.start().succeed()
    #expect(try container.status == "running")
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.delete().succeed()
  }

  /// E8: an init that was killed by hand leaves a stopped container.
  @Test(arguments: [false, true]) func initKilledByHandIsStopped(started: Bool) throws {
    let container = try Container()
    try container.createSleeping()
    if started { try container.start().succeed() }
    try container.scratch.run(["/bin/kill", "-KILL", "\(try container.pid)"]).succeed()
    #expect(try container.becomes("stopped"))
    #expect(try container.state()["pid"] == 0)
    try container.expectRefusal(of: container.kill("TERM"), saying: "container not running", leavesNothing: false)
    try container.expectRefusal(of: container.start(), leavesNothing: false)
    try container.delete().succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
  }

  /// E10: another session can start what a session that ended has created.
  @Test func startNeedsNoneOfTheCreatorsProcesses() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    try container.scratch.run(["/usr/bin/setsid", "--wait"] + container.words("create")).succeed()
    #expect(try container.status == "created")
    try container.scratch.run(["/usr/bin/setsid", "--wait"] + container.words("start")).succeed()
    #expect(try container.status == "running")
  }

  @Test func namespacesOfACreatedContainerStayThroughStart() throws {
    let container = try Container()
    try container.createSleeping()
    let link = { try namespace("mnt", of: container.pid) }
    let before = try link()
    try container.start().succeed()
    #expect(try link() == before)
  }

  /// E21: nobody but root can read what the state keeps of the container, its environment for one.
  @Test func stateIsForRootOnly() throws {
    let container = try Container { $0.append("SECRET=leak", to: "process.env") }
    try container.runDetached()
    let find = ["/usr/bin/setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "/usr/bin/find"]
    let output = try container.scratch.run(find + [container.stateFolder, "-readable", "-type", "f"])
    #expect(output.stdout.isEmpty)
    let attributes = try FileManager.default.attributesOfItem(atPath: container.stateFile)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let folder = try FileManager.default.attributesOfItem(atPath: container.stateFolder)
    #expect(try #require(folder[.posixPermissions] as? Int) & 0o066 == 0)
  }

  @Test func stateFileIsAVersionedObject() throws {
    let container = try Container()
    try container.createSleeping()
    let record = try JSONValue(parsing: readText(container.stateFile))
    #expect(try #require(record.object).keys.contains { $0.lowercased().contains("version") })
  }
}
