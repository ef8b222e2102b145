@testable import ContainerRuntime
import Kernel
import OCI
import Testing

@Suite struct HintTests {
  /// Words that callers look for in errors: containerd's shim swallows an error of delete that has one of them.
  static let phrases = ["does not exist", "permission denied", "no such file or directory", "container not running"]

  @Test func noHintHasWordsThatCallersMatch() throws {
    let steps =
      try sequence { spec in
        spec.mapIDs()
        spec.addNamespace("pid", path: "/ns/pid")
      }.steps + (try sequence { $0.addNamespace("network", path: "/ns/net") }).steps
    var hints: Set<String> = []
    for number in Int32(1)...133 {
      for step in steps { if let hint = Hint.text(for: step, Errno(rawValue: number)) { hints.insert(hint) } }
      if let hint = Hint.text(forCall: "clone", Errno(rawValue: number)) { hints.insert(hint) }
    }
    #expect(hints.count >= 8)
    for hint in hints {
      #expect(!Self.phrases.contains { hint.contains($0) }, "\(hint)")
      #expect(!hint.contains("\n") && hint.first?.isLowercase != false || hint.hasPrefix("/"), "\(hint)")
    }
  }

  @Test func knowsADeadPidNamespace() {
    #expect(Hint.text(forCall: "clone", .noMemory) == "the pid namespace to join has no living init any more")
    #expect(Hint.text(forCall: "open", .noMemory) == nil)
  }

  @Test func knowsACoveredProcfs() throws {
    let step = try #require(try sequence().steps.first { $0.name == "mount/proc" })
    #expect(Hint.text(for: step, .notPermitted)?.contains("fully visible procfs") == true)
    #expect(Hint.text(for: step, .noSpace) == nil)
  }
}
