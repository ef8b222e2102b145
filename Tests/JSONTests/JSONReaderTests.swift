import JSON
import Testing

struct JSONReaderTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" \t\r\n true ", .bool(true)), ("false", .bool(false)), ("\"a\"", .string("a")),
    ("-0.5e+3", .number("-0.5e+3")), ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([:])),
    ("{ }", .object([:])), ("[1,[2],{}]", .array([.number("1"), .array([.number("2")]), .object([:])])),
    ("{\"a\": {\"b\" : [null]}}", .object(["a": .object(["b": .array([.null])])])),
  ])
  func readsValues(_ text: String, _ value: JSONValue) {
    #expect(tree(text).value == value)
    #expect(skip(Array(text.utf8)).error == nil)
  }

  @Test(arguments: [
    ("", "expected a value, found the end of the document (line 1, column 1)"),
    ("  ", "expected a value, found the end of the document (line 1, column 3)"),
    ("nul", "expected a value, found 'n' (line 1, column 1)"),
    ("nullx", "expected the end of the document, found 'x' (line 1, column 5)"),
    ("{} {}", "expected the end of the document, found an object (line 1, column 4)"),
    ("1 2", "expected the end of the document, found a number (line 1, column 3)"),
    ("\u{FEFF}{}", "expected a value, found a byte order mark (line 1, column 1)"),
    ("\u{7}", "expected a value, found the byte 0x07 (line 1, column 1)"),
    ("\0", "expected a value, found the byte 0x00 (line 1, column 1)"),
    ("{}\0", "expected the end of the document, found the byte 0x00 (line 1, column 3)"),
    ("[1,]", "[1]: expected a value, found ']' (line 1, column 4)"),
    ("[1 2]", "[0]: expected ',' or ']', found a number (line 1, column 4)"),
    ("[1", "[0]: expected ',' or ']', found the end of the document (line 1, column 3)"),
    ("[1}", "[0]: expected ',' or ']', found '}' (line 1, column 3)"),
    ("{\"a\":1,}", "expected the name of a property, found '}' (line 1, column 8)"),
    ("{a:1}", "expected the name of a property, found 'a' (line 1, column 2)"),
    ("{1:1}", "expected the name of a property, found a number (line 1, column 2)"),
    ("{\"a\" 1}", "a: expected ':', found a number (line 1, column 6)"),
    ("{\"a\":1 \"b\":2}", "a: expected ',' or '}', found a string (line 1, column 8)"),
    ("{\"a\":1]", "a: expected ',' or '}', found ']' (line 1, column 7)"),
    ("{\n  \"ä\": 1,\n  \"é\" = 2\n}", "[\"é\"]: expected ':', found '=' (line 3, column 7)"),
    ("{\"a\":{\"b\":1,\"c", "a: a string does not end (line 1, column 13)"),
    ("{\"a\":1,\"\u{1}\":2}", "a string holds the byte 0x01, which must be escaped (line 1, column 9)"),
    ("{\"a", "a string does not end (line 1, column 2)"),
    ("\"a\\\"", "a string does not end (line 1, column 1)"),
    ("\"a\\", "a string does not end (line 1, column 1)"),
    ("\"a\nb\"", "a string holds the byte 0x0A, which must be escaped (line 1, column 3)"),
    ("\"a\\xb\"", "a backslash before 'x', which is no escape (line 1, column 3)"),
    ("\"\\u00g0\"", "expected four hexadecimal digits after \\u (line 1, column 2)"),
    ("\"\\u00\"", "expected four hexadecimal digits after \\u (line 1, column 2)"),
    ("-", "expected a digit, found the end of the document (line 1, column 2)"),
    ("-x", "expected a digit, found 'x' (line 1, column 2)"),
    ("1.", "expected a digit, found the end of the document (line 1, column 3)"),
    ("1e+", "expected a digit, found the end of the document (line 1, column 4)"),
    ("01", "expected the end of the document, found a number (line 1, column 2)"),
    ("+1", "expected a value, found '+' (line 1, column 1)"),
  ])
  func saysWhatIsMalformed(_ text: String, _ description: String) {
    #expect(tree(text).error?.description == description)
    // Skipping has the same demands, but knows no path inside what it skips.
    let error = tree(text).error
    let skipped = skip(Array(text.utf8)).error
    #expect(skipped?.problem == error?.problem)
    #expect(skipped?.offset == error?.offset)
  }

  @Test func anErrorHasItsPlace() throws {
    let text = "{\"a\": [0, {\"b c\":\n [\"ü\", nul]}]}"
    let error = try #require(tree(text, named: "x.json").error)
    #expect(error.document == "x.json")
    #expect(error.path == "a[1][\"b c\"][1]")
    #expect(error.problem == "expected a value, found 'n'")
    #expect((error.offset, error.line, error.column) == (26, 2, 8))
    #expect(
      error.description == "x.json.a[1][\"b c\"][1]: expected a value, found 'n' (line 2, column 8)")
  }

  @Test(arguments: [
    ("", "", "p"), ("d", "", "d: p"), ("", "a", "a: p"), ("d", "a", "d.a: p"), ("d", "[0]", "d[0]: p"),
  ])
  func aLocationIsDocumentAndPath(_ document: String, _ path: String, _ description: String) {
    #expect(JSONError(document: document, path: path, problem: "p").description == description)
  }

  @Test func aNameInAPathIsHarmless() throws {
    let long = String(repeating: "a", count: 1000)
    #expect(tree("{\"\\u001b[2J\\n\":x}").error?.path == "[\"\\u001b[2J\\n\"]")
    #expect(tree("{\"\":x}").error?.path == "[\"\"]")
    #expect(tree("{\"\(long)\":x}").error?.path == "[\"" + String(repeating: "a", count: 64) + "…\"]")
    #expect(tree("{\"a_B-9\":x}").error?.path == "a_B-9")
  }

  @Test func aPathEndsSomewhere() throws {
    let path = try #require(tree(String(repeating: "[", count: 100)).error?.path)
    #expect(path == String(repeating: "[0]", count: 32) + "…")
  }

  @Test func theLastOfEqualNamesWins() {
    #expect(tree("{\"a\":1,\"b\":2,\"a\":3}").value == .object(["a": .number("3"), "b": .number("2")]))
    #expect(read([String: Int].self, "{\"a\":1,\"a\":2}").value == ["a": 2])
  }

  @Test func nullIsAbsent() {
    #expect(read([String: Int].self, "{\"a\":null,\"b\":2}").value == ["b": 2])
    #expect(
      read([Int].self, "[1,null]").error?.description == "[1]: expected an integer, found null (line 1, column 4)")
    #expect(read(Int.self, "null").error?.description == "expected an integer, found null (line 1, column 1)")
  }

  @Test(arguments: [
    ("{}", "an object"), ("[]", "an array"), ("1", "a number"), ("-1", "a number"), ("true", "a boolean"),
    ("false", "a boolean"), ("null", "null"), ("", "the end of the document"), ("x", "'x'"), ("tru", "'t'"),
  ])
  func saysWhatItFound(_ text: String, _ found: String) {
    #expect(read(String.self, text).error?.problem == "expected a string, found \(found)")
  }

  @Test(arguments: [
    (read(Bool.self, "\"true\"").error, "expected a boolean, found a string"),
    (read([Bool].self, "{}").error, "expected an array, found an object"),
    (read([String: Bool].self, "[]").error, "expected an object, found an array"),
    (read(Int.self, "\"1\"").error, "expected an integer, found a string"),
  ])
  func saysWhatItExpected(_ error: JSONError?, _ problem: String) {
    #expect(error?.problem == problem)
  }

  @Test func aChoiceIsOneOfSome() {
    enum Colour: String, CaseIterable, JSONReadable {
      case red, green
      init(from reader: inout JSONReader) throws(JSONError) { self = try reader.choice() }
    }
    #expect(read(Colour.self, "\"green\"").value == .green)
    #expect(
      read([Colour].self, "[\"red\", \"blue\"]").error?.description
        == "[1]: expected one of red, green, found \"blue\" (line 1, column 9)")
    #expect(
      read(Colour.self, "\"\\u001b\(String(repeating: "x", count: 100))\"").error?.problem
        == "expected one of red, green, found \"\\u001b\(String(repeating: "x", count: 63))…\"")
  }
}
