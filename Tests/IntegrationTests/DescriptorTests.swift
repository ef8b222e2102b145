import Foundation
import Testing

/// What is open in the container's process: its three streams, and what the caller asked for by number.
@Suite(.scratch) struct DescriptorTests {
  /// A container that waits for its start holds nothing of the host open but the FIFOs of its start.
  @Test func waitingContainerHoldsNothingOfTheHost() throws {
    let container = try Container()
    try container.createSleeping()
    let folder = "/proc/\(try container.pid)/fd"
    for number in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)")
      let isOwn = target.hasPrefix(container.stateFolder + "/") || !target.hasPrefix("/") || Int(number) ?? 0 < 3
      #expect(isOwn || target == "/", "\(number) leads to \(target)")
    }
  }

  /// Runs `run` from a shell that opens descriptors first.
  func run(_ container: Container, redirections: String, options: [String] = []) throws -> Output {
    let shell = ["/bin/bash", "-c", "exec \"$@\" \(redirections)", "bash"]
    return try container.scratch.run(shell + container.words("run", options))
  }

  /// A4: nothing of the caller's and nothing of the runtime's reaches the container.
  @Test func onlyTheStreamsAreOpen() throws {
    let container = try Container { $0["process.args"] = ["ls", "/proc/self/fd"] }
    let output = try run(container, redirections: "7</ 8</etc 9</dev/null 63</dev/null 300</dev/null")
    // The fourth is the folder that ls reads.
    #expect(try output.succeed().lines == ["0", "1", "2", "3"])
  }

  @Test func onlyTheStreamsAreOpenAfterStart() throws {
    let container = try Container()
    try container.createSleeping()
    try container.start().succeed()
    let pid = try container.pid
    #expect(eventually { readText("/proc/\(pid)/cmdline").hasPrefix("/bin/sleep") })
    #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").sorted() == ["0", "1", "2"])
  }

  @Test func preservedDescriptorsArriveAndNoOthers() throws {
    let container = try Container { $0["process.args"] = ["/bin/sh", "-c", "head -n 1 <&3; ls /proc/self/fd"] }
    let output = try run(container, redirections: "3</etc/passwd 4</etc/group", options: ["--preserve-fds", "1"])
    let lines = try output.succeed().lines
    #expect(lines.first?.hasPrefix("root:") == true)
    #expect(lines.dropFirst() == ["0", "1", "2", "3", "4"], "4 is the folder that ls reads")
  }

  /// A3 (CVE-2024-21626): no descriptor of the runtime can be the working folder.
  @Test func descriptorIsNoWorkingFolder() throws {
    let container = try Container { $0["process.args"] = ["/bin/sh", "-c", "cd ../../../..; pwd; ls -d etc/hostname"] }
    for number in 3..<24 {
      try container.edit { $0["process.cwd"] = "/proc/self/fd/\(number)" }
      let output = try run(container, redirections: "9</ 8</sys/fs/cgroup")
      try container.expectRefusal(of: output, saying: "/proc/self/fd/\(number)")
    }
  }

  /// A3: nor through a link of the image.
  @Test(arguments: [7, 8, 9]) func linkToADescriptorIsNoWorkingFolder(number: Int) throws {
    let container = try Container { $0["process.cwd"] = "/work" }
    try FileManager.default.createSymbolicLink(
      atPath: container.rootfs + "/work", withDestinationPath: "/proc/self/fd/\(number)")
    try container.expectRefusal(
      of: run(container, redirections: "9</ 8</sys/fs/cgroup 7</etc"), saying: "/work")
  }

  /// faults.md 2e: standard streams that are closed are no place for the runtime's own files.
  @Test func closedStreamsAreNoHarm() throws {
    let container = try Container {
      $0["root.readonly"] = false
      $0["process.args"] = ["/bin/sh", "-c", "ls /proc/self/fd >/found"]
    }
    #expect(try run(container, redirections: "<&- >&- 2>&-").status < 128)
    let found = Set(readText(container.rootfs + "/found").split(separator: "\n").map(String.init))
    #expect(found.isSubset(of: ["0", "1", "2", "3"]))
  }

  /// S2: standard streams that are /dev/null belong to the host: the container's user does not get them.
  @Test func nullDeviceKeepsItsOwner() throws {
    let before = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.ownerAccountID] as? Int
    let container = try Container { $0["process.user"] = ["uid": 1000, "gid": 1000] }
    try run(container, redirections: "</dev/null >/dev/null").succeed()
    #expect(try FileManager.default.attributesOfItem(atPath: "/dev/null")[.ownerAccountID] as? Int == before)
  }

  /// A1 (CVE-2019-5736): the waiting init does not run from the installed file, and what it runs from is not writable.
  @Test func waitingInitIsSealed() throws {
    let container = try Container()
    try container.createSleeping()
    let pid = try container.pid
    let installed = try FileManager.default.attributesOfItem(atPath: container.scratch.apus)
    let running = try container.scratch.run(["/usr/bin/stat", "-L", "-c", "%d:%i", "/proc/\(pid)/exe"]).succeed().stdout
    let installedNumbers = "\(installed[.systemNumber] ?? 0):\(installed[.systemFileNumber] ?? 0)\n"
    #expect(running != installedNumbers)
    let write = try container.scratch.run(["/bin/sh", "-c", "exec 3>>/proc/\(pid)/exe && echo x >&3"])
    #expect(write.status != 0)
  }

  /// A4: descriptors that systemd handed to the runtime are the container's, and its process knows them as its own.
  @Test func listeningDescriptorsAreHandedOn() throws {
    let container = try Container {
      $0["process.args"] = ["/bin/sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; ls /proc/self/fd"]
    }
    let shell = ["/bin/bash", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\" 3</etc/passwd 4</etc/group", "bash"]
    let output = try container.scratch.run(shell + container.words("run")).succeed()
    #expect(output.lines == ["1 1", "0", "1", "2", "3", "4"], "4 is the folder that ls reads")
  }

  /// A4: one that was promised and is not open is named.
  @Test func missingPreservedDescriptorIsNamed() throws {
    let container = try Container()
    let output = try run(container, redirections: "3</etc/passwd", options: ["--preserve-fds", "5"])
    try container.expectRefusal(of: output, saying: "4")
  }
}
