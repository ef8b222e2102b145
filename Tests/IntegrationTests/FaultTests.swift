import Foundation
import Testing

/// Every step of both sides fails, hangs and dies, before and after: `scripts/walk-faults.py` goes through all of them
/// with the fault build and checks after each that nothing is left and that the id can be used again.
@Suite(.scratch) struct FaultTests {
  @Test(.controllers("pids")) func nothingIsLeftAfterAnyFault() throws {
    let scratch = try Scratch.current
    let folder = scratch.path("walk")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let walk = ["/usr/bin/python3", repositoryPath("scripts/walk-faults.py")]
    let output = try scratch.run(
      walk + [try TestEnvironment.faultBinary, scratch.busybox, folder], timeout: 400)
    print(output.lines.last ?? "")
    #expect(output.status == 0, "\(output.stdout)\(output.stderr)")
    let summary = try #require(output.lines.last)
    // A walk that lost its way would find no problems either.
    let numbers = summary.split { !$0.isNumber }.compactMap { Int($0) }
    #expect(try #require(numbers.first) >= 85, "steps: \(summary)")
    #expect(numbers.contains { $0 >= 1000 }, "faults: \(summary)")
  }

  /// What a caller can put into the environment must not end the shipped runtime.
  @Test func theShippedBinaryHasNoFaults() throws {
    let scratch = try Scratch.current
    let bytes = try Data(contentsOf: URL(filePath: scratch.binary))
    #expect(bytes.range(of: Data("APUS_FAULT".utf8)) == nil)
    // A short string is no string in the file but a number in the code: the longer one must be found where it is used.
    #expect(try Data(contentsOf: URL(filePath: TestEnvironment.faultBinary)).range(of: Data("APUS_FAULT".utf8)) != nil)
    let answer = try scratch.run([scratch.apus, "debug", "steps"])
    #expect(answer.status != 0)
    #expect(answer.stdout.isEmpty)
  }

  /// The variable passes the seal's restart, and reaches neither hooks nor the program.
  @Test func theVariableStaysInTheRuntime() throws {
    let scratch = try Scratch.current
    let container = try Container { config in
      config["process.args"] = ["/bin/sh", "-c", "env"]
      config["hooks.createRuntime"] = [
        ["path": "/bin/sh", "args": ["sh", "-c", .string("env > \(scratch.path("hook"))")]]
      ]
    }
    var words = container.words("run")
    words[0] = try TestEnvironment.faultBinary
    let run = try scratch.start(words, environment: ["APUS_FAULT=runtime.unknown:before:kill"]).wait()
    #expect(run.status == 0, "\(run.stderr)")
    #expect(run.stdout.contains("PATH="))
    #expect(!run.stdout.contains("APUS"))
    #expect(readText(scratch.path("hook")).contains("PATH="))
    #expect(!readText(scratch.path("hook")).contains("APUS"))
  }
}

/// A file of the repository: the tests run in its root.
func repositoryPath(_ path: String) -> String { FileManager.default.currentDirectoryPath + "/" + path }

extension TestEnvironment {
  /// The runtime with faults (`make build-fault`), in APUS_FAULT_BINARY.
  static var faultBinary: String {
    get throws {
      let path = ProcessInfo.processInfo.environment["APUS_FAULT_BINARY"] ?? ""
      guard path.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: path) else {
        throw TestSetupProblem(
          "APUS_FAULT_BINARY is not set. Build it (`make build-fault`) and name its absolute path there.")
      }
      return path
    }
  }
}
