import JSON
import Testing

/// The parsing cases of JSONTestSuite: y_ must be accepted, n_ refused, and i_ is for us to decide.
@Suite(.enabled(if: SharedFolder.exists))
struct TestSuiteTests {
  static let files = SharedFolder.files(in: "json-test-suite")

  /// What is refused of the cases that RFC 8259 leaves open: what is not UTF-8 at all, and what is nested too deep.
  /// As in Go, numbers of any size are well formed, and text that is no valid UTF-8 or UTF-16 is replaced.
  static let refused: Set = [
    "i_string_UTF-16LE_with_BOM.json",
    "i_string_utf16BE_no_BOM.json",
    "i_string_utf16LE_no_BOM.json",
    "i_structure_500_nested_arrays.json",
    "i_structure_UTF-8_BOM_empty_object.json",
  ]

  @Test func theSuiteIsComplete() {
    let kinds = Dictionary(grouping: Self.files) { $0.prefix(2) }.mapValues(\.count)
    #expect(kinds == ["y_": 95, "n_": 188, "i_": 35])
    #expect(Self.refused.isSubset(of: Self.files))
  }

  @Test(arguments: files) func readsOrRefuses(_ file: String) throws {
    let isAccepted = file.hasPrefix("y_") || file.hasPrefix("i_") && !Self.refused.contains(file)
    let bytes = try SharedFolder.bytes("json-test-suite/" + file)
    let value = tree(bytes)
    #expect((value.value != nil) == isAccepted, "\(value)")
    let skipped = skip(bytes)
    #expect((skipped.value != nil) == isAccepted, "\(skipped)")
    // Both ways through a document find the same fault at the same place.
    #expect(skipped.error?.offset == value.error?.offset)
    #expect(skipped.error?.problem == value.error?.problem)
  }

  @Test(arguments: files) func writesWhatItRead(_ file: String) throws {
    guard let value = tree(try SharedFolder.bytes("json-test-suite/" + file)).value else { return }
    for layout in [JSONWriter.Layout.compact, .pretty, .tabs] {
      #expect(tree(value.json(layout)).value == value)
    }
  }
}
