import Foundation
import Testing

/// The short forms of `make fault`, `make soak` and `make model`.
@Suite(.scratch) struct EnduranceTests {
  /// Runs one of the drivers in a folder of its own, with the shipped binary.
  private func drive(_ script: String, _ options: String...) throws -> String {
    let scratch = try Scratch.current
    let folder = scratch.path("drive")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let words = [
      "/usr/bin/env", "python3", repositoryPath("scripts/\(script).py"), scratch.apus, scratch.busybox, folder,
    ]
    let output = try scratch.run(words + options, timeout: 300)
    let last = output.lines.last ?? ""
    print(last)
    #expect(output.status == 0, "\(output.stdout)\(output.stderr)")
    return last
  }

  @Test(
    "E9: killed at every fortieth system call of every command, on every side; and the shortages (E11)",
    .controllers("pids"))
  func killsAtSystemCalls() throws {
    let numbers = try drive("step-kills", "--stride", "40").split { !$0.isNumber }.compactMap { Int($0) }
    // A walk that lost its way would find no problems either. A command that waits in steps while its calls are counted has
    // more of them than when it is killed.
    #expect(numbers.count >= 4 && numbers[0] >= 14 && numbers[2] >= 300 && numbers[3] >= 300)
  }

  @Test("E3, E4: cycles, execs, 64 callers at once, 16 with one id", .controllers("pids"))
  func soak() throws {
    #expect(try drive("soak", "--count", "100", "--seconds", "4").contains("0 problems"))
  }

  /// The statuses, the phases and the steps of the model are those of the code.
  @Test func modelSpeaksOfTheCode() throws {
    let model = readText(repositoryPath("Tests/Model/lifecycle.pml"))
    let statuses = try #require(model.firstMatch(of: /mtype:status = \{ (.*) \}/)).1
    let container = readText(repositoryPath("Sources/ContainerRuntime/Lifecycle/Container.swift"))
    #expect(container.contains("  case \(statuses)\n"))
    let steps = readText(repositoryPath("Sources/ContainerRuntime/Lifecycle/RuntimeStep.swift"))
    let named = Set(model.matches(of: /step_([a-z_]+):/).map { $0.1.replacing("_", with: ".") })
    #expect(named.count >= 14)
    for name in named { #expect(steps.contains("= \"\(name)\"") || steps.contains("case \(name)\n"), "\(name)") }
  }

  @Test func modelHoldsForEveryOrder() throws {
    let scratch = try Scratch.current
    let output = try scratch.start(
      ["/bin/bash", repositoryPath("scripts/check-model.sh")], environment: ["KILLS=1"]
    ).wait(timeout: 200)
    print(output.lines)
    #expect(output.status == 0, "\(output)")
    #expect(output.lines.count == 4 && output.lines.allSatisfy { $0.hasSuffix("no error") })
  }
}
