import Testing

@testable import CommandLine

@Suite struct VersionTextTests {
  @Test func hasTheLinesOfRunc() {
    let version = VersionText(
      program: "apus", version: "0.1.0", commit: "abc123", specification: "1.3.0",
      components: [("swift", "6.3.1")])
    #expect(version.text == "apus version 0.1.0\ncommit: abc123\nspec: 1.3.0\nswift: 6.3.1\n")
  }

  @Test func leavesAnUnknownCommitOut() {
    let version = VersionText(program: "runc", version: "0.1.0", commit: nil, specification: "1.3.0")
    #expect(version.text == "runc version 0.1.0\nspec: 1.3.0\n")
  }
}
