/// The name of a property, as a view into the document: comparing it with a known name copies nothing.
///
/// A name is matched without regard to the case of ASCII letters, as Go's encoding/json does.
public struct JSONKey: ~Escapable {
  /// What is between the quotes, still escaped.
  @usableFromInline let text: Span<UInt8>
  /// What that stands for, where it holds a backslash; nobody writes names so.
  @usableFromInline let unescaped: [UInt8]?
  /// Where the names that it is compared with are written down, if anybody wants to know them.
  @usableFromInline let compared: ComparedNames?
  /// Neither is the case: the length tells most names apart.
  @usableFromInline let isPlain: Bool

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, isEscaped: Bool, compared: ComparedNames?) {
    self.text = text
    self.compared = compared
    self.unescaped = isEscaped ? JSONText.unescape(text) : nil
    isPlain = !isEscaped && compared == nil
  }

  /// The name as a string; what is not UTF-8 is replaced by U+FFFD.
  public var string: String {
    if let unescaped { return String(decoding: unescaped, as: UTF8.self) }
    return JSONText.string(text, isEscaped: false)
  }

  /// Whether the name is `name`, an ASCII text.
  @inlinable @inline(__always)
  public func matches(_ name: String) -> Bool {
    if isPlain && text.count != name.utf8.count { return false }
    return isNamed(name)
  }

  @usableFromInline
  func isNamed(_ name: String) -> Bool {
    compared?.names.append(name)
    if let unescaped { return JSONText.equalsIgnoringCase(unescaped.span, name) }
    return text.count == name.utf8.count && JSONText.equalsIgnoringCase(text, name)
  }

  /// Makes names usable as the patterns of a switch over a key.
  @inlinable @inline(__always)
  public static func ~= (name: String, key: borrowing JSONKey) -> Bool { key.matches(name) }
}
