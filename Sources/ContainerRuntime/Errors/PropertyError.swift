/// A property of config.json that is wrong or cannot be honoured.
public struct PropertyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where it stands, such as `config.json.process.args`.
  public let path: String
  /// What is wrong with it, and what is allowed.
  public let problem: String

  public init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }
}
