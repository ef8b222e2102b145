/// A property that was passed over because nobody knows it.
public struct UnknownProperty: Equatable, Sendable {
  /// The way to it, as errors write it.
  public let path: String
  /// The names that the object could have had, in no order.
  public let known: [String]

  /// The last name of the path; nil where that is in quotes.
  public var name: String? {
    if path.utf8.last == UInt8(ascii: "]") { return nil }
    return path.split(separator: ".").last.map(String.init)
  }
}

/// The names that a key was compared with. A type that reads an object compares each key with the names it knows, one
/// after the other; so for a key that it does not know these are all of them, and no table has to repeat them.
@usableFromInline
final class ComparedNames {
  @usableFromInline var names: [String] = []
}
