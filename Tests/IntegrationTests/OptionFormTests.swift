import Foundation
import Testing

/// How options are written, and what the program says about itself.
@Suite(.scratch) struct OptionFormTests {
  @Test(arguments: [["--bundle", "@"], ["--bundle=@"], ["-bundle", "@"], ["-bundle=@"], ["-b", "@"], ["-b=@"]])
  func optionTakesItsValueInEveryForm(words: [String]) throws {
    let container = try Container { $0["process.args"] = ["echo", "hello"] }
    let options = words.map { $0.replacing("@", with: container.bundle) }
    let scratch = container.scratch
    let output = try scratch.run([scratch.apus, "--root", scratch.root, "run"] + options + [container.id])
    #expect(try output.succeed().stdout == "hello\n")
  }

  @Test(arguments: [["--root", "@"], ["--root=@"], ["-root", "@"], ["-root=@"]])
  func globalOptionTakesItsValueInEveryForm(words: [String]) throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let scratch = container.scratch
    let options = words.map { $0.replacing("@", with: scratch.root) }
    try scratch.run([scratch.apus] + options + ["create", "--bundle", container.bundle, container.id]).succeed()
    #expect(try container.status == "created")
  }

  @Test func optionsMayFollowTheID() throws {
    let container = try Container { $0["process.args"] = ["echo", "hello"] }
    let scratch = container.scratch
    let words = [scratch.apus, "--root", scratch.root, "run", container.id, "--bundle", container.bundle]
    #expect(try scratch.run(words).succeed().stdout == "hello\n")
  }

  @Test func defaultRootIsInRun() throws {
    let container = try Container { $0["process.args"] = ["sleep", "1000"] }
    let scratch = container.scratch
    try scratch.run([scratch.apus, "create", "--bundle", container.bundle, container.id]).succeed()
    #expect(fileExists(scratch.inside("/run/apus/\(container.id)")))
    try scratch.run([scratch.apus, "delete", "--force", container.id]).succeed()
    #expect(!fileExists(scratch.inside("/run/apus/\(container.id)")))
  }

  @Test(arguments: ["--version", "-v"]) func versionHasTheLinesThatEnginesRead(flag: String) throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, flag]).succeed()
    #expect(output.lines.first?.wholeMatch(of: /apus version \d+\.\d+\.\d+\S*/) != nil, "\(output)")
    // A build outside a repository has no commit to tell.
    if fileExists(URL(filePath: #filePath).appending(path: "../../../.git").standardized.path) {
      #expect(output.lines.dropFirst().first?.wholeMatch(of: /commit: [0-9a-z.-]+/) != nil, "\(output)")
    }
    #expect(output.lines.contains { $0.wholeMatch(of: /spec: 1\.\d+\.\d+\S*/) != nil }, "\(output)")
    #expect(output.stderr.isEmpty)
  }

  @Test(arguments: ["--help", "-h"]) func helpNamesEveryCommand(flag: String) throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus, flag]).succeed()
    for command in ["spec", "create", "start", "run", "state", "kill", "delete", "explain"] {
      #expect(output.stdout.contains(command))
    }
  }

  @Test(arguments: ["create", "start", "run", "state", "kill", "delete", "spec"])
  func helpOfACommandTouchesNothing(command: String) throws {
    let scratch = try Scratch.current
    let output = try scratch.apus(command, "--help").succeed()
    #expect(output.stdout.contains(command))
    #expect(!fileExists(scratch.root))
  }

  @Test(arguments: [
    ["create"], ["run"], ["state"], ["kill"], ["delete"], ["start"], ["state", "a", "b"], ["create", "a", "b"],
    ["--bogus"], ["state", "--bogus", "x"], ["bogus"], ["--root"], ["create", "--bundle"],
  ])
  func wrongCommandLineIsRefused(words: [String]) throws {
    let scratch = try Scratch.current
    let output = try scratch.run([scratch.apus] + words)
    #expect(output.isRefusal)
    #expect(output.stderr.hasPrefix("apus: "))
    #expect(output.stderr.split(separator: "\n").count == 1)
  }
}
