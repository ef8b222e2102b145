internal import CommandLine

enum Version {
  static let number = "0.1.0"

  static func text(program: String) -> String {
    VersionText(program: program, version: number, commit: nil, specification: "1.3.0").text
  }
}
