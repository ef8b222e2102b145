import JSON

/// Reads `text` as a tree; the error otherwise.
func tree(_ text: String, named document: String = "") -> Result<JSONValue, JSONError> {
  tree(Array(text.utf8), named: document)
}

func tree(_ bytes: [UInt8], named document: String = "") -> Result<JSONValue, JSONError> {
  read(JSONValue.self, bytes, named: document)
}

func read<Value: JSONReadable>(
  _ type: Value.Type, _ bytes: [UInt8], named document: String = ""
) -> Result<Value, JSONError> {
  Result { () throws(JSONError) in try Value(json: bytes, named: document) }
}

func read<Value: JSONReadable>(
  _ type: Value.Type, _ text: String, named document: String = ""
) -> Result<Value, JSONError> {
  read(type, Array(text.utf8), named: document)
}

/// Skips a whole document; the error otherwise.
func skip(_ bytes: [UInt8]) -> Result<Void, JSONError> {
  Result { () throws(JSONError) in
    var reader = JSONReader(bytes.span)
    try reader.skip()
    try reader.end()
  }
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
