/// A word, or words, of a command that are no options.
public struct ArgumentDefinition: Sendable {
  /// What the word is, which is what a shell offers for it.
  public enum Kind: Sendable {
    case existingContainer
    case newContainer
    case signal
    /// The name of a ``Shell``; another one is a ``UsageError``.
    case shell
    case other
  }

  /// How many words it stands for.
  public enum Count: Sendable {
    case one, optional, any
  }

  public let name: String
  public let kind: Kind
  public let count: Count

  init(_ name: String, _ kind: Kind, _ count: Count = .one) {
    self.name = name
    self.kind = kind
    self.count = count
  }

  static var container: Self { Self("container-id", .existingContainer) }
  static var newContainer: Self { Self("container-id", .newContainer) }

  /// `<container-id>`, `[signal]`, `[argument...]`.
  var synopsis: String {
    switch count {
    case .one: "<\(name)>"
    case .optional: "[\(name)]"
    case .any: "[\(name)...]"
    }
  }
}

/// The words of a command in order. Three places and no array: parsing builds no table.
public struct ArgumentList: Sendable {
  public let first: ArgumentDefinition?
  public let second: ArgumentDefinition?
  public let third: ArgumentDefinition?

  init(_ first: ArgumentDefinition? = nil, _ second: ArgumentDefinition? = nil, _ third: ArgumentDefinition? = nil) {
    self.first = first
    self.second = second
    self.third = third
  }

  static var none: Self { Self() }

  var list: [ArgumentDefinition] { [first, second, third].compactMap { $0 } }

  /// The fewest words.
  public var minimum: Int {
    Self.least(first) + Self.least(second) + Self.least(third)
  }

  /// The most words; nil where there is no end.
  public var maximum: Int? {
    guard let first = Self.most(first), let second = Self.most(second), let third = Self.most(third) else {
      return nil
    }
    return first + second + third
  }

  private static func least(_ argument: ArgumentDefinition?) -> Int {
    switch argument?.count {
    case .one: 1
    case .optional, .any, nil: 0
    }
  }

  private static func most(_ argument: ArgumentDefinition?) -> Int? {
    switch argument?.count {
    case .one, .optional: 1
    case .any: nil
    case nil: 0
    }
  }
}
