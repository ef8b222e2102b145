import Foundation
import Testing

/// The command `spec`.
@Suite(.scratch) struct SpecCommandTests {
  @Test func writesIntoTheBundle() throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, "spec", "--bundle", scratch.directory]).succeed()
    #expect(output.stdout.isEmpty && output.stderr.isEmpty)
    let config = try JSONValue(parsing: readText(scratch.path("config.json")))
    #expect(config["ociVersion"]?.string?.hasPrefix("1.") == true)
    #expect(config["root"] == ["path": "rootfs", "readonly": true])
    #expect(config["process.args"] == ["sh"])
    #expect(config["process.terminal"] == true)
    #expect(config["process.cwd"] == "/")
    #expect(config["process.noNewPrivileges"] == true)
    #expect(config["process.rlimits"] == [["type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024]])
    let namespaces = Set(try #require(config["linux.namespaces"]?.array).compactMap { $0["type"]?.string })
    let isUnified = fileExists("/sys/fs/cgroup/cgroup.controllers")
    #expect(namespaces == Set(["pid", "network", "ipc", "uts", "mount"] + (isUnified ? ["cgroup"] : [])))
  }

  @Test func writesIntoTheWorkingFolder() throws {
    let scratch = try Scratch.current
    try scratch.run([scratch.apus, "spec"], workingDirectory: scratch.directory).succeed()
    #expect(fileExists(scratch.path("config.json")))
  }

  @Test func neverOverwrites() throws {
    let scratch = try Scratch.current
    try Data("mine".utf8).write(to: URL(filePath: scratch.path("config.json")))
    let output = try scratch.run([scratch.apus, "spec", "--bundle", scratch.directory])
    #expect(output.status == 1)
    #expect(output.stderr.contains("File config.json exists. Remove it first"))
    #expect(readText(scratch.path("config.json")) == "mine")
  }

  @Test func missingFolderIsAnError() throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, "spec", "--bundle", "/nowhere/at/all"])
    #expect(output.status == 1)
    #expect(output.stderr.contains("no such file or directory"))
  }

  @Test func readableIndentedAndEndsWithNewline() throws {
    let text = readText(try Container().bundle + "/config.json")
    #expect(!text.isEmpty)
    let scratch = try Scratch.current
    try scratch.run([scratch.apus, "spec", "--bundle", scratch.directory]).succeed()
    #expect(readText(scratch.path("config.json")).hasPrefix("{\n"))
  }
}
