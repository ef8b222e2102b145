import Testing

@testable import CommandLine

@Suite struct BooleanTextTests {
  @Test(arguments: ["1", "t", "T", "true", "TRUE", "True"]) func on(_ word: String) {
    #expect(BooleanText.read(word) == true)
  }

  @Test(arguments: ["0", "f", "F", "false", "FALSE", "False"]) func off(_ word: String) {
    #expect(BooleanText.read(word) == false)
  }

  @Test(arguments: ["", "yes", "no", "tRUE", "on", "2", " true"]) func neither(_ word: String) {
    #expect(BooleanText.read(word) == nil)
  }
}
