import JSON

/// What a JSON schema of the runtime-spec says about a value, with its references followed.
indirect enum SchemaNode {
  case object([Member])
  /// An object whose names are data.
  case map(SchemaNode)
  case array(SchemaNode)
  case string(choices: [String])
  /// The bounds as they are written; nil where there is none.
  case integer(minimum: String?, maximum: String?)
  case boolean

  struct Member {
    var name: String
    var node: SchemaNode
    var isRequired: Bool
  }

  /// A schema that has a form nobody here knows.
  struct UnknownForm: Error {
    var schema: JSONValue
  }

  /// Reads a schema, without the properties at its top in `ignored`.
  init(_ file: String, ignoring ignored: Set<String> = []) throws {
    var files = SchemaFiles()
    var schema = try files.read(file)
    if case .object(let properties)? = schema["properties"] {
      schema["properties"] = .object(properties.filter { !ignored.contains($0.key) })
    }
    self = try Self.node(schema, in: file, &files)
  }

  private static func node(_ schema: JSONValue, in file: String, _ files: inout SchemaFiles) throws -> SchemaNode {
    if case .string(let reference)? = schema["$ref"] {
      let (target, targetFile) = try files.follow(reference, from: file)
      return try node(target, in: targetFile, &files)
    }
    if case .array(let parts)? = schema["anyOf"], parts.count == 1 {
      return try node(parts[0], in: file, &files)
    }
    if case .array(let parts)? = schema["allOf"] {
      return .object(
        try parts.flatMap { part throws -> [Member] in
          guard case .object(let members) = try node(part, in: file, &files) else { throw UnknownForm(schema: part) }
          return members
        })
    }
    switch schema["type"] {
    case .string("boolean"): return .boolean
    case .string("string"): return .string(choices: strings(schema["enum"]))
    case .string("integer"): return .integer(minimum: number(schema["minimum"]), maximum: number(schema["maximum"]))
    case .string("array"):
      guard let items = schema["items"] else { throw UnknownForm(schema: schema) }
      return .array(try node(items, in: file, &files))
    case .string("object"): return try objectNode(schema, in: file, &files)
    default: throw UnknownForm(schema: schema)
    }
  }

  private static func objectNode(
    _ schema: JSONValue, in file: String, _ files: inout SchemaFiles
  ) throws -> SchemaNode {
    if let values = schema["additionalProperties"] { return .map(try node(values, in: file, &files)) }
    if case .object(let patterns)? = schema["patternProperties"], let values = patterns.values.first {
      return .map(try node(values, in: file, &files))
    }
    guard case .object(let properties)? = schema["properties"] else { throw UnknownForm(schema: schema) }
    let required = strings(schema["required"])
    return .object(
      try properties.sorted { $0.key < $1.key }.map { property throws -> Member in
        Member(
          name: property.key, node: try node(property.value, in: file, &files),
          isRequired: required.contains(property.key))
      })
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    guard case .array(let elements)? = value else { return [] }
    return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  private static func number(_ value: JSONValue?) -> String? {
    guard case .number(let text)? = value else { return nil }
    return text
  }
}

/// The files of the schemas, read when they are asked for.
private struct SchemaFiles {
  private var files: [String: JSONValue] = [:]

  mutating func read(_ file: String) throws -> JSONValue {
    if let schema = files[file] { return schema }
    let schema = try JSONValue(json: try SharedFolder.bytes("runtime-spec/" + file), named: file)
    files[file] = schema
    return schema
  }

  /// What a reference such as `defs.json#/definitions/uint32` stands for, and in which file it is.
  mutating func follow(_ reference: String, from file: String) throws -> (JSONValue, String) {
    let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
    let target = parts[0].isEmpty ? file : String(parts[0])
    var schema = try read(target)
    for name in (parts.last ?? "").split(separator: "/") {
      guard let member = schema[String(name)] else { throw SchemaNode.UnknownForm(schema: .string(reference)) }
      schema = member
    }
    return (schema, target)
  }
}

extension SchemaNode {
  /// A document in which every property is there, each with a value of its own.
  func sample(_ count: inout Int) -> JSONValue {
    count += 1
    switch self {
    case .boolean: return .bool(true)
    case .string(let choices): return .string(choices.first ?? "text \(count)")
    case .integer: return .number(String(count))
    case .array(let items): return .array([items.sample(&count), items.sample(&count)])
    case .map(let values): return .object(["name": values.sample(&count), "b.c": values.sample(&count)])
    case .object(let members):
      return .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.node.sample(&count)) }))
    }
  }

  /// Every value of such a document with the way to it; of an array and a map only the first one.
  func places(_ path: SchemaPath = SchemaPath()) -> [(path: SchemaPath, node: SchemaNode)] {
    let inner: [(path: SchemaPath, node: SchemaNode)] =
      switch self {
      case .boolean, .string, .integer: []
      case .array(let items): items.places(path.appending(.first))
      case .map(let values): values.places(path.appending(.name("name")))
      case .object(let members): members.flatMap { $0.node.places(path.appending(.name($0.name))) }
      }
    return [(path, self)] + inner
  }

  /// How an error calls what is expected.
  var expectation: String {
    switch self {
    case .object, .map: "an object"
    case .array: "an array"
    case .string: "a string"
    case .integer: "an integer"
    case .boolean: "a boolean"
    }
  }
}

/// The way to a value in a document.
struct SchemaPath: CustomStringConvertible {
  enum Step { case name(String), first }

  var steps: [Step] = []

  func appending(_ step: Step) -> SchemaPath { SchemaPath(steps: steps + [step]) }

  /// As an error writes it.
  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .name(let name): text += (text.isEmpty ? "" : ".") + name
      case .first: text += "[0]"
      }
    }
  }

  /// A document with another value in this place; nil takes the place away.
  func replacing(_ value: JSONValue?, in document: JSONValue) -> JSONValue {
    guard let step = steps.first else { return value ?? .null }
    let rest = SchemaPath(steps: Array(steps.dropFirst()))
    switch (step, document) {
    case (.name(let name), .object(var members)):
      let inner = members[name] ?? .null
      members[name] = rest.steps.isEmpty ? value : rest.replacing(value, in: inner)
      return .object(members)
    case (.first, .array(var elements)):
      elements[0] = rest.steps.isEmpty ? value ?? .null : rest.replacing(value, in: elements[0])
      return .array(elements)
    default: return document
    }
  }
}
