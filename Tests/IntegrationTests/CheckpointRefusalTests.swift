import Foundation
import Testing

/// What checkpoint and restore refuse, on every machine that has CRIU, whether it works there or not; and that the
/// container is what it was before.
@Suite(.scratch) struct CheckpointRefusalTests {
  private func checkpoint(_ container: Container, _ options: String...) throws -> Output {
    try container.scratch.run(container.words("checkpoint", options), workingDirectory: container.bundle)
  }

  /// The same process in the same state, and it answers.
  private func expectUntouched(_ container: Container, _ pid: pid_t) throws {
    #expect(try container.status == "running")
    #expect(try container.pid == pid)
    #expect(try container.exec(["echo", "here"]).succeed().stdout == "here\n")
  }

  @Test func createdAndStoppedAreRefused() throws {
    let container = try Container()
    try container.createSleeping()
    try container.expectRefusal(
      of: checkpoint(container), saying: "Container cannot be checkpointed in created state", leavesNothing: false)
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
    try container.expectRefusal(
      of: checkpoint(container), saying: "Container cannot be checkpointed in stopped state", leavesNothing: false)
    let other = try Container()
    try other.expectRefusal(of: checkpoint(other), saying: "container does not exist")
  }

  static let wrongOptions: [([String], String)] = [
    (["--parent-path", "/tmp"], "--parent-path must be relative"),
    (
      ["--parent-path", "nowhere"], "invalid --parent-path: stat checkpoint/nowhere: no such file or directory (ENOENT)"
    ),
    (["--parent-path", "../config.json"], "invalid --parent-path: stat checkpoint/../config.json"),
    (["--page-server", "27277"], "Use --page-server ADDRESS:PORT to specify page server"),
    (["--page-server", "::1:27277"], "Use --page-server ADDRESS:PORT to specify page server"),
    (["--page-server", "127.0.0.1:x"], "Invalid port number"),
    (["--lazy-pages", "--status-fd", "99"], "invalid --status-fd argument 99: bad file descriptor (EBADF)"),
    (["--lazy-pages", "--status-fd", "0"], "invalid --status-fd argument 0: not writable"),
  ]

  @Test(arguments: wrongOptions) func wrongOptionsAreRefused(options: [String], phrase: String) throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let output = try container.scratch.run(container.words("checkpoint", options), workingDirectory: container.bundle)
    try container.expectRefusal(of: output, saying: phrase, leavesNothing: false)
    #expect(!fileExists(container.bundle + "/checkpoint"), "nothing is made for a call that is refused")
    try expectUntouched(container, pid)
  }

  /// Whatever PATH says: the system's folders have none.
  @Test func missingCRIUIsTold() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let hide = """
      for file in /usr/local/sbin/criu /usr/local/bin/criu /usr/sbin/criu /usr/bin/criu; do
        if [ -e $file ]; then mount --bind /dev/null $file; fi
      done
      exec "$@"
      """
    for command in ["checkpoint", "restore"] {
      let words = ["/usr/bin/unshare", "-m", "/bin/sh", "-euc", hide, "sh"] + container.words(command)
      let output = try container.scratch.run(words, workingDirectory: container.bundle)
      try container.expectRefusal(
        of: output, saying: "CRIU version check failed: exec: \"criu\": executable file not found in $PATH",
        "hint: install CRIU (package criu)", leavesNothing: false)
    }
    try expectUntouched(container, pid)
  }

  /// No CRIU can save a standard stream that is a file of the host, as those of these tests are.
  @Test func failureLeavesTheContainerRunning() throws {
    let container = try Container()
    try container.runDetached()
    let pid = try container.pid
    let output = try checkpoint(container, "--work-path", container.bundle + "/work")
    try container.expectRefusal(
      of: output, saying: "criu failed: type DUMP errno ", ": Error (",
      "hint: all that criu did is in \(container.bundle)/work/dump.log", leavesNothing: false)
    #expect(readText(container.bundle + "/work/dump.log").contains("Error"))
    try expectUntouched(container, pid)
    try container.kill("KILL").succeed()
    #expect(try container.becomes("stopped"))
  }

  /// E31: neither images nor logs where the container's processes could change them.
  @Test func imagesInTheContainerAreRefused() throws {
    let container = try Container()
    try container.runDetached()
    for options in [["--image-path", "rootfs/images"], ["--work-path", container.rootfs + "/work"]] {
      let output = try container.scratch.run(container.words("checkpoint", options), workingDirectory: container.bundle)
      try container.expectRefusal(of: output, saying: "in the container's own root file system", leavesNothing: false)
    }
    #expect(!fileExists(container.rootfs + "/images") && !fileExists(container.rootfs + "/work"))
    // A link elsewhere that leads there is seen through.
    let link = container.scratch.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: container.rootfs + "/tmp")
    try container.expectRefusal(
      of: checkpoint(container, "--image-path", link), saying: "in the container's own root file system",
      leavesNothing: false)
  }

  /// E31: what apus writes beside the images does not go through a link.
  @Test func linkInTheImagesIsNotFollowed() throws {
    let container = try Container()
    try container.runDetached()
    let (images, canary) = (container.scratch.path("images"), container.scratch.path("canary"))
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: false)
    try Data("canary".utf8).write(to: URL(filePath: canary))
    try FileManager.default.createSymbolicLink(atPath: images + "/descriptors.json", withDestinationPath: canary)
    try container.expectRefusal(
      of: checkpoint(container, "--image-path", images), saying: "descriptors.json", leavesNothing: false)
    #expect(readText(canary) == "canary")
  }

  @Test func restoreWithoutImagesIsRefused() throws {
    let container = try Container()
    let restore = ["restore", "--bundle", container.bundle]
    let missing = try container.scratch.apus(restore[0], restore[1], restore[2], container.id)
    try container.expectRefusal(
      of: missing, saying: "checkpoint: no such file or directory (ENOENT)", "hint: --image-path")
    let empty = container.scratch.path("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    let output = try container.scratch.apus(
      "restore", "--bundle", container.bundle, "--image-path", empty, container.id)
    try container.expectRefusal(
      of: output, saying: "\(empty)/descriptors.json: no such file or directory (ENOENT)",
      "hint: a checkpoint writes this file beside CRIU's images")
  }

  /// CRIU fails on images that are none; then nothing of the container is left, nor of what was made for CRIU.
  @Test func restoreOfBrokenImagesLeavesNothing() throws {
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    let images = container.scratch.path("images")
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: false)
    try Data("[]".utf8).write(to: URL(filePath: images + "/descriptors.json"))
    let output = try container.scratch.apus(
      "restore", "--bundle", container.bundle, "--image-path", images, container.id)
    try container.expectRefusal(of: output, saying: "criu failed: type RESTORE errno ", "\(images)/restore.log")
  }

  @Test func restoreOverAContainerIsRefused() throws {
    let container = try Container()
    try container.runDetached()
    let images = container.scratch.path("images")
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: false)
    try Data("[]".utf8).write(to: URL(filePath: images + "/descriptors.json"))
    let pid = try container.pid
    let output = try container.scratch.apus(
      "restore", "--bundle", container.bundle, "--image-path", images, container.id)
    try container.expectRefusal(of: output, saying: "container with given ID already exists", leavesNothing: false)
    try expectUntouched(container, pid)
  }
}
