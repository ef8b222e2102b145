import Foundation
import Testing

/// The command `validate`: everything that is wrong at once, and what would be passed over in silence.
@Suite(.scratch) struct ValidateTests {
  private func validate(_ container: Container) throws -> Output {
    try container.scratch.run([container.scratch.apus, "validate", "--bundle", container.bundle])
  }

  @Test func goodConfigurationHasNoProblems() throws {
    let output = try validate(try Container()).succeed()
    #expect(output.stdout == "config.json: no problems\n" && output.stderr.isEmpty)
  }

  @Test func everythingIsToldAtOnce() throws {
    let container = try Container { config in
      config["process.args"] = []
      config["process.cwd"] = "here"
      config["hostname"] = .string(String(repeating: "x", count: 65))
      config["linux.namespaces.0.type"] = "pdi"
      config["linux.maskedPaths.0"] = "proc"
      config["process.noNewPrivilege"] = true
    }
    let output = try validate(container)
    #expect(output.status == 1 && output.stderr.isEmpty)
    let places = ["process.args", "process.cwd", "hostname", "linux.namespaces[0].type", "linux.maskedPaths[0]"]
    for place in places { #expect(output.lines.contains { $0.hasPrefix("error: config.json.\(place): ") }) }
    #expect(
      output.lines.contains(
        "warning: config.json.process.noNewPrivilege: unknown property, which is ignored; did you mean noNewPrivileges?"
      ))
    #expect(output.lines.last?.hasSuffix(" errors, 1 warning") == true)
    #expect(output.lines.count == places.count + 2)
  }

  @Test func sourceThatIsNotThereIsTold() throws {
    let container = try Container { config in
      config.append(["destination": "/x", "source": "/nowhere/data", "options": ["rbind"]], to: "mounts")
    }
    let output = try validate(container)
    #expect(output.status == 1)
    #expect(output.lines.first?.hasSuffix("].source: \"/nowhere/data\": no such file or directory") == true)
    #expect(output.lines.last == "1 error, 0 warnings")
  }

  @Test func missingConfigurationIsMended() throws {
    let scratch = try Scratch.current
    let output = try scratch.apus("validate", "--bundle", scratch.directory)
    #expect(output.status == 1 && output.stderr.contains("/config.json: no such file or directory (ENOENT)"))
    #expect(output.stderr.contains("hint: a bundle is a folder with a config.json, which apus spec writes"))
  }

  @Test func warningsAloneAreNoFailure() throws {
    let container = try Container { config in
      config["linux.resources.memory"] = ["useHierarchy": true, "kernel": 1_048_576]
      config["mounts.0.optoins"] = ["ro"]
      config["x-vendor"] = ["a": 1]
      config["windows"] = ["layerFolders": ["c:"]]
    }
    let output = try validate(container).succeed()
    let misspelt = "warning: config.json.mounts[0].optoins: unknown property, which is ignored; did you mean options?"
    #expect(output.lines.contains(misspelt))
    #expect(output.lines.contains("warning: config.json.windows: is of another platform and is ignored"))
    #expect(output.lines.contains("warning: config.json.x-vendor: unknown property, which is ignored"))
    #expect(output.lines.last?.hasPrefix("0 errors, ") == true)
  }

  /// The same configuration makes a container.
  @Test func createIgnoresWhatNobodyKnows() throws {
    let container = try Container { config in
      for place in ["x", "process.x", "root.x", "process.user.x", "linux.x", "linux.namespaces.0.x", "mounts.0.x"] {
        config[place] = ["y": [1, 2]]
      }
      config["windows"] = ["layerFolders": ["c:"]]
      config["process.args"] = ["echo", "here"]
    }
    let output = try container.run().succeed()
    #expect(output.stdout == "here\n" && output.stderr.isEmpty)
  }

  static let texts: [(String, String)] = [
    ("", "expected an object"), ("{", "error: config.json: "),
    ("{\"ociVersion\": 1}", "error: config.json.ociVersion: "),
    ("{\"ociVersion\":\"1.0.0\",\n\"process\":{\"args\":[1]}}", "error: config.json.process.args[0]: "),
    ("{\"ociVersion\":\"1.0.0\",\n\"process\":{\"args\":[1]}}", "(line 2, column 20)"),
  ]

  @Test(arguments: texts.indices) func malformedConfigurationIsToldWithItsPlace(index: Int) throws {
    let (text, phrase) = ValidateTests.texts[index]
    let container = try Container()
    try container.write(text: text)
    let output = try validate(container)
    #expect(output.status == 1)
    #expect(output.stdout.contains(phrase))
    #expect(output.lines.last == "1 error, 0 warnings")
  }

  @Test func missingRootFileSystemIsAnError() throws {
    let container = try Container { $0["root.path"] = "nowhere" }
    let output = try validate(container)
    #expect(output.status == 1)
    #expect(output.stdout.contains("error: config.json.root.path: \"\(container.bundle)/nowhere\": no such file"))
  }

  @Test func missingBundleIsNoAnswer() throws {
    let container = try Container()
    let output = try container.scratch.run([container.scratch.apus, "validate", "--bundle", "/nowhere"])
    try container.expectRefusal(of: output, saying: "/nowhere", "no such file or directory")
    #expect(output.stdout.isEmpty)
  }

  /// What `validate` calls an error `create` refuses, in the same words, and the other way round.
  @Test(arguments: ["process.cwd", "process.args", "hostname", "process.rlimits", "root.path"])
  func createAgrees(property: String) throws {
    let wrong: [String: JSONValue] = [
      "process.cwd": "x", "process.args": [], "hostname": .string(String(repeating: "x", count: 65)),
      "process.rlimits": [["type": "RLIMIT_NONE", "soft": 1, "hard": 1]], "root.path": "",
    ]
    let container = try Container { $0[property] = wrong[property] }
    let told = try #require(try validate(container).lines.first { $0.hasPrefix("error: ") })
    try container.expectRefusal(of: container.create(), saying: "config.json.\(property)")
    #expect(try container.create().stderr.contains(told.dropFirst("error: ".count)))
  }

  @Test func nothingIsTouched() throws {
    let container = try Container()
    try validate(container).succeed()
    #expect(try container.scratch.remains(of: container.id).isEmpty)
    #expect(!fileExists(container.scratch.inside(container.scratch.root)))
  }
}
