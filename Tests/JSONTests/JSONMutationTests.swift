import JSON
import Testing

/// Random changes to documents: none traps, all ways to read agree, and what is read can be written.
struct JSONMutationTests {
  /// Not random between runs, so that what fails once fails again (SplitMix64).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  static let seed = """
    {"a": [1, -2.5e+10, 0, true, false, null, "x\\n\\u00e9\\ud83d\\ude00é€😀"], "b": {"c": {}, "d": []}, "": "",
     "a": 18446744073709551615, "\\u0041": [[[["deep"]]], {"e": {"f": 0.1E-1}}]}
    """

  @Test(arguments: 1...20) func nothingTraps(_ seed: UInt64) {
    var generator = Generator(state: seed)
    var accepted = 0
    for _ in 0..<500 {
      var bytes = Array(Self.seed.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, &generator) }
      let value = tree(bytes)
      let skipped = skip(bytes)
      #expect(value.error?.offset == skipped.error?.offset)
      #expect(value.error?.problem == skipped.error?.problem)
      #expect(value.error?.offset ?? 0 <= bytes.count)
      guard let value = value.value else { continue }
      accepted += 1
      let written = value.json()
      #expect(tree(written).value == value)
      #expect(tree(written).value?.json() == written)
    }
    // Otherwise the changes would be too wild to reach anything but the first check.
    #expect((20...480).contains(accepted))
  }

  private static func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
    let index = Int.random(in: 0..<max(bytes.count, 1), using: &generator)
    guard !bytes.isEmpty else { return }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[index] = .random(in: 0...255, using: &generator)
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.remove(at: index)
    case 3: bytes.insert(Array("{}[]\",:\\0-1eEnu \n".utf8).randomElement(using: &generator) ?? 0, at: index)
    case 4:
      let end = min(bytes.count, index + Int.random(in: 1...8, using: &generator))
      bytes.insert(contentsOf: bytes[index..<end], at: end)
    default: if generator.next() % 8 == 0 { bytes.removeSubrange(index...) }
    }
  }
}
