import Testing

@testable import DBus

struct DBusTextTests {
  @Test(
    "a text becomes a value with its type",
    arguments: [
      ("true", DBusValue.boolean(true)), ("boolean false", .boolean(false)), ("7", .int32(7)), ("-7", .int32(-7)),
      ("0x1f", .int32(31)), ("010", .int32(8)), ("1.5", .double(1.5)), ("1e3", .double(1000)), ("byte 255", .byte(255)),
      ("int16 -2", .int16(-2)), ("uint16 2", .uint16(2)), ("int32 2", .int32(2)), ("uint32 2", .uint32(2)),
      ("int64 -9", .int64(-9)), ("uint64 18446744073709551615", .uint64(.max)), ("@t 0xff", .uint64(255)),
      ("double 3", .double(3)), ("'inactive-or-failed'", .string("inactive-or-failed")), ("\"a'b\"", .string("a'b")),
      ("string 'x'", .string("x")), ("objectpath '/a'", .objectPath("/a")), ("signature 'au'", .signature("au")),
      (#"'a\n\'\\é'"#, .string("a\n'\\é")), (#"'\U0001F600'"#, .string("😀")), ("b'ab'", .bytes([97, 98, 0])),
      (#"b'\377'"#, .bytes([255, 0])), ("['a', 'b']", .array(of: "s", [.string("a"), .string("b")])),
      ("[1, int64 2]", .array(of: "x", [.int64(1), .int64(2)])),
      ("[1, 2.5]", .array(of: "d", [.double(1), .double(2.5)])),
      ("@as []", .array(of: "s", [])), ("@ay [1, 0xff]", .bytes([1, 255])),
      ("[('/dev/null', 'rw')]", .array(of: "(ss)", [.structure([.string("/dev/null"), .string("rw")])])),
      ("{'k': <uint32 1>}", .array(of: "{sv}", [.entry(.string("k"), .variant(.uint32(1)))])),
      ("<'x'>", .variant(.string("x"))), (" [ 1 , 2 , ] ", .array(of: "i", [.int32(1), .int32(2)])),
      ("[[1], []]", .array(of: "ai", [.array(of: "i", [.int32(1)]), .array(of: "i", [])])),
    ])
  func isRead(_ text: String, _ value: DBusValue) throws { #expect(try DBusValue(text: text) == value) }

  @Test(
    "what is no value is refused",
    arguments: [
      "", " ", "yes", "1 2", "[1", "[1 2]", "[]", "{}", "'a", "byte 256", "uint32 -1", "uint32 'a'", "@zz 1", "@as [1]",
      "[1, 'a']", "--1", "0x", "<1", "(", "{'a' 1}", "b'\\9", "objectpath 'a'", "int32 1.5", "uint64", "b\"x", "+-1",
      "objectpath '/a/'", "objectpath '//'", "objectpath '/a-b'", "signature 'a'", "signature 'z'", "'a\0b'", "'\\u12'",
      "'\\u0000'", "@", "boolean 1",
    ])
  func isRefused(_ text: String) { #expect(throws: DBusTextProblem.self) { try DBusValue(text: text) } }

  @Test("depth and length have an end")
  func limits() {
    for text in [String(repeating: "<", count: 1000), String(repeating: "[", count: 70_000)] {
      #expect(throws: DBusTextProblem.self) { try DBusValue(text: text) }
    }
  }

  @Test("a type longer than a signature may be")
  func longType() {
    let members = (0..<300).map { "\($0)" }.joined(separator: ",")
    #expect(throws: DBusTextProblem.self) { try DBusValue(text: "(\(members))") }
  }

  @Test("the words say what is wrong and where")
  func words() {
    #expect(throws: DBusTextProblem(description: "a value was expected (a text stands in quotes) at byte 0")) {
      try DBusValue(text: "infinity")
    }
    #expect(throws: DBusTextProblem(description: "its type cannot be told: write it, as in @as []")) {
      try DBusValue(text: "[]")
    }
    #expect(throws: DBusTextProblem(description: "256 is no value of the type \"y\"")) {
      try DBusValue(text: "byte 256")
    }
  }
}

struct DBusAddressTests {
  @Test(
    arguments: [
      ("unix:path=/run/a", ["/run/a"]), ("unix:abstract=/tmp/x,guid=12", ["@/tmp/x"]),
      ("unix:guid=1,path=/a%20b;tcp:host=localhost,port=1;unix:path=/c", ["/a b", "/c"]), ("", []), ("unix", []),
      ("unix:path", []), ("unix:path=%2", []), ("unix:path=", []), ("unix:abstract=", []), ("launchd:env=X", []),
    ])
  func addresses(_ list: String, _ expected: [String]) {
    #expect(DBusAddress.parse(list).map(\.description) == expected)
  }
}
