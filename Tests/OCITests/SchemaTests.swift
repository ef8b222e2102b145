import JSON
import OCI
import Testing

/// The schemas of the runtime-spec against our types: every property is read, kept and written, and what is wrong
/// with one is told with its path.
@Suite(.enabled(if: SharedFolder.exists))
struct SchemaTests {
  /// A schema and the type that it is about.
  enum Document: String, CaseIterable {
    case config, state, features

    var ignored: Set<String> {
      // Other platforms: nothing of them is kept, as spec-conforming runtimes for Linux may.
      self == .config ? ["solaris", "windows", "vm", "zos", "freebsd"] : []
    }

    func node() throws -> SchemaNode { try SchemaNode(rawValue + "-schema.json", ignoring: ignored) }

    func sample() throws -> JSONValue {
      var count = 0
      return try node().sample(&count)
    }

    /// The document read as our type and written again, and what was not known in it.
    func roundTrip(_ document: JSONValue) throws(JSONError) -> (JSONValue, unknown: [UnknownProperty]) {
      var unknown: [UnknownProperty] = []
      let bytes = document.json()
      let written =
        switch self {
        case .config: try Spec(json: bytes, named: "d", unknownProperties: &unknown).json()
        case .state: try State(json: bytes, named: "d", unknownProperties: &unknown).json()
        case .features: try Features(json: bytes, named: "d", unknownProperties: &unknown).json()
        }
      return (try JSONValue(json: written, named: "written"), unknown)
    }

    func error(_ document: JSONValue) -> JSONError? {
      Result { () throws(JSONError) in try roundTrip(document) }.error
    }
  }

  /// Required by the schema and yet optional here: runtime-spec 1.3 made it so in its text.
  static let optional: Set = ["linux.resources.pids.limit"]

  /// Bounds that our types do not have, since they are of another kind than those of a number's size; the plan
  /// knows them, and pid_t has 32 bits.
  static let otherBounds: [String: String] = [
    "hooks.prestart[0].timeout": "minimum 1", "hooks.createRuntime[0].timeout": "minimum 1",
    "hooks.createContainer[0].timeout": "minimum 1", "hooks.startContainer[0].timeout": "minimum 1",
    "hooks.poststart[0].timeout": "minimum 1", "hooks.poststop[0].timeout": "minimum 1",
    "linux.devices[0].fileMode": "maximum 511", "pid": "minimum 0",
  ]

  @Test(arguments: zip(Document.allCases, [283, 8, 45]))
  func everyPropertyIsKept(_ document: Document, _ count: Int) throws {
    let places = try document.node().places()
    #expect(places.count == count)
    let sample = try document.sample()
    let (written, unknown) = try document.roundTrip(sample)
    #expect(unknown == [])
    #expect(written == sample)
  }

  @Test(arguments: Document.allCases) func anAbsentOrNullPropertyIsLeftOut(_ document: Document) throws {
    let sample = try document.sample()
    for case let (path, .object(members)) in try document.node().places() {
      for member in members {
        let place = path.appending(.name(member.name))
        let without = place.replacing(nil, in: sample)
        let withNull = place.replacing(.null, in: sample)
        if member.isRequired, !Self.optional.contains(place.description) {
          for error in [document.error(without), document.error(withNull)] {
            #expect(error?.path == place.description)
            #expect(error?.problem == "required property is missing")
          }
        } else {
          #expect(try document.roundTrip(without).0 == without, "\(place)")
          #expect(try document.roundTrip(withNull).0 == without, "\(place)")
        }
      }
    }
  }

  /// In every object a property that nobody knows is passed over and told, with the names that would be known there:
  /// those of the schema, and a few that its text has.
  @Test(arguments: Document.allCases) func anUnknownPropertyIsToldAtEveryLevel(_ document: Document) throws {
    let sample = try document.sample()
    var count = 0
    for case let (path, .object(members)) in try document.node().places() {
      let place = path.appending(.name("zz-unknown"))
      let (written, unknown) = try document.roundTrip(place.replacing(.bool(true), in: sample))
      #expect(written == sample)
      #expect(unknown.map(\.path) == [place.description])
      #expect(unknown.map(\.name) == ["zz-unknown"])
      let known = Set(unknown.first?.known ?? [])
      let missing = Set(members.map(\.name)).subtracting(known).subtracting(document.ignored)
      #expect(missing.isEmpty, "\(place): \(missing)")
      count += 1
    }
    #expect(count > 0)
  }

  @Test(arguments: Document.allCases) func aWrongTypeIsToldWithItsPath(_ document: Document) throws {
    let sample = try document.sample()
    let wrong: [(JSONValue, String)] = [
      (.object([:]), "an object"), (.array([]), "an array"), (.string("1"), "a string"), (.number("1"), "a number"),
      (.bool(true), "a boolean"),
    ]
    for (path, node) in try document.node().places() {
      for (value, found) in wrong where found != node.expectation {
        if case .integer = node, found == "a number" { continue }
        let error = document.error(path.replacing(value, in: sample))
        #expect(error?.path == path.description)
        #expect(error?.problem == "expected \(node.expectation), found \(found)", "\(path)")
      }
    }
  }

  @Test(arguments: Document.allCases) func anIntegerHasTheBoundsOfTheSchema(_ document: Document) throws {
    let sample = try document.sample()
    for case let (path, .integer(minimum, maximum)) in try document.node().places() {
      for text in ["1.0", "1e3", "-99999999999999999999", "99999999999999999999"] {
        let error = document.error(path.replacing(.number(text), in: sample))
        #expect(error?.path == path.description)
        #expect(error?.problem.hasSuffix(", found \(text)") == true)
      }
      guard Self.otherBounds[path.description] == nil else { continue }
      for bound in [minimum, maximum].compactMap(\.self) {
        let atBound = path.replacing(.number(bound), in: sample)
        #expect(try document.roundTrip(atBound).0 == atBound, "\(path)")
      }
      guard let minimum, let maximum else { continue }
      let outside = document.error(path.replacing(.number("99999999999999999999"), in: sample))
      #expect(
        outside?.problem == "expected an integer from \(minimum) to \(maximum), found 99999999999999999999", "\(path)")
    }
  }

  @Test func theWrittenListsHoldNothingElse() throws {
    let places = try Document.allCases.flatMap { try $0.node().places().map(\.path.description) }
    #expect(Self.optional.isSubset(of: places))
    #expect(Set(Self.otherBounds.keys).isSubset(of: places))
  }

  @Test(arguments: [
    ("state", "{\"ociVersion\":\"0.2.0\",\"id\":\"oci-container1\",\"status\":\"running\",\"pid\":4422,")
  ])
  func theExamplesAreKept(_ folder: String, _ prefix: String) throws {
    let bytes = try SharedFolder.bytes("runtime-spec/test/state/good/spec-example.json")
    let state = try State(json: bytes, named: "state.json")
    #expect(String(decoding: state.json(), as: UTF8.self).hasPrefix(prefix))
    for file in SharedFolder.files(in: "runtime-spec/test/features/good") {
      let bytes = try SharedFolder.bytes("runtime-spec/test/features/good/" + file)
      let features = try Features(json: bytes, named: file)
      #expect(try JSONValue(json: features.json(), named: file) == JSONValue(json: bytes, named: file))
    }
  }

  @Test func theCounterexamplesAreRefused() throws {
    #expect(
      read(State.self, try SharedFolder.bytes("runtime-spec/test/state/bad/invalid-json.json")).error?.problem
        == "expected the name of a property, found ']'")
    #expect(
      read(Features.self, try SharedFolder.bytes("runtime-spec/test/features/bad/missing-ociVersionMax.json"))
        .error?.description
        == "config.json.ociVersionMax: required property is missing (line 3, column 1)")
  }
}
