/// What `--version` shows, in the form of runc that engines take apart line by line.
public struct VersionText: Sendable {
  /// The program's name as it was called.
  public var program: String
  public var version: String
  /// The commit that the program was built from; without one the line is left out.
  public var commit: String?
  /// The version of the runtime specification.
  public var specification: String
  /// Further lines, as in `swift: 6.3.1`.
  public var components: [(name: String, version: String)]

  public init(
    program: String, version: String, commit: String?, specification: String,
    components: [(name: String, version: String)] = []
  ) {
    self.program = program
    self.version = version
    self.commit = commit
    self.specification = specification
    self.components = components
  }

  /// The lines, each with its end.
  public var text: String {
    var text = "\(program) version \(version)\n"
    if let commit {
      text += "commit: \(commit)\n"
    }
    text += "spec: \(specification)\n"
    for component in components {
      text += "\(component.name): \(component.version)\n"
    }
    return text
  }
}
