import Foundation

/// A JSON document as the tests read and edit it, by Foundation's reader: not by the one under test.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(parsing text: String) throws {
    self.init(try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
  }

  /// Not by Decodable: it would try one kind after the other, and Swift Testing takes a backtrace of each error.
  private init(_ value: Any) {
    switch value {
    case let text as String: self = .string(text)
    case let members as [String: Any]: self = .object(members.mapValues(JSONValue.init))
    case let elements as [Any]: self = .array(elements.map(JSONValue.init))
    case let number as NSNumber:
      if unsafe String(cString: number.objCType) == "c" {
        self = .bool(number.boolValue)
      } else if let integer = Int(exactly: number) {
        self = .integer(integer)
      } else {
        self = .number(number.doubleValue)
      }
    default: self = .null
    }
  }

  /// The document as compact JSON with sorted keys.
  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

  /// The value below a dotted path such as `process.user.uid`, or `mounts.2.options` with an index.
  ///
  /// Reading what is not there gives nil. Writing makes the objects on the way; writing nil takes the key away; an
  /// index equal to the length of an array appends.
  subscript(path: String) -> JSONValue? {
    get { self[path.split(separator: ".").map(String.init)[...]] }
    set { self[path.split(separator: ".").map(String.init)[...]] = newValue }
  }

  subscript(keys: ArraySlice<String>) -> JSONValue? {
    get {
      guard let key = keys.first else { return self }
      let child: JSONValue? =
        switch self {
        case .object(let members): members[key]
        case .array(let elements): Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        default: nil
        }
      return child?[keys.dropFirst()]
    }
    set {
      guard let key = keys.first else {
        self = newValue ?? .null
        return
      }
      let rest = keys.dropFirst()
      var child = self[[key]] ?? .object([:])
      if !rest.isEmpty { child[rest] = newValue }
      let value = rest.isEmpty ? newValue : child
      if case .array(var elements) = self, let index = Int(key) {
        if index == elements.count { elements.append(.null) }
        if let value { elements[index] = value } else { elements.remove(at: index) }
        self = .array(elements)
      } else {
        var members = object ?? [:]
        members[key] = value
        self = .object(members)
      }
    }
  }

  /// Appends to the array at a path, which is made when it is not there.
  mutating func append(_ value: JSONValue, to path: String) {
    self[path] = .array((self[path]?.array ?? []) + [value])
  }
}

extension JSONValue {
  /// Gives a config a cgroup namespace of its own, which `spec` writes only where there is nothing but cgroup v2.
  mutating func addCgroupNamespace() {
    let namespaces = self["linux.namespaces"]?.array ?? []
    if namespaces.contains(where: { $0["type"] == "cgroup" }) { return }
    self["linux.namespaces"] = .array(namespaces + [["type": "cgroup"]])
  }
}

extension JSONValue: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(floatLiteral value: Double) { self = .number(value) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
  init(nilLiteral: ()) { self = .null }

  /// A JSON array of strings.
  static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}
