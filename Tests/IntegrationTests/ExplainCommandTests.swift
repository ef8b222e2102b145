import Foundation
import Testing

/// `explain` prints the plan and its steps, and touches nothing.
@Suite(.scratch) struct ExplainCommandTests {
  @Test func printsThePlanAndTouchesNothing() throws {
    let container = try Container { $0["hostname"] = "a-name-to-find" }
    let before = try snapshot(container)
    let output = try container.apus("explain", "--bundle", container.bundle).succeed()
    #expect(output.stderr.isEmpty)
    for word in ["a-name-to-find", "/proc", "/dev/shm", "pivot", "RLIMIT_NOFILE"] {
      #expect(output.stdout.contains(word), "\(word)")
    }
    #expect(try snapshot(container) == before)
    #expect(!fileExists(container.scratch.root))
  }

  @Test func needsNoPrivilege() throws {
    let container = try Container()
    try container.scratch.run(["/bin/chmod", "-R", "a+rX", container.scratch.directory]).succeed()
    let user = ["/usr/bin/setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]
    let output = try container.scratch.run(user + [container.scratch.apus, "explain", "--bundle", container.bundle])
    #expect(try output.succeed().stdout.contains("pivot"))
  }

  @Test func printsTheSameTwice() throws {
    let container = try Container()
    let outputs = try (1...2).map { _ in try container.apus("explain", "--bundle", container.bundle).succeed().stdout }
    #expect(outputs[0] == outputs[1])
  }

  @Test func tellsWhatIsWrong() throws {
    let container = try Container { $0["process.args"] = [] }
    let output = try container.apus("explain", "--bundle", container.bundle)
    try container.expectRefusal(of: output, saying: "process.args")
  }

  private func snapshot(_ container: Container) throws -> [String] {
    try container.scratch.run(["/usr/bin/find", container.bundle, "-printf", "%p %i %m %s %T@\\n"]).lines.sorted()
  }
}
