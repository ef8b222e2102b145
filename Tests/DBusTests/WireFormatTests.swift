import Testing

@testable import DBus

/// The bytes are those of the D-Bus specification, section "Marshaling (Wire Format)", or follow from its rules.
struct WireFormatTests {
  @Test("values stand at their alignment, little-endian", arguments: WireFormatTests.cases)
  func isWrittenAndRead(_ example: WireCase) throws {
    var writer = DBusWriter()
    for value in example.values { writer.write(value) }
    #expect(writer.bytes == example.bytes)
    var reader = DBusReader(example.bytes)
    #expect(try reader.values(Array(example.signature.utf8)) == example.values)
    #expect(reader.isAtEnd)
    #expect(example.values.map(\.signature).joined() == example.signature)
  }

  struct WireCase: Sendable, CustomTestStringConvertible {
    let signature: String
    let values: [DBusValue]
    let bytes: [UInt8]
    var testDescription: String { signature }
  }

  static let cases: [WireCase] = [
    // "'foo', '+', and 'bar' would be encoded in sequence as"
    WireCase(
      signature: "sss", values: [.string("foo"), .string("+"), .string("bar")],
      bytes: [3, 0, 0, 0, 0x66, 0x6f, 0x6f, 0, 1, 0, 0, 0, 0x2b, 0, 0, 0, 3, 0, 0, 0, 0x62, 0x61, 0x72, 0]),
    // "an array of INT64 containing one value 5": the length does not count the padding.
    WireCase(
      signature: "ax", values: [.array(of: "x", [.int64(5)])],
      bytes: [8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]),
    // Padding stands there even when the array is empty.
    WireCase(signature: "at", values: [.array(of: "t", [])], bytes: [0, 0, 0, 0, 0, 0, 0, 0]),
    WireCase(
      signature: "yu", values: [.byte(1), .uint32(0x0403_0201)], bytes: [1, 0, 0, 0, 1, 2, 3, 4]),
    WireCase(
      signature: "yqnb", values: [.byte(7), .uint16(0xfffe), .int16(-2), .boolean(true)],
      bytes: [7, 0, 0xfe, 0xff, 0xfe, 0xff, 0, 0, 1, 0, 0, 0]),
    WireCase(signature: "v", values: [.variant(.string("x"))], bytes: [1, 0x73, 0, 0, 1, 0, 0, 0, 0x78, 0]),
    WireCase(
      signature: "yv", values: [.byte(1), .variant(.uint64(.max))],
      bytes: [1, 1, 0x74, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
    WireCase(
      signature: "y(ys)", values: [.byte(1), .structure([.byte(2), .string("a")])],
      bytes: [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x61, 0]),
    WireCase(
      signature: "a{sv}", values: [.array(of: "{sv}", [.entry(.string("k"), .variant(.byte(9)))])],
      bytes: [10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x6b, 0, 1, 0x79, 0, 9]),
    WireCase(signature: "d", values: [.double(1)], bytes: [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
    WireCase(signature: "g", values: [.signature("au")], bytes: [2, 0x61, 0x75, 0]),
  ]

  @Test("a call is written as the specification lays a message out")
  func messageLayout() throws {
    var call = DBusMessage(.methodCall)
    call.serial = 1
    call.path = "/a"
    call.member = "M"
    call.body = [.uint32(7)]
    let expected: [UInt8] =
      [0x6c, 1, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 39, 0, 0, 0]
      + [1, 1, 0x6f, 0, 2, 0, 0, 0, 0x2f, 0x61, 0, 0, 0, 0, 0, 0]
      + [3, 1, 0x73, 0, 1, 0, 0, 0, 0x4d, 0, 0, 0, 0, 0, 0, 0]
      + [8, 1, 0x67, 0, 1, 0x75, 0, 0] + [7, 0, 0, 0]
    #expect(call.encoded == expected)
    #expect(try DBusMessage(expected) == call)
    #expect(try DBusMessage.length(expected.prefix(16)) == expected.count)
    #expect(try DBusMessage.length(expected.prefix(15)) == nil)
  }

  @Test(
    "what is no message ends in an error",
    arguments: [
      ("big-endian", 0, UInt8(0x42)), ("version", 3, 2), ("type", 1, 9), ("length of the body", 7, 0x7f),
      ("length of the fields", 15, 0x7f), ("body that is longer", 4, 8), ("padding", 28, 1),
      ("type of a field", 18, 0x7a),
      ("text without an end", 26, 1), ("signature of the body", 53, 0x73),
    ])
  func isRefused(_ name: String, _ place: Int, _ byte: UInt8) throws {
    var call = DBusMessage(.methodCall)
    call.serial = 1
    call.path = "/a"
    call.member = "M"
    call.body = [.uint32(7)]
    var bytes = call.encoded
    bytes[place] = byte
    #expect(throws: DBusMalformed.self) { try DBusMessage(bytes) }
  }

  @Test("no cut and no flipped byte of a message is a trap")
  func everyMutation() {
    var call = DBusMessage(.methodCall)
    call.serial = 1
    call.path = "/org/freedesktop/systemd1"
    call.body = [
      .string("x.scope"),
      .array(of: "(sv)", [.structure([.string("PIDs"), .variant(.array(of: "u", [.uint32(1)]))])]),
      .array(of: "{sv}", [.entry(.string("k"), .variant(.variant(.byte(9))))]),
    ]
    let bytes = call.encoded
    for length in 0..<bytes.count {
      #expect(throws: DBusMalformed.self) { try DBusMessage(Array(bytes[..<length])) }
    }
    for place in bytes.indices {
      for value in [UInt8(0), 1, 0x28, 0x61, 0x76, 0x7f, 0x80, 0xff] {
        var bytes = bytes
        bytes[place] = value
        do { _ = try DBusMessage(bytes) } catch {}
      }
    }
  }

  @Test("nesting has an end")
  func depth() {
    var value = DBusValue.byte(1)
    for _ in 0..<40 { value = .variant(value) }
    var writer = DBusWriter()
    writer.write(value)
    var reader = DBusReader(writer.bytes)
    #expect(throws: DBusMalformed.self) { try reader.values(Array("v".utf8)) }
    #expect(!DBusSignature.isSingleType(String(repeating: "a", count: 40) + "y"))
    #expect(DBusSignature.isSingleType("a{s(iav)}"))
    for signature in ["", "a", "(", "()", "{s}", "{sv}x", "z", "ss", ")"] {
      #expect(!DBusSignature.isSingleType(signature), "\(signature)")
    }
  }
}
