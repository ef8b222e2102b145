import Foundation
import Testing

/// Which names a container may have, in every command.
@Suite(.scratch) struct ContainerIDTests {
  static let hostile = [
    "", ".", "..", "../x", "a/b", "/abs", "a b", "a\nb", "a;b", "%n", "ü", "a\u{7f}", "a*", "..\u{0301}",
    String(repeating: "x", count: 300), String(repeating: "x", count: 1025),
  ]
  static let commands = [
    ["create"], ["run"], ["run", "-d"], ["start"], ["state"], ["kill"], ["delete"], ["delete", "--force"],
  ]

  /// E1: runc took some of these and crun deleted the parent of its state root for `..`.
  @Test(arguments: commands) func hostileNameIsRefused(command: [String]) throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let scratch = container.scratch
    let canary = scratch.path("x")
    try FileManager.default.createDirectory(atPath: scratch.root + "/sibling/deep", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: canary, withIntermediateDirectories: false)
    for name in ContainerIDTests.hostile {
      let words = [scratch.apus, "--root", scratch.root] + command + ["--", name]
      let output = try scratch.run(words, workingDirectory: container.bundle)
      #expect(output.isRefusal, "\(name)")
      #expect(output.stderr.hasPrefix("apus: ") && output.stderr.split(separator: "\n").count == 1, "\(output)")
    }
    #expect(fileExists(scratch.root + "/sibling/deep") && fileExists(canary))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.root) == ["sibling"])
  }

  @Test(arguments: commands) func nameOfOtherBytesIsRefused(command: [String]) throws {
    let container = try Container { $0["process.args"] = ["true"] }
    let scratch = container.scratch
    let shell = ["/bin/sh", "-c", "exec \"$@\" \"$(printf 'a\\377')\"", "sh"]
    let words = shell + [scratch.apus, "--root", scratch.root] + command
    let output = try scratch.run(words, workingDirectory: container.bundle)
    #expect(output.isRefusal)
    #expect(output.stderr.hasPrefix("apus: "))
  }

  @Test(arguments: ["a", "A0", "with.dot", "with_underscore", "with-minus", "with+plus", "..."])
  func ordinaryNameIsAccepted(name: String) throws {
    let container = try Container { $0["process.args"] = ["echo", "hello"] }
    let words = [container.scratch.apus, "--root", container.scratch.root, "run", "\(container.id)\(name)"]
    let output = try container.scratch.run(words, workingDirectory: container.bundle)
    #expect(try output.succeed().stdout == "hello\n")
  }

  /// E38: a link in the state root is never followed.
  @Test(arguments: commands.filter { $0[0] != "run" && $0[0] != "create" })
  func linkInTheStateRootIsNotFollowed(command: [String]) throws {
    let container = try Container()
    let scratch = container.scratch
    let canary = scratch.path("canary")
    try FileManager.default.createDirectory(atPath: canary + "/deep", withIntermediateDirectories: true)
    try Data("alive".utf8).write(to: URL(filePath: canary + "/state.json"))
    try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: container.stateFolder, withDestinationPath: canary)
    let output = try scratch.run(container.words(command[0], Array(command.dropFirst())))
    #expect(output.status < 128)
    #expect(readText(canary + "/state.json") == "alive")
    #expect(fileExists(canary + "/deep"))
    try? FileManager.default.removeItem(atPath: container.stateFolder)
  }

  /// E38: what else lies in the state root disturbs nobody.
  @Test func foreignFileInTheStateRootDisturbsNobody() throws {
    let container = try Container()
    try FileManager.default.createDirectory(atPath: container.scratch.root, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(filePath: container.scratch.root + "/file"))
    try container.createSleeping()
    try container.start().succeed()
    #expect(try container.status == "running")
  }

  /// E11: a state root without room: the error names it, and nothing is left.
  @Test func fullStateRootIsNamed() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let scratch = container.scratch
    try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: true)
    try scratch.run(["/bin/mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=20", "tmpfs", scratch.root]).succeed()
    try scratch.run(["/bin/sh", "-c", "head -c 4096 /dev/zero >\(scratch.root)/full"]).succeed()
    let output = try container.create()
    let left = fileExists(scratch.inside(container.stateFolder))
    try scratch.run(["/bin/umount", scratch.root]).succeed()
    #expect(!left)
    try container.expectRefusal(of: output, saying: "no space left on device", container.id)
  }

  /// E11: so is one that is read-only.
  @Test func readOnlyStateRootIsNamed() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let scratch = container.scratch
    try FileManager.default.createDirectory(atPath: scratch.root, withIntermediateDirectories: true)
    try scratch.run(["/bin/mount", "-t", "tmpfs", "-o", "ro", "tmpfs", scratch.root]).succeed()
    let output = try container.create()
    try scratch.run(["/bin/umount", scratch.root]).succeed()
    try container.expectRefusal(of: output, saying: "read-only file system", scratch.root)
  }
}
