import Foundation
import JSON
import OCI
import Testing

/// The configuration that `spec` writes, compared with what runc 1.5 writes.
struct DefaultSpecTests {
  private static func text(_ spec: Spec) -> String { String(decoding: spec.json(.tabs), as: UTF8.self) }

  private static func golden(_ name: String) throws -> String {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test func isThatOfRunc() throws {
    #expect(Self.text(.default(cgroupNamespace: true)) == (try Self.golden("default.json")))
  }

  @Test func theRootlessOneIsThatOfRunc() throws {
    let spec = Spec.rootlessDefault(userID: 1000, groupID: 1001, cgroupNamespace: true)
    #expect(Self.text(spec) == (try Self.golden("rootless.json")))
  }

  @Test func withoutCgroupNamespaceNothingElseChanges() {
    var spec = Spec.default(cgroupNamespace: true)
    #expect(spec.linux?.namespaces?.popLast()?.type == "cgroup")
    #expect(spec == .default(cgroupNamespace: false))
    let types = Spec.rootlessDefault(userID: 0, groupID: 0, cgroupNamespace: false).linux?.namespaces?.map(\.type)
    #expect(types == ["pid", "ipc", "uts", "mount", "user"])
  }

  @Test(arguments: [
    Spec.default(cgroupNamespace: true), .rootlessDefault(userID: 1, groupID: 2, cgroupNamespace: false),
  ])
  func isReadAsItWasWritten(_ spec: Spec) throws {
    #expect(try Spec(json: spec.json(.tabs)) == spec)
  }

  /// CVE-2022-29162: what is inheritable makes files with inheritable capabilities dangerous.
  @Test func noCapabilityIsInheritable() {
    #expect(Spec.default(cgroupNamespace: true).process?.capabilities?.inheritable == nil)
    #expect(Spec.default(cgroupNamespace: true).process?.capabilities?.ambient == nil)
  }
}
