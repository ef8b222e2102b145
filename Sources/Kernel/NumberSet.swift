/// Numbers of CPUs or NUMA nodes, as the bit mask that the kernel takes.
public struct NumberSet: Equatable, Sendable, CustomStringConvertible {
  /// The lowest numbers first.
  public private(set) var words: [UInt64]
  /// More than any kernel is built for; a larger number is a mistake and no reason to fill the memory.
  public static let limit = 65536

  public init() { words = [] }

  /// Every number below a bound.
  public init(below bound: Int) { words = Array(repeating: .max, count: bound / 64) }

  /// A list such as `0-3,7` (cpuset(7), "List format"); blanks around its parts are passed over.
  /// - Returns: nil for anything else.
  public init?(list: String) {
    words = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = NumberSet.number(ends[0]) else { return nil }
      let last = ends.count == 1 ? first : NumberSet.number(ends[1]) ?? -1
      if last < first { return nil }
      for number in first...last { insert(number) }
    }
  }

  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  public mutating func insert(_ number: Int) {
    while words.count <= number / 64 { words.append(0) }
    words[number / 64] |= 1 << UInt64(number % 64)
  }

  public func contains(_ number: Int) -> Bool {
    number / 64 < words.count && words[number / 64] & 1 << UInt64(number % 64) != 0
  }

  /// The mask as one number in hexadecimal digits, as taskset(1) writes it.
  public var mask: String {
    var rest = words[...]
    while rest.last == 0 { rest.removeLast() }
    guard let highest = rest.popLast() else { return "0" }
    return rest.reversed().reduce(String(highest, radix: 16)) { text, word in
      let digits = String(word, radix: 16)
      return text + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
  }

  /// In the form that is read.
  public var description: String {
    var parts: [String] = []
    var number = 0
    while number < words.count * 64 {
      let first = number
      while contains(number) { number += 1 }
      if number > first { parts.append(number - first == 1 ? "\(first)" : "\(first)-\(number - 1)") }
      number += 1
    }
    return parts.joined(separator: ",")
  }

  private static func number(_ digits: Substring) -> Int? {
    let trimmed = digits.drop { $0 == " " }.prefix { $0 != " " }
    let rest = digits.drop { $0 == " " }.dropFirst(trimmed.count)
    guard rest.allSatisfy({ $0 == " " }), !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(trimmed), number < limit
    else { return nil }
    return number
  }
}
