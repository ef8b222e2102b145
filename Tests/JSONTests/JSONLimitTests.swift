import JSON
import Testing

struct JSONLimitTests {
  private static func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
    Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")])
  func nestingIsLimited(_ open: String, _ close: String) {
    let levels = open.hasPrefix("[{") ? 2 : 1
    let most = JSONReader.depthLimit / levels
    #expect(JSONReader.depthLimit == 128)
    #expect(tree(Self.nested(most, open, close)).error == nil)
    #expect(skip(Self.nested(most, open, close)).error == nil)
    for bytes in [Self.nested(most + 1, open, close), Self.nested(200_000, open, close)] {
      #expect(tree(bytes).error?.problem == "more than 128 levels of nesting")
      #expect(skip(bytes).error?.problem == "more than 128 levels of nesting")
      #expect(skip(bytes).error?.offset == most * open.utf8.count)
    }
  }

  @Test func nestingCountsFromTheTopWhileSkipping() {
    /// Skips the value of its only property.
    struct Nothing: JSONReadable {
      init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while try reader.nextKey() != nil { try reader.skipUnknown() }
      }
    }
    func document(_ depth: Int) -> [UInt8] {
      Array("{\"a\":".utf8) + Self.nested(depth, "[", "]") + Array("}".utf8)
    }
    #expect(read(Nothing.self, document(127)).error == nil)
    #expect(
      read(Nothing.self, document(128), named: "d").error?.description
        == "d.a: more than 128 levels of nesting (line 1, column 133)")
  }

  @Test func sizeIsLimited() {
    let most = [UInt8](repeating: UInt8(ascii: " "), count: JSONReader.sizeLimit - 1) + [UInt8(ascii: "1")]
    #expect(JSONReader.sizeLimit == 16 * 1024 * 1024)
    #expect(read(Int.self, most).value == 1)
    #expect(
      read(Int.self, [UInt8(ascii: " ")] + most, named: "config.json").error?.description
        == "config.json: 16777217 bytes, more than the limit of 16777216")
  }
}
