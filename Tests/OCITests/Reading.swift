import JSON
import OCI

/// Reads `text`; the error otherwise.
func read<Value: JSONReadable>(_ type: Value.Type, _ text: String) -> Result<Value, JSONError> {
  read(type, Array(text.utf8))
}

func read<Value: JSONReadable>(_ type: Value.Type, _ bytes: [UInt8]) -> Result<Value, JSONError> {
  Result { () throws(JSONError) in try Value(json: bytes, named: "config.json") }
}

extension Result where Failure == JSONError {
  /// The value, if there is one.
  var value: Success? {
    switch self {
    case .success(let value): value
    case .failure: nil
    }
  }

  /// The error, if there is one.
  var error: JSONError? {
    switch self {
    case .success: nil
    case .failure(let error): error
    }
  }
}

extension JSONValue {
  /// The value without the members of objects that are null, which stands for absent.
  var withoutNulls: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.withoutNulls))
    case .object(let members): .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
    case .null, .bool, .number, .string: self
    }
  }

  /// The member of an object.
  subscript(name: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members[name]
    }
    set {
      guard case .object(var members) = self else { return }
      members[name] = newValue
      self = .object(members)
    }
  }

  /// Removes the value at a path of names.
  mutating func remove(_ path: [String]) {
    guard let name = path.first else { return }
    if path.count > 1 {
      self[name]?.remove(Array(path.dropFirst()))
    } else {
      self[name] = nil
    }
  }
}
