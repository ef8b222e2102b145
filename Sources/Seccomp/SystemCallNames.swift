/// The names of the system calls of every architecture that Linux has.
///
/// The tables are literals that the compiler lays out as constants: a start pays nothing for them, and no global is
/// made lazily. A table of numbers has one entry per name, in the same order.
enum SystemCallNames {
  /// The place of a name in the tables; nil when no architecture has such a call.
  static func index(of name: String) -> Int? {
    let nameBytes = name.utf8
    let wanted = nameBytes.span
    let textBytes = text.utf8
    let all = textBytes.span
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      switch compare(wanted, all, from: Int(starts[middle]), to: Int(starts[middle + 1]) - 1) {
      case 0: return middle
      case ..<0: high = middle
      default: low = middle + 1
      }
    }
    return nil
  }

  /// The name at a place in the tables.
  static func name(at index: Int) -> String {
    var utf8: [UInt8] = []
    let textBytes = text.utf8
    let all = textBytes.span
    for position in Int(starts[index])..<Int(starts[index + 1]) - 1 { utf8.append(all[position]) }
    return String(decoding: utf8, as: UTF8.self)
  }

  /// Negative, zero or positive, as `wanted` sorts before, at or after the bytes of `all` in these bounds.
  private static func compare(_ wanted: Span<UInt8>, _ all: Span<UInt8>, from start: Int, to end: Int) -> Int {
    let length = end - start
    var offset = 0
    while offset < wanted.count, offset < length {
      let difference = Int(wanted[offset]) - Int(all[start + offset])
      if difference != 0 { return difference }
      offset += 1
    }
    return wanted.count - length
  }
}
