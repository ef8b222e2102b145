@testable import ContainerRuntime
import Foundation
import JSON
import Kernel
import OCI
import Testing

@Suite struct ExplanationTests {
  /// What `explain` prints is what runs: the very steps of the sequence that a create performs, in their order.
  @Test func tellsTheSequence() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "explain-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Spec.default(cgroupNamespace: true).json()).write(to: folder.appending(path: "config.json"))
    let bundle = try Bundle(path: HostPath(folder.path))
    let text = try Explanation(bundle).text
    let plan = try Plan(
      id: "ID", bundle: bundle.path, spec: bundle.spec, host: try HostFacts.discover(for: bundle.spec))
    let steps = InitSequence(plan, options: InitSequence.Options()).steps
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: "The container's process:"))
    let told = lines[(start + 1)...].prefix { !$0.isEmpty }
    #expect(told.count == steps.count)
    for (line, step) in zip(told, steps) {
      let expected = step.text + (step.property.map { "  [\($0)]" } ?? "")
      #expect(line.hasSuffix("  " + expected), "\(line)")
    }
  }
}
