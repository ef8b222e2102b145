import Testing

/// Rules for the sources that no compiler setting expresses.
@Suite struct SourceTests {
  static let maximumLines = 450

  @Test func unsafeLivesInKernel() throws {
    for file in ProjectFiles.swiftFiles(under: "Sources") where !file.hasPrefix("Sources/Kernel/") {
      for (index, line) in SwiftSource(try ProjectFiles.text(file)).code.enumerated() {
        #expect(!Self.isUnsafe(line), "\(file):\(index + 1): \(line)")
      }
    }
  }

  @Test(arguments: [
    ("unsafe call()", true), ("@unsafe func f() {}", true), ("let p: UnsafePointer<Int>", true),
    ("UnsafeMutableRawBufferPointer", true), ("withUnsafeBytes(of: x) { _ in }", true),
    ("nonisolated(unsafe) static var x = 1", true), ("_ = unsafeBitCast(x, to: Int.self)", true),
    ("let isUnsafeAnnotation = unsafeties", false), ("let potentiallyUnsafe = 1", false), ("@safe func f()", false),
  ])
  func recognisesUnsafe(line: String, expected: Bool) {
    #expect(Self.isUnsafe(line) == expected)
  }

  @Test func filesReadInOneSitting() throws {
    for file in ["Sources", "Tests"].flatMap(ProjectFiles.swiftFiles(under:)) where !Self.isGenerated(file) {
      let lines = try ProjectFiles.text(file).split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(lines < Self.maximumLines, "\(file) has \(lines) lines")
    }
  }

  @Test func sourcesPassTheFormatter() throws {
    let answer = try Command.run(["make", "--no-print-directory", "lint"], in: ProjectFiles.root)
    #expect(answer.status == 0, "\(answer.errors)")
  }

  /// The tables of system calls, one file per architecture, are written by a script.
  private static func isGenerated(_ file: String) -> Bool {
    file.hasPrefix("Sources/Seccomp/Syscalls+")
  }

  /// The `unsafe` keyword and attribute, the pointer types, and the functions of the standard library that hand out
  /// pointers or reinterpret bits. A name of our own that merely speaks of something unsafe is none.
  private static func isUnsafe(_ line: String) -> Bool {
    line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { word in
      word == "unsafe" || word.hasPrefix("withUnsafe") || word.hasPrefix("unsafeBitCast")
        || word.hasPrefix("unsafeDowncast") || (word.hasPrefix("Unsafe") && word.contains("Pointer"))
    }
  }
}
