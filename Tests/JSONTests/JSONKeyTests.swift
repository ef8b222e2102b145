import JSON
import Testing

/// Sorts the properties of an object by the names it knows.
struct Point: JSONReadable, Equatable {
  var left: Int?
  var noNewPrivileges: Int?
  var other: [String] = []

  init(left: Int? = nil, noNewPrivileges: Int? = nil, other: [String] = []) {
    self.left = left
    self.noNewPrivileges = noNewPrivileges
    self.other = other
  }

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "left": left = try reader.value()
      case "noNewPrivileges": noNewPrivileges = try reader.value()
      default:
        other.append(key.string)
        try reader.skipUnknown()
      }
    }
  }
}

struct JSONKeyTests {
  @Test(arguments: [
    ("{\"left\":1}", Point(left: 1)), ("{\"LEFT\":1}", Point(left: 1)), ("{\"lEfT\":1}", Point(left: 1)),
    ("{\"nonewprivileges\":1}", Point(noNewPrivileges: 1)), ("{\"NONEWPRIVILEGES\":1}", Point(noNewPrivileges: 1)),
    ("{\"\\u006ceft\":1}", Point(left: 1)), ("{\"\\u004CEFT\":1}", Point(left: 1)),
    ("{\"lef\":1}", Point(other: ["lef"])), ("{\"left \":1}", Point(other: ["left "])),
    ("{\"lefT\\u0000\":1}", Point(other: ["lefT\0"])), ("{\"\":1}", Point(other: [""])),
    // Four bytes that differ from the name only in the bit that tells cases apart.
    ("{\",EFT\":1}", Point(other: [",EFT"])), ("{\"le\\u0046\\u0014\":1}", Point(other: ["leF\u{14}"])),
  ])
  func matchesWithoutRegardToCase(_ text: String, _ point: Point) {
    #expect(read(Point.self, text).value == point)
  }

  @Test func theLastOfEqualNamesWinsInAnyCase() {
    #expect(read(Point.self, "{\"left\":1,\"LEFT\":2}").value == Point(left: 2))
    #expect(read(Point.self, "{\"LEFT\":2,\"left\":1}").value == Point(left: 1))
    #expect(read(Point.self, "{\"left\":1,\"left\":null}").value == Point())
  }

  @Test func signsAreNotFolded() {
    // '[' and '{' differ in the same bit as 'K' and 'k', and so do NUL and space.
    #expect(read([String: Int].self, "{\"[\":1,\"{\":2}").value == ["[": 1, "{": 2])
  }

  @Test func unknownPropertiesAreCollectedOnRequest() throws {
    let bytes = Array("[{\"left\":1,\"x\":{\"y\":1}},{\"a b\":[1]}]".utf8)
    var unknown: [UnknownProperty] = []
    let points = try [Point](json: bytes, named: "d", unknownProperties: &unknown)
    #expect(points.count == 2)
    #expect(unknown.map(\.path) == ["[0].x", "[1][\"a b\"]"])
    #expect(unknown.map(\.name) == ["x", nil])
    #expect(unknown.allSatisfy { $0.known.contains("left") })
  }
}
