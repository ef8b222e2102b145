import Cgroups
import Foundation
import Testing

/// docs/cgroups.md has the table of the code. With APUS_REGENERATE=1 the test writes it.
@Suite struct CgroupsDocumentTests {
  private static let begin = "<!-- table: run the tests with APUS_REGENERATE=1 to write it again -->\n"
  private static let end = "<!-- end of the table -->\n"

  @Test func theDocumentHasTheTable() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("docs/cgroups.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(text.range(of: Self.begin)?.upperBound)
    let stop = try #require(text.range(of: Self.end)?.lowerBound)
    let table = Self.table
    if ProcessInfo.processInfo.environment["APUS_REGENERATE"] == "1" {
      try (text[..<start] + table + text[stop...]).write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start..<stop] == table, "run the tests with APUS_REGENERATE=1")
    }
  }

  private static var table: String {
    var lines = ["| `linux.resources` | v1 | v2 |", "| --- | --- | --- |"]
    for resource in LimitedResource.allCases {
      lines.append("| `\(resource.rawValue)` | \(text(resource.v1)) | \(text(resource.v2)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ support: ResourceSupport) -> String {
    switch support {
    case .files(let targets): targets.map { text($0) }.joined(separator: ", ")
    case .ignored(let reason): "no effect, with a warning: \(reason)"
    case .refused(let reason): "refused: \(reason)"
    }
  }

  private static func text(_ target: ControlTarget) -> String {
    var text = "`\(target.file)`\(text(target.form))"
    if let other = target.alternative { text += ", else `\(other.file)`\(Self.text(other.form))" }
    return target.whenMissing == .fail ? text : "[\(text)]"
  }

  private static func text(_ form: ControlTarget.Form) -> String {
    switch form {
    case .plain, .bytes, .value: ""
    case .maximum: ", -1 as `max`"
    case .tasks: ", -1 as `max`, 0 as 1"
    case .one: ": 1"
    case .weight: ": 2…262144 as 1…10000, 1024 as 100"
    case .swapOnly: ", less `memory.limit`"
    case .quotaAndPeriod: ": `QUOTA PERIOD`, -1 as `max`"
    case .pair: ": `KEY VALUE`"
    case .scaledWeight: ": 10…1000 as 1…10000"
    case .scaledWeightPair: ": `KEY VALUE`, 10…1000 as 1…10000"
    case .named(let name): ": `KEY \(name)=VALUE`, 0 as `max`"
    }
  }
}
