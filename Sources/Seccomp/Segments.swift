/// A division of all numbers that `seccomp_data.nr` can have into ranges of one fate.
struct Segments {
  enum Fate: Equatable {
    /// The filter's return value.
    case answer(UInt32)
    /// Rules of a call table that look at the arguments: the table's place, and theirs in it.
    case rules(table: Int, index: Int)
  }

  /// Each range reaches to the next; the first starts at 0.
  private(set) var ranges: [(start: UInt32, fate: Fate)] = []

  /// Gives the numbers from `start` on a fate; calls come in ascending order, and one of the same start replaces.
  mutating func append(from start: UInt32, _ fate: Fate) {
    if ranges.last?.start == start { ranges.removeLast() }
    if ranges.last?.fate != fate { ranges.append((start, fate)) }
  }

  /// Gives the numbers of a table, which is at `place`, their fates, and those after them until the next call of
  /// `append` that of a newer call: `newer`, or `fallback` when the profile names no call of the table.
  mutating func append(_ table: CallTable, at place: Int, fallback: Fate, newer: Fate) {
    append(table, at: place, from: table.abi.numberBase, newest: table.newest, fallback, newer)
    if let start = table.abi.privateBase, table.newestPrivate != nil {
      append(table, at: place, from: start, newest: table.newestPrivate, fallback, newer)
    }
  }

  private mutating func append(
    _ table: CallTable, at place: Int, from start: UInt32, newest: UInt32?, _ fallback: Fate, _ newer: Fate
  ) {
    let base = table.abi.numberBase
    append(from: start, fallback)
    table.forEachDecision(isPrivate: start == table.abi.privateBase) { number, decision in
      switch decision {
      case .none: return
      case .answer(let value): append(from: base + number, .answer(value))
      case .conditional(let index): append(from: base + number, .rules(table: place, index: Int(index)))
      }
      append(from: base + number + 1, fallback)
    }
    if let newest { append(from: base + newest + 1, newer) }
  }
}
