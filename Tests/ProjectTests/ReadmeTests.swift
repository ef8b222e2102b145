import Foundation
import Testing

/// README.md and README.zh-CN.md say the same: same outline, same code, word for word.
@Suite struct ReadmeTests {
  static let files = ["README.md", "README.zh-CN.md"]

  @Test func headingsHaveTheSameLevels() throws {
    let (english, chinese) = try Self.both()
    #expect(english.headings.count > 5)
    #expect(
      english.headings.map(\.level) == chinese.headings.map(\.level),
      "\(english.headings.map(\.title)) and \(chinese.headings.map(\.title))")
  }

  @Test func codeBlocksAreIdentical() throws {
    let (english, chinese) = try Self.both()
    #expect(english.codeBlocks.count > 2)
    #expect(english.codeBlocks == chinese.codeBlocks)
  }

  @Test func tablesHaveTheSameFirstColumnOfCode() throws {
    let (english, chinese) = try Self.both()
    #expect(!english.tableKeys.isEmpty)
    #expect(english.tableKeys == chinese.tableKeys)
  }

  @Test(arguments: files)
  func linksToFilesLeadSomewhere(file: String) throws {
    let links = MarkdownText(try ProjectFiles.text(file)).links.filter { !$0.contains(":") && !$0.hasPrefix("#") }
    #expect(!links.isEmpty)
    for link in links {
      let path = String(link.prefix { $0 != "#" })
      #expect(throws: Never.self, "\(file) links to \(path)") {
        _ = try ProjectFiles.root.appending(path: path).checkResourceIsReachable()
      }
    }
  }

  @Test(arguments: files)
  func makeTargetsExist(file: String) throws {
    let makefile = try ProjectFiles.text("Makefile").split(separator: "\n")
    let named = MarkdownText(try ProjectFiles.text(file)).makeTargets
    #expect(named.contains("demo") && named.contains("test"))
    for target in named {
      #expect(makefile.contains { $0.hasPrefix("\(target):") }, "\(file) names make \(target)")
    }
  }

  private static func both() throws -> (MarkdownText, MarkdownText) {
    (MarkdownText(try ProjectFiles.text(files[0])), MarkdownText(try ProjectFiles.text(files[1])))
  }
}
