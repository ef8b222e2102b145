import OCI
import Testing

@testable import Cgroups

@Suite struct DevicePolicyTests {
  typealias Rule = Spec.Resources.DeviceRule
  typealias Access = DevicePolicy.Access

  static let denyAll = Rule(allow: false, access: "rwm")
  static let allowAll = Rule(allow: true, type: "a", major: -1, minor: -1, access: "rwm")
  static let defaults = [
    "devices.allow c *:* m", "devices.allow b *:* m", "devices.allow c 1:3 rwm", "devices.allow c 1:5 rwm",
    "devices.allow c 1:7 rwm", "devices.allow c 1:8 rwm", "devices.allow c 1:9 rwm", "devices.allow c 5:0 rwm",
    "devices.allow c 5:2 rwm", "devices.allow c 136:* rwm", "devices.allow c 10:200 rwm",
  ]

  @Test(arguments: [
    ([], ["devices.deny a"] + defaults),
    ([denyAll], ["devices.deny a"] + defaults),
    ([allowAll], ["devices.allow a"]),
    // Docker's --privileged after its defaults, and the other way round.
    ([denyAll, Rule(allow: true, type: "c", major: 1, minor: 3, access: "rwm"), allowAll], ["devices.allow a"]),
    ([allowAll, denyAll], ["devices.deny a"] + defaults),
    (
      [denyAll, Rule(allow: true, type: "b", major: 8, minor: 0, access: "r")],
      ["devices.deny a", "devices.allow b 8:0 r"] + defaults
    ),
    // The same device twice is one rule.
    (
      [
        Rule(allow: true, type: "b", major: 8, access: "r"), Rule(allow: true, type: "b", major: 8, access: "w"),
        Rule(allow: false, type: "b", major: 8, access: "r"),
      ], ["devices.deny a", "devices.allow b 8:* w"] + defaults
    ),
    // A letter that means nothing denies all.
    (
      [
        Rule(allow: true, type: "b", major: 8, minor: 1, access: "rw"),
        Rule(allow: false, type: "b", major: 8, minor: 1, access: "ra"),
      ], ["devices.deny a"] + defaults
    ),
    // A wider rule takes narrower ones with it.
    (
      [
        Rule(allow: true, type: "b", major: 8, minor: 1, access: "rw"),
        Rule(allow: false, type: "b", major: 8, access: "w"),
      ], ["devices.deny a", "devices.allow b 8:1 r"] + defaults
    ),
    (
      [allowAll, Rule(allow: false, type: "c", major: 1, minor: 3, access: "w")],
      ["devices.allow a", "devices.deny c 1:3 w"]
    ),
    // `a` with numbers is about both kinds of devices, and resets nothing.
    (
      [Rule(allow: true, type: "a", major: 7, minor: 1, access: "r")],
      ["devices.deny a", "devices.allow c 7:1 r", "devices.allow b 7:1 r"] + defaults
    ),
  ])
  func writesForV1(rules: [Rule], expected: [String]) throws {
    #expect(try DevicePolicy(rules).v1Writes().map { "\($0.file) \($0.value)" } == expected)
  }

  @Test func aNodeOfTheConfigurationTakesThePlaceOfADefault() throws {
    let policy = try DevicePolicy(replacing: ["/dev/null", "/dev/other"])
    #expect(
      try policy.v1Writes().map { "\($0.file) \($0.value)" } == ["devices.deny a"]
        + Self.defaults.filter { !$0.contains("1:3") })
  }

  @Test(arguments: [
    (Rule(allow: true, type: "c"), "access: must not be empty; it may have r, w and m"),
    (Rule(allow: true, type: "c", access: ""), "access: must not be empty; it may have r, w and m"),
    (Rule(allow: true, type: "c", access: "rx"), "access: \"rx\" has a letter that is none of r, w and m"),
    (Rule(allow: true, type: "p", access: "r"), "type: \"p\" is none of a (all), c (character) and b (block)"),
    (Rule(allow: true, type: "c", major: -2, access: "r"), "major: -2 is no device number"),
    (Rule(allow: true, type: "c", minor: 1 << 32, access: "r"), "minor: 4294967296 is no device number"),
  ])
  func refuses(rule: Rule, text: String) {
    let error = #expect(throws: CgroupError.self) { try DevicePolicy([Self.denyAll, rule]) }
    #expect(error?.description == "linux.resources.devices[1]." + text)
  }

  @Test func refusesAHoleOnV1() throws {
    let policy = try DevicePolicy([
      Rule(allow: true, type: "c", access: "rw"), Rule(allow: false, type: "c", major: 10, minor: 200, access: "w"),
    ])
    let error = #expect(throws: CgroupError.self) { try policy.v1Writes() }
    #expect(
      error?.description
        == "linux.resources.devices[1]: cgroup v1 cannot take c 10:200 w out of the wider rule c *:* rw")
  }

  // MARK: The program

  @Test(
    arguments: [
      ("r", "c", 1, 3, true), ("rwm", "c", 1, 3, true), ("r", "c", 1, 11, false), ("m", "c", 1, 11, true),
      ("m", "b", 8, 0, true), ("r", "b", 8, 0, false), ("rm", "b", 8, 0, false), ("w", "c", 136, 77, true),
      ("w", "c", 10, 200, true), ("w", "b", 10, 200, false),
    ] as [(String, String, UInt32, UInt32, Bool)])
  func theDefaultProgram(letters: String, kind: String, major: UInt32, minor: UInt32, isAllowed: Bool) throws {
    let program = DeviceProgram(try DevicePolicy([Self.denyAll]))
    var access: Access = []
    for (letter, bit) in [("r", Access.read), ("w", .write), ("m", .makeNode)] where letters.contains(letter) {
      access.insert(bit)
    }
    let answer = try BPFInterpreter(program.instructions).ask(access, kind == "b" ? .block : .character, major, minor)
    #expect(answer == isAllowed)
  }

  /// Random lists of rules against a reading of the specification that cannot be wrong: per kind of access, the last rule
  /// that matches.
  @Test func agreesWithTheSpecification() throws {
    var random = SeededRandom(seed: 42)
    for _ in 0..<300 {
      var rules: [Rule] = []
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        rules.append(
          Rule(
            allow: .random(using: &random), type: ["a", "b", "c", nil].randomElement(using: &random) ?? nil,
            major: [nil, -1, 1, 2].randomElement(using: &random) ?? nil,
            minor: [nil, -1, 0, 4_294_967_295].randomElement(using: &random) ?? nil,
            access: ["r", "w", "m", "rw", "wm", "rwm", "rwm"].randomElement(using: &random)))
      }
      let policy = try DevicePolicy(rules)
      let interpreter = BPFInterpreter(DeviceProgram(policy).instructions)
      for kind in [DevicePolicy.Kind.block, .character] {
        for (major, minor) in [(UInt32(1), UInt32(0)), (1, .max), (2, 0), (3, 3), (136, 5)] {
          for bits in UInt8(1)...7 {
            let access = Access(rawValue: bits)
            let expected = [Access.read, .write, .makeNode].filter { access.contains($0) }.allSatisfy { bit in
              policy.rules.last {
                $0.access.contains(bit) && $0.devices.contains(DevicePolicy.Devices(kind, major, minor))
              }?.allow ?? policy.isAllowed
            }
            #expect(try interpreter.ask(access, kind, major, minor) == expected, "\(rules) \(kind) \(major):\(minor)")
          }
        }
      }
    }
  }
}

struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
