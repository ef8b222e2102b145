internal import CommandLine
internal import ContainerRuntime

extension Version {
  static func text(program: String) -> String {
    VersionText(program: program, version: number, commit: nil, specification: "1.3.0").text
  }
}
