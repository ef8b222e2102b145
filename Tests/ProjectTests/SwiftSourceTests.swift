import Testing

@Suite struct SwiftSourceTests {
  @Test(arguments: [
    ("import Kernel", ["Kernel"]),
    ("public import OCI", ["OCI"]),
    ("  package import JSON // why", ["JSON"]),
    ("@testable import Seccomp", ["Seccomp"]),
    ("@preconcurrency internal import struct OCI.Spec", ["OCI"]),
    ("import Foundation.NSURL", ["Foundation"]),
    ("// import Kernel", []),
    ("/* import Kernel */", []),
    ("/*\nimport Kernel\n*/ import JSON", ["JSON"]),
    ("let text = \"import Kernel\"", []),
    ("let text = \"\"\"\n  import Kernel\n  \"\"\"\nimport JSON", ["JSON"]),
    ("important(Kernel)", []),
  ])
  func imports(source: String, modules: [String]) {
    #expect(SwiftSource(source).imports.map(\.module) == modules)
  }

  @Test func codeKeepsLineNumbersAndDropsCommentsAndStrings() {
    let source = SwiftSource("a // unsafe\nlet b = \"unsafe \\\" unsafe\" + c\n\nunsafe d")
    #expect(source.code == ["a ", "let b =  + c", "", "unsafe d"])
  }
}
