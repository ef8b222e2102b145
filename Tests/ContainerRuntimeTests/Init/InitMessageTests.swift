@testable import ContainerRuntime
import Kernel
import Testing

/// The runtime reads the words of the container's process as hostile input.
@Suite struct InitMessageTests {
  @Test(arguments: [
    InitMessage.ready, .runtimeHooksDue, .executing, .failed(step: 3, SystemCallError("mount", "/proc", .notPermitted)),
    .failed(step: 0, SystemCallError("exec", "", .noMemory)), .networkDevicesDue, .idMapDue(source: 0),
    .idMapDue(source: 0x0102_0304),
  ])
  func roundTrips(_ message: InitMessage) {
    #expect(InitMessage(message.bytes, stepCount: 10) == message)
  }

  @Test func isCutToItsBound() {
    let long = String(repeating: "x", count: 5000)
    let bytes = InitMessage.failed(step: 1, SystemCallError(long, long, .invalid)).bytes
    #expect(bytes.count <= InitMessage.most)
    guard case .failed(1, let error) = InitMessage(bytes, stepCount: 2) else {
      Issue.record("no message")
      return
    }
    #expect(error.errno == .invalid)
  }

  @Test(arguments: [
    [], [0], [0xff], Array("RR".utf8), Array("F".utf8), Array("F12345678".utf8), Array("Z".utf8), Array("M".utf8),
    Array("M123".utf8), Array("M12345".utf8),
    [UInt8(ascii: "F"), 9, 0, 0, 0, 1, 0, 0, 0], [UInt8(ascii: "F"), 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    [UInt8(ascii: "F"), 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0], Array(repeating: UInt8(ascii: "F"), count: 1025),
  ])
  func refuses(_ bytes: [UInt8]) {
    #expect(InitMessage(bytes, stepCount: 9) == nil)
  }

  @Test func controlCharactersDoNotForgeLines() {
    let bytes: [UInt8] = [UInt8(ascii: "F"), 0, 0, 0, 0, 1, 0, 0, 0] + Array("mount\nroot: fine\u{1b}[2J".utf8)
    guard case .failed(_, let error) = InitMessage(bytes, stepCount: 1) else {
      Issue.record("no message")
      return
    }
    #expect(error.call == "mount\\nroot: fine\\x1b[2J")
  }

  /// Whatever the bytes and the step are, the answer is an error of ours and no trap.
  @Test func randomBytesNeverTrap() throws {
    let sequence = try sequence()
    let report = InitFailureReport(sequence: sequence, process: try plan().process)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func random() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    for _ in 0..<20_000 {
      var bytes = (0..<Int(random() % 40)).map { _ in UInt8(truncatingIfNeeded: random()) }
      if !bytes.isEmpty && random() % 2 == 0 { bytes[0] = UInt8(ascii: "F") }
      let error = report.error(bytes, progress: UInt32(truncatingIfNeeded: random()))
      #expect(!error.summary.contains("\n"))
    }
    for progress in [0, 1, UInt32(sequence.steps.count), UInt32(sequence.steps.count) + 1, .max] {
      #expect(report.error([], progress: progress).summary.contains("died"))
    }
  }
}
