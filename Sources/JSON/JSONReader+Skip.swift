extension JSONReader {
  /// Skips one value of any kind, with the same demands on its form as reading it.
  ///
  /// A loop and not a recursion: the nesting of a document must not decide on the depth of our stack.
  public mutating func skip() throws(JSONError) {
    // One bit per open level, set for an object; the lowest is the innermost. `depthLimit` bits are enough.
    var kinds: UInt128 = 0
    var depth = 0
    repeat {
      if let isObject = try skipScalarOrOpen(outerSteps.count + depth) {
        kinds = kinds << 1 | (isObject ? 1 : 0)
        depth += 1
        if peek() != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          if isObject { try skipKey() }
          continue
        }
      }
      while depth > 0 {
        let isObject = kinds & 1 == 1
        let next = peek()
        if next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          position += 1
          kinds >>= 1
          depth -= 1
        } else if next == UInt8(ascii: ",") {
          position += 1
          if isObject { try skipKey() }
          break
        } else {
          throw mismatch(isObject ? "',' or '}'" : "',' or ']'")
        }
      }
    } while depth > 0
  }

  /// Skips a value, or only the bracket that opens it; then says whether it is an object's.
  private mutating func skipScalarOrOpen(_ depth: Int) throws(JSONError) -> Bool? {
    switch peek() {
    case UInt8(ascii: "\""): _ = try scanString()
    case UInt8(ascii: "{"):
      try checkDepth(depth)
      position += 1
      return true
    case UInt8(ascii: "["):
      try checkDepth(depth)
      position += 1
      return false
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanNumber()
    case UInt8(ascii: "t") where literalFollows("true"): position += 4
    case UInt8(ascii: "f") where literalFollows("false"): position += 5
    case UInt8(ascii: "n") where literalFollows("null"): position += 4
    default: throw mismatch("a value")
    }
    return nil
  }

  private mutating func skipKey() throws(JSONError) {
    guard peek() == UInt8(ascii: "\"") else { throw mismatch("the name of a property") }
    _ = try scanString()
    try expectColon()
  }
}
