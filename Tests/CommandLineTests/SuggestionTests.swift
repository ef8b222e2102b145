import Testing

@testable import CommandLine

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "ab", 2), ("kill", "kill", 0), ("kil", "kill", 1), ("klil", "kill", 1),
    ("lst", "list", 1), ("stat", "start", 1), ("pasue", "pause", 1), ("abc", "xyz", 3),
  ])
  func countsEdits(_ left: String, _ right: String, _ expected: Int) {
    #expect(Suggestion.distance(Array(left.utf8), Array(right.utf8)) == expected)
  }

  @Test(
    arguments: [
      ("creat", "create"), ("strat", "start"), ("resmue", "resume"), ("ls", nil), ("x", nil), ("", nil),
      ("containers", nil), (String(repeating: "create", count: 6), nil),
    ] as [(String, String?)])
  func findsTheNearest(_ word: String, _ expected: String?) {
    #expect(Suggestion.nearest(to: word, among: Command.allCases.map(\.name)) == expected)
  }
}
