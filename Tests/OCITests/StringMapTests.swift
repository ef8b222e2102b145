import JSON
import OCI
import Testing

struct StringMapTests {
  private static func read(_ text: String) throws -> StringMap<String> {
    try StringMap(json: Array(text.utf8), named: "map")
  }

  @Test func keepsNamesInTheOrderOfTheirBytes() throws {
    let map = try Self.read(#"{"b":"1","é":"2","a":"3","B":"4","":"5","aa":"6"}"#)
    #expect(map.keys == ["", "B", "a", "aa", "b", "é"])
    #expect(map.map(\.value) == ["5", "4", "3", "6", "1", "2"])
    #expect(String(decoding: map.json(), as: UTF8.self) == #"{"":"5","B":"4","a":"3","aa":"6","b":"1","é":"2"}"#)
  }

  @Test func theLastOfEqualNamesWins() throws {
    let map = try Self.read(#"{"b":"1","a":"2","b":"3","a":"4","c":"5","b":"6"}"#)
    #expect(map == ["a": "4", "b": "6", "c": "5"])
    #expect(try Self.read(#"{"a":"1","a":null}"#) == ["a": "1"])
    #expect(StringMap([("x", 1), ("x", 2)]) == ["x": 2])
  }

  /// An é of one scalar and one of two are the same String, but different names.
  @Test func tellsUnicodeFormsApart() throws {
    let map = try Self.read(#"{"\u00e9":"one","e\u0301":"two"}"#)
    #expect(map.count == 2)
    #expect(map["\u{E9}"] == "one")
    #expect(map["e\u{301}"] == "two")
    #expect(map != ["\u{E9}": "two", "e\u{301}": "one"])
    #expect(StringMap([("\u{E9}", 1)]) != StringMap([("e\u{301}", 1)]))
  }

  @Test func isReadAndChangedByName() {
    var map: StringMap<Int> = ["b": 2]
    #expect(map["a"] == nil)
    map["a"] = 1
    map["c"] = 3
    map["b"] = 4
    #expect(map == ["a": 1, "b": 4, "c": 3])
    map["b"] = nil
    map["x"] = nil
    #expect(map == ["a": 1, "c": 3])
    #expect(StringMap<Int>().isEmpty)
  }

  /// A document decides on the number of names and their order: neither may make reading it slow.
  @Test func manyNamesInAnyOrderAreFast() throws {
    let count = 100_000
    let members = (0..<count).map { "\"\(($0 * 7919) % count)\":\"\"" } + ["\"0\":\"last\""]
    let map = try Self.read("{" + members.joined(separator: ",") + "}")
    #expect(map.count == count)
    #expect(map["0"] == "last")
    #expect(map["99999"] == "")
  }

  @Test func errorsNameTheEntry() {
    #expect(throws: JSONError.self) { try Self.read(#"{"a.b/c":1}"#) }
    do {
      _ = try Self.read(#"{"a.b/c":1}"#)
    } catch {
      #expect("\(error)" == #"map["a.b/c"]: expected a string, found a number (line 1, column 10)"#)
    }
  }
}
