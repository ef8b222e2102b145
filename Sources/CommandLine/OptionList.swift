/// The options of a command in order, without an array: the first array of a type of ours costs the start of the
/// program some twenty microseconds for its metadata.
public struct OptionList: Sendable {
  /// More than any command has.
  static let capacity = 24

  private var places: InlineArray<24, OptionIdentifier>
  private let count: Int

  @inline(always)
  init<let size: Int>(_ options: InlineArray<size, OptionIdentifier>) {
    places = InlineArray(repeating: .global(.help))
    count = size
    for index in options.indices {
      places[index] = options[index]
    }
  }

  static var none: Self { Self([]) }

  /// The first option that satisfies the condition.
  @inline(always)
  func first(where condition: (OptionIdentifier) -> Bool) -> OptionIdentifier? {
    for index in 0..<count where condition(places[index]) {
      return places[index]
    }
    return nil
  }

  /// The options as an array, for what is not parsing.
  public var list: [OptionIdentifier] {
    (0..<count).map { places[$0] }
  }
}
