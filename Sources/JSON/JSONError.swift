/// What is wrong with a JSON document, and where.
public struct JSONError: Error, Sendable, Equatable {
  /// What the caller calls the document, such as `config.json`; may be empty.
  public var document: String
  /// The value at fault, from the top of the document, such as `process.args[0]`; empty for the top itself.
  public var path: String
  /// What is wrong, such as `expected a string, found a number`.
  public var problem: String
  /// Bytes before the place at fault.
  public var offset: Int
  /// Line of that place, from 1; 0 when the problem has no place in the text.
  public var line: Int
  /// Column of that place in characters, from 1.
  public var column: Int

  /// Makes one of its properties.
  public init(document: String, path: String, problem: String, offset: Int = 0, line: Int = 0, column: Int = 0) {
    self.document = document
    self.path = path
    self.problem = problem
    self.offset = offset
    self.line = line
    self.column = column
  }

  /// Document and path as one, such as `config.json.process.args[0]`.
  public var location: String {
    if document.isEmpty || path.isEmpty { return document + path }
    return path.utf8.first == UInt8(ascii: "[") ? document + path : document + "." + path
  }
}

extension JSONError: CustomStringConvertible {
  /// One line for people, such as
  /// `config.json.process.args[0]: expected a string, found a number (line 7, column 12)`.
  public var description: String {
    let location = location
    let text = location.isEmpty ? problem : "\(location): \(problem)"
    return line == 0 ? text : "\(text) (line \(line), column \(column))"
  }
}
