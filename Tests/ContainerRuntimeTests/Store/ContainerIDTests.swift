import ContainerRuntime
import Testing

@Suite struct ContainerIDTests {
  @Test(arguments: ["a", "web-1", "A_b+c.d-9", ".a", "..a", "a..b", String(repeating: "x", count: 255)])
  func accepts(_ id: String) throws {
    #expect(try ContainerID(id).string == id)
  }

  @Test(arguments: [
    ("", "container ID cannot be empty"), (".", "it names a folder"), ("..", "it names a folder"),
    ("a/b", "invalid container ID format"), ("../a", "invalid container ID format"),
    ("a b", "invalid container ID format"), ("a\0b", "invalid container ID format"),
    ("a\nb", "invalid container ID format"), ("ä", "invalid container ID format"),
    (String(repeating: "x", count: 256), "it has 256 bytes; at most 255"),
  ])
  func refuses(_ id: String, problem: String) {
    do {
      _ = try ContainerID(id)
      Issue.record("accepted")
    } catch {
      #expect(error.summary.hasPrefix("invalid container ID "))
      #expect(error.summary.contains(problem))
      #expect(!error.summary.contains("\n") && !error.summary.contains("\0"))
      #expect(error.summary.utf8.count < 400)
    }
  }
}
