import Foundation
import Testing

/// docs/conformance.md is the specification's schema and the table of the tests put together; with APUS_REGENERATE=1 the
/// test writes it. Neither may name what is not there, and scripts/check-conformance.sh holds the document against what
/// really passed at the end of each whole run.
@Suite struct ConformanceTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every property that holds a value, as the schema has them; the elements of a list of texts are not told apart.
  private static func properties() throws -> [String] {
    var properties: [String] = []
    for (path, node) in try SchemaTests.Document.config.node().places() {
      switch node {
      case .object, .array, .map: continue
      case .string, .integer, .boolean: break
      }
      let text = path.description.replacing("[0]", with: "[]")
      properties.append(text.hasSuffix("[]") ? String(text.dropLast(2)) : text)
    }
    return properties
  }

  @Test(.enabled(if: SharedFolder.exists)) func documentHasARowForEveryProperty() throws {
    var lines: [String] = []
    for property in try Self.properties() {
      let row = try #require(ConformanceTable.row(for: property), "\(property) has no row")
      let proof = row.tests.map { "`\($0)`" }.joined(separator: ", ")
      lines.append(
        "| `\(property)` | `\(row.source)` | \(proof)\(row.skipped.map { " (skipped here: \($0))" } ?? "") |")
    }
    #expect(lines.count > 150)
    let file = Self.root.appending(path: "docs/conformance.md")
    let old = try String(contentsOf: file, encoding: .utf8)
    // What scripts/write-hosts.py has written stays.
    let hosts = old.range(of: "\n<!-- hosts:").map { String(old[$0.lowerBound...]) } ?? ""
    let text = Self.head + lines.joined(separator: "\n") + "\n" + hosts
    if ProcessInfo.processInfo.environment["APUS_REGENERATE"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(old == text, "run the tests with APUS_REGENERATE=1")
    }
  }

  private static let head = """
    # Conformance with the OCI runtime-spec 1.3

    One row for each property of config.json that Linux knows, in the order of the specification's schema: the file below
    `Sources` that decides or does it, and the tests that prove it. "Skipped here" says why the machine of the tests
    cannot show the effect; the tests then are those of the plan, or of the refusal. Made by the tests (APUS_REGENERATE=1)
    from `Tests/OCITests/ConformanceTable.swift`; a test holds it true, and `make test` fails when a test that is named
    here does not exist, failed, or was skipped without such a reason.

    | property | where | tests |
    | --- | --- | --- |

    """

  /// A row without any proof says why.
  @Test func everyRowHasItsProof() {
    for row in ConformanceTable.rows { #expect(!row.tests.isEmpty || row.skipped != nil, "\(row.property)") }
    #expect(Set(ConformanceTable.rows.map(\.property)).count == ConformanceTable.rows.count)
  }

  @Test func filesAndTestsAreThere() throws {
    var files: [String: String] = [:]
    let tests = Self.root.appending(path: "Tests")
    for case let file as URL in try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
    {
      if file.pathExtension == "swift" {
        files[file.deletingPathExtension().lastPathComponent, default: ""] += try String(
          contentsOf: file, encoding: .utf8)
      }
    }
    for row in ConformanceTable.rows {
      #expect(
        FileManager.default.fileExists(atPath: Self.root.appending(path: "Sources/" + row.source).path), "\(row.source)"
      )
      for test in row.tests {
        let parts = test.split(separator: ".")
        #expect(files[String(parts[0])]?.contains("func \(parts[1])(") == true, "\(test)")
      }
    }
  }

  /// Only what the shared table of properties marks as not to be seen on such a machine may be skipped: its last column
  /// begins with n, or with a dash for what Linux has not.
  @Test(.enabled(if: SharedFolder.exists)) func skipsAreThoseThatAreAllowed() throws {
    let table = String(decoding: try SharedFolder.bytes("spec-properties.md"), as: UTF8.self)
    let allowed = table.split(separator: "\n").compactMap { line -> Substring? in
      let columns = line.split(separator: "|").map { $0.trimmingPrefix(while: \.isWhitespace) }
      guard columns.count >= 7, let here = columns.last else { return nil }
      return here.hasPrefix("n") || here.hasPrefix("–") ? columns[0] : nil
    }
    #expect(allowed.count > 10)
    for row in ConformanceTable.rows where row.skipped != nil {
      let names = row.property.replacing("linux.resources.", with: "").replacing("linux.", with: "").split(
        separator: ".")
      #expect(allowed.contains { line in names.allSatisfy { line.contains($0) } }, "\(row.property)")
    }
  }

  /// Every row is that of some property of the schema.
  @Test(.enabled(if: SharedFolder.exists)) func rowsAreOfProperties() throws {
    let used = Set(try Self.properties().compactMap { ConformanceTable.row(for: $0)?.property })
    #expect(Set(ConformanceTable.rows.map(\.property)).subtracting(used) == [])
  }
}
