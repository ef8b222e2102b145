internal import CommandLine
internal import ContainerRuntime
internal import Kernel

extension Version {
  static func text(program: String) -> String {
    VersionText(program: program, version: number, commit: StartOfProgram.commit, specification: "1.3.0").text
  }
}
