import Foundation
import Testing

/// A process that cannot be executed, in the words that engines match to choose their own exit status.
@Suite(.scratch) struct ExecutableErrorTests {
  @Test(arguments: ["run", "create"]) func programThatIsNowhereInPath(command: String) throws {
    let container = try Container { $0["process.args"] = ["nope"] }
    let output = try container.scratch.run(container.words(command))
    #expect(output.status == 1)
    try container.expectRefusal(
      of: output, saying: "unable to start container process: exec: \"nope\": executable file not found in $PATH")
  }

  @Test(arguments: ["run", "create"]) func pathThatIsNotThere(command: String) throws {
    let container = try Container { $0["process.args"] = ["/nope"] }
    let output = try container.scratch.run(container.words(command))
    #expect(output.status == 1)
    try container.expectRefusal(
      of: output, saying: "unable to start container process: exec: \"/nope\": stat /nope: no such file or directory")
  }

  @Test(arguments: ["run", "create"]) func fileThatIsNotExecutable(command: String) throws {
    let container = try Container { $0["process.args"] = ["/etc/passwd"] }
    let output = try container.scratch.run(container.words(command))
    #expect(output.status == 1)
    try container.expectRefusal(
      of: output, saying: "unable to start container process: exec: \"/etc/passwd\": permission denied")
  }

  @Test func folderIsNoProgram() throws {
    try Container { $0["process.args"] = ["/etc"] }.expectRefusal(saying: "exec: \"/etc\": ")
  }

  @Test func emptyNameIsNoProgram() throws {
    try Container { $0["process.args"] = [""] }.expectRefusal(saying: "process.args[0]")
  }

  @Test func programOfTheHostIsNotFound() throws {
    let container = try Container { $0["process.args"] = ["nsenter"] }
    try FileManager.default.removeItem(atPath: container.rootfs + "/usr/bin")
    try container.expectRefusal(saying: "exec: \"nsenter\": executable file not found in $PATH")
  }

  @Test func programBelowAnUnreadableFolder() throws {
    let container = try Container {
      $0["process.args"] = ["/closed/hello"]
      $0["process.user"] = ["uid": 1000, "gid": 1000]
    }
    let folder = container.rootfs + "/closed"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try makeScript("#!/bin/sh\n", at: folder + "/hello")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
    try container.expectRefusal(saying: "exec: \"/closed/hello\": ", "permission denied")
  }

  /// What only execve can find out still reaches the caller of `run`, `create` having passed or not.
  @Test func scriptWithoutItsInterpreter() throws {
    let container = try Container { $0["process.args"] = ["/hello"] }
    try makeScript("#!/no/such/interpreter\n", at: container.rootfs + "/hello")
    try container.expectRefusal(saying: "/hello", "no such file or directory", "its interpreter is not in the image")
  }

  @Test func fileThatIsNoProgram() throws {
    let container = try Container { $0["process.args"] = ["/hello"] }
    try makeScript("\u{7f}ELF nonsense", at: container.rootfs + "/hello")
    try container.expectRefusal(saying: "exec format error", "this machine's architecture")
  }

  /// As runc does: a working folder that the image lacks is made, also below a read-only root.
  @Test func missingWorkingFolderIsMade() throws {
    let container = try Container { $0["process.cwd"] = "/not/there" }
    #expect(try container.run("pwd").succeed().stdout == "/not/there\n")
  }

  @Test func workingFolderThatIsAFileIsNamed() throws {
    let container = try Container { $0["process.cwd"] = "/etc/passwd" }
    try container.expectRefusal(saying: "/etc/passwd")
  }

  @Test func mountSourceThatIsNotThereIsNamed() throws {
    let container = try Container {
      $0.append(
        ["destination": "/tmp", "type": "bind", "source": "/nowhere/source", "options": ["bind"]], to: "mounts")
    }
    try container.expectRefusal(saying: "/nowhere/source", "no such file or directory")
  }

  @Test func unknownFileSystemIsNamed() throws {
    let container = try Container {
      $0.append(["destination": "/tmp", "type": "bogusfs", "source": "x"], to: "mounts")
    }
    try container.expectRefusal(saying: "bogusfs", "/tmp")
  }

  /// A1 (CVE-2019-5736): the container's process cannot be the runtime's own binary.
  @Test func runtimeItselfIsNoProgram() throws {
    let container = try Container { $0["process.args"] = ["/proc/self/exe", "--version"] }
    let output = try container.scratch.run(container.words("run"))
    #expect(output.status != 0)
    #expect(!output.stdout.contains("version"))
    try container.expectRefusal(of: output)
  }
}
