import Foundation
import Testing

/// Ids, state folders and processes that are not what they say (section E of the security cases).
@Suite(.scratch) struct StateAttacks {
  @Test("E1: an id that is more than a name")
  func idWithABlank() throws {
    try expectDefence("id-syntax") {
      let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      let words = container.words("create").dropLast() + ["\(container.id) x"]
      let accepted = try container.scratch.run(Array(words)).status == 0
      if accepted { try container.apus("delete", "--force", "\(container.id) x").succeed() }
      return accepted
    }
  }

  @Test(
    "E1: no verb follows an id out of the state root",
    arguments: ["delete --force", "kill", "state", "start", "pause", "ps", "exec", "update", "events"])
  func climbingID(verb: String) throws {
    let scratch = try Scratch.current
    let canary = try CanaryFile(in: scratch)
    try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: false)
    let relative = "../" + URL(filePath: canary.folder).lastPathComponent
    for id in [relative, "..", ".", "", "a/../\(relative)", "\u{1b}[2J"] {
      let words = [scratch.apus, "--root", scratch.root] + verb.split(separator: " ").map(String.init) + ["--", id]
      let output = try scratch.run(words + (verb == "exec" ? ["true"] : []))
      #expect(output.isRefusal && output.stderr.hasPrefix("apus: "), "\(output)")
      #expect(!canary.isTouched && fileExists(scratch.root))
    }
  }

  /// crun 1.8.1 follows it and empties its target.
  @Test("E38: a link stands in the place of a container's folder")
  func linkedStateFolder() throws {
    try expectDefence("state-links") {
      let scratch = try Scratch.current
      let canary = try CanaryFile(in: scratch)
      let id = scratch.newID()
      try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: true)
      let link = "\(scratch.root)/\(id)"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: canary.folder)
      _ = try scratch.apus("delete", "--force", id)
      try FileManager.default.removeItem(atPath: link)
      return canary.isTouched
    }
  }

  @Test("E5: the process number in the record belongs to a stranger by now")
  func strangersNumber() throws {
    try expectDefence("process-identity") {
      let container = try Container()
      try container.runDetached()
      let pid = try container.pid
      let record = readText(container.stateFile)
      // Start times are counted in hundredths of a second; a stranger of the same one would be the same to anybody.
      usleep(30_000)
      let stranger = try container.scratch.start(["/bin/sleep", "1000"])
      #expect(eventually { readText("/proc/\(stranger.pid)/comm") == "sleep\n" })
      let forged = record.replacing("\"pid\":\(pid),", with: "\"pid\":\(stranger.pid),")
      #expect(forged != record)
      try Data(forged.utf8).write(to: URL(filePath: container.stateFile))
      _ = try container.kill("KILL")
      let isHit = eventually(within: 0.3) { !stranger.isRunning }
      stranger.signal(9)
      try Data(record.utf8).write(to: URL(filePath: container.stateFile))
      return isHit
    }
  }

  @Test("E6: a record of before the last boot")
  func recordOfAnotherBoot() throws {
    try expectDefence("boot-identity") {
      let container = try Container()
      try container.runDetached()
      let boot = readText("/proc/sys/kernel/random/boot_id").trimmingCharacters(in: .whitespacesAndNewlines)
      let record = readText(container.stateFile)
      let forged = record.replacing(boot, with: String(boot.reversed()))
      #expect(forged != record)
      try Data(forged.utf8).write(to: URL(filePath: container.stateFile))
      let isBelieved = try container.status != "stopped"
      try Data(record.utf8).write(to: URL(filePath: container.stateFile))
      return isBelieved
    }
  }

  @Test("E21: another user reads the environment of a container in its state")
  func readingTheState() throws {
    try expectDefence("private-state") {
      let container = try Container { $0.append("TOKEN=hunter2", to: "process.env") }
      let scratch = container.scratch
      try FileManager.default.createDirectory(
        atPath: scratch.root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      try container.runDetached()
      let words = ["/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "/usr/bin/find"]
      let found = try scratch.run(words + [scratch.root, "-type", "f", "-exec", "cat", "{}", "+"])
      return found.stdout.contains("hunter2")
    }
  }

  @Test("E40: a user without rights gets one clean line")
  func strangersQuestion() throws {
    let container = try Container()
    try container.runDetached()
    let words = ["/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", container.scratch.apus]
    for verb in [["state", container.id], ["list"], ["events", "--stats", container.id], ["ps", container.id]] {
      let output = try container.scratch.run(words + ["--root", container.scratch.root] + verb)
      try container.expectRefusal(of: output, saying: "permission denied", leavesNothing: false)
    }
  }

  @Test("S16: a state root in which everybody may exchange what others made")
  func publicStateRoot() throws {
    try expectDefence("store-owner") {
      let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      let root = container.scratch.root
      let files = FileManager.default
      try files.createDirectory(atPath: root, withIntermediateDirectories: true)
      try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: root)
      let isUsed = try container.create().status == 0
      try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: root)
      return isUsed
    }
  }

  /// Its records name hooks, which whoever deletes such a container would run with rights of his own.
  @Test("S16: a store that somebody else has made where everybody may")
  func strangersStore() throws {
    try expectDefence("store-owner") {
      let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
      let ran = container.bundle + "/ran"
      try container.edit {
        $0["hooks.poststop"] = [["path": "/bin/sh", "args": ["sh", "-c", .string("id -u >'\(ran)'")]]]
      }
      try container.create().succeed()
      let (open, files) = (container.scratch.path("open-" + container.id), FileManager.default)
      try files.createDirectory(atPath: open, withIntermediateDirectories: false)
      try files.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: open)
      let store = open + "/store"
      try container.scratch.run(["/bin/cp", "-a", container.scratch.root, store]).succeed()
      try container.delete("--force").succeed()
      try files.removeItem(atPath: ran)
      try container.scratch.run(["/bin/chown", "-R", "1000:1000", store]).succeed()
      _ = try container.scratch.run([container.scratch.apus, "--root", store, "delete", "--force", container.id])
      return fileExists(ran)
    }
  }

  @Test("S16: a state folder that somebody else has put there")
  func strangersStateFolder() throws {
    try expectDefence("store-owner") {
      let container = try Container()
      try container.runDetached()
      let files = FileManager.default
      try files.setAttributes([.ownerAccountID: 1000], ofItemAtPath: container.stateFolder)
      let isBelieved = try container.scratch.run(container.words("state")).status == 0
      try files.setAttributes([.ownerAccountID: 0], ofItemAtPath: container.stateFolder)
      return isBelieved
    }
  }

  /// Everybody may send signals on the system bus, and the numbers of jobs are easy to guess.
  @Test("S6: a stranger on the bus says that systemd's job has failed")
  func forgedSignal() throws {
    try expectDefence("signal-sender") {
      let output = try SystemdFailureTests().create(try Container(), against: "forged")
      #expect(output.status != 0)
      return output.stderr.contains("its job ended with the result \"failed\"")
    }
  }
}
