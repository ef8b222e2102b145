/// Reads a JSON document from its bytes in one pass, value by value, as its caller asks for them.
///
/// The rules are those of Go's encoding/json, which is what other runtimes read configurations with: null stands
/// for an absent value, names match without regard to case, what is not UTF-8 is replaced, and 1.0 is no integer.
/// Stricter than Go are the depth of nesting (`depthLimit`), and that nothing may follow the document.
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///       switch key {
///       case "path": path = try reader.value()
///       default: try reader.skipUnknown()
///       }
///     }
///
/// Every value must be read or skipped before the next key or element is asked for.
public struct JSONReader: ~Escapable {
  /// Most levels of arrays and objects.
  public static var depthLimit: Int { 128 }
  /// Most bytes of a document: 16 MiB.
  public static var sizeLimit: Int { 16 << 20 }

  let bytes: Span<UInt8>
  var position = 0
  /// What is being read, and what it is in; only an error has a use for it.
  var step = PathStep.document
  var outerSteps: [PathStep] = []
  let document: String
  /// What was given to `skipUnknown`; nil (as at the start) collects nothing.
  var unknownProperties: [UnknownProperty]?
  private var compared: ComparedNames?

  /// Reads `bytes`, which errors call `document`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, named document: String = "") {
    self.bytes = bytes
    self.document = document
  }

  /// Begins an object: what follows is `nextKey`.
  public mutating func beginObject() throws(JSONError) {
    guard peek() == UInt8(ascii: "{") else { throw mismatch("an object") }
    try checkDepth(outerSteps.count)
    position += 1
    outerSteps.append(step)
    step = .object
  }

  /// The next name in the object, whose value follows; nil when the object has ended.
  @_lifetime(copy self)
  public mutating func nextKey() throws(JSONError) -> JSONKey? {
    let next = peek()
    if next == UInt8(ascii: "}") {
      position += 1
      step = outerSteps.popLast() ?? .document
      return nil
    }
    if case .key = step {
      guard next == UInt8(ascii: ",") else { throw mismatch("',' or '}'") }
      position += 1
      step = .object
    }
    guard peek() == UInt8(ascii: "\"") else { throw mismatch("the name of a property") }
    let start = position
    let text = try scanString()
    // Only now, for a path is made of names that are well formed.
    step = .key(at: start)
    try expectColon()
    compared?.names = []
    return JSONKey(bytes.extracting(text.range), isEscaped: text.isEscaped, compared: compared)
  }

  /// Begins an array: what follows is `nextElement`.
  public mutating func beginArray() throws(JSONError) {
    guard peek() == UInt8(ascii: "[") else { throw mismatch("an array") }
    try checkDepth(outerSteps.count)
    position += 1
    outerSteps.append(step)
    step = .array
  }

  /// Whether an element of the array follows; false when the array has ended.
  public mutating func nextElement() throws(JSONError) -> Bool {
    let next = peek()
    if case .element(let index) = step {
      if next == UInt8(ascii: ",") {
        position += 1
        step = .element(index + 1)
        return true
      }
      guard next == UInt8(ascii: "]") else { throw mismatch("',' or ']'") }
    } else if next != UInt8(ascii: "]") {
      step = .element(0)
      return true
    }
    position += 1
    step = outerSteps.popLast() ?? .document
    return false
  }

  /// Reads over a null, if that is what follows.
  public mutating func null() throws(JSONError) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    guard literalFollows("null") else { throw mismatch("a value") }
    position += 4
    return true
  }

  /// Reads `true` or `false`.
  public mutating func bool() throws(JSONError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t") where literalFollows("true"):
      position += 4
      return true
    case UInt8(ascii: "f") where literalFollows("false"):
      position += 5
      return false
    default: throw mismatch("a boolean")
    }
  }

  /// Reads a string.
  public mutating func string() throws(JSONError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw mismatch("a string") }
    let text = try scanString()
    return JSONText.string(bytes.extracting(text.range), isEscaped: text.isEscaped)
  }

  /// Reads a string that must be one of the raw values of a type.
  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type = Choice.self
  ) throws(JSONError) -> Choice {
    _ = peek()
    let start = position
    let text = try string()
    if let choice = Choice(rawValue: text) { return choice }
    let choices = Choice.allCases.map { $0.rawValue }.joined(separator: ", ")
    throw failure("expected one of \(choices), found \(JSONReader.quoted(text))", at: start)
  }

  /// Ends the document: nothing but white space may follow.
  public mutating func end() throws(JSONError) {
    _ = peek()
    guard position == bytes.count else { throw mismatch("the end of the document") }
  }

  /// From now on `skipUnknown` notes what it skips.
  mutating func collectUnknownProperties() {
    unknownProperties = []
    compared = ComparedNames()
  }

  /// Skips the value of a property that the caller does not know, and notes it if anyone asked for that.
  public mutating func skipUnknown() throws(JSONError) {
    if let compared {
      let property = UnknownProperty(path: path(), known: compared.names)
      unknownProperties?.append(property)
    }
    try skip()
  }

  /// The next byte that is not white space; the reader stands on it. 0 at the end: a NUL is no part of JSON.
  mutating func peek() -> UInt8 {
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
      default: return byte
      }
    }
    return 0
  }

  mutating func expectColon() throws(JSONError) {
    guard peek() == UInt8(ascii: ":") else { throw mismatch("':'") }
    position += 1
  }

  func checkDepth(_ depth: Int) throws(JSONError) {
    if depth >= Self.depthLimit { throw failure("more than \(Self.depthLimit) levels of nesting", at: position) }
  }

  func literalFollows(_ literal: String) -> Bool {
    guard position + literal.utf8.count <= bytes.count else { return false }
    var index = position
    for byte in literal.utf8 {
      if bytes[index] != byte { return false }
      index += 1
    }
    return true
  }
}
