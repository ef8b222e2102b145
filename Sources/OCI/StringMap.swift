/// Values by name, such as annotations: names are compared byte by byte and kept in their order.
///
/// Not a Dictionary, for two reasons. The first Dictionary of a program costs 50 µs, in which the Swift runtime
/// looks through all conformances for that of String to Hashable: a third of the time of reading a whole
/// configuration. And String takes texts as equal that differ in their Unicode normal form, which as names of
/// files, kernel parameters or annotations they are not.
public struct StringMap<Value> {
  /// A name and its value.
  public typealias Element = (key: String, value: Value)

  /// Sorted by the UTF-8 of the names, each of which is there once.
  var elements: [Element] = []

  /// Makes one without names.
  public init() {}

  /// Makes one of elements in any order; the last of equal names wins.
  public init(_ elements: some Sequence<(String, Value)>) {
    self.elements = elements.map { (key: $0.0, value: $0.1) }
    restoreOrder()
  }

  /// The value of a name; setting nil removes the name.
  public subscript(name: String) -> Value? {
    get {
      let index = insertionIndex(of: name)
      return holds(name, at: index) ? elements[index].value : nil
    }
    set {
      let index = insertionIndex(of: name)
      switch (holds(name, at: index), newValue) {
      case (true, let value?): elements[index].value = value
      case (false, let value?): elements.insert((name, value), at: index)
      case (true, nil): elements.remove(at: index)
      case (false, nil): break
      }
    }
  }

  /// The names in order.
  public var keys: [String] { elements.map { $0.key } }

  /// Index of the first name that is not before `name`.
  private func insertionIndex(of name: String) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = low + (high - low) / 2
      if Self.isBefore(elements[middle].key, name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func holds(_ name: String, at index: Int) -> Bool {
    index < elements.count && !Self.isBefore(name, elements[index].key)
  }

  /// Sorts the elements and drops all but the last of equal names; documents written by Go are sorted already.
  mutating func restoreOrder() {
    // By index: in code that is generic over Value, each adapter of the standard library costs a look through all
    // conformances, 50 µs.
    var index = 1
    while index < elements.count, Self.isBefore(elements[index - 1].key, elements[index].key) { index += 1 }
    if index >= elements.count { return }
    // The standard library's sort is stable, so the last of equal names in the document is the last here.
    elements.sort { Self.isBefore($0.key, $1.key) }
    var kept: [Element] = []
    kept.reserveCapacity(elements.count)
    for element in elements {
      if let last = kept.last, !Self.isBefore(last.key, element.key) { kept.removeLast() }
      kept.append(element)
    }
    elements = kept
  }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension StringMap: Sendable where Value: Sendable {}

extension StringMap: Equatable where Value: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.elements.elementsEqual(right.elements) { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
  }
}

extension StringMap: RandomAccessCollection {
  public var startIndex: Int { elements.startIndex }
  public var endIndex: Int { elements.endIndex }
  public subscript(index: Int) -> Element { elements[index] }
}

extension StringMap: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) {
    var index = 0
    while index < elements.count {
      self.elements.append((key: elements[index].0, value: elements[index].1))
      index += 1
    }
    restoreOrder()
  }
}
