import Testing

@testable import CommandLine

@Suite struct ParsedOptionsTests {
  /// Every option has a place of its own: none overwrites another, and none lies outside.
  @Test func keepsEveryOptionApart() {
    var options = ParsedOptions()
    for option in FlagOption.allCases { options.set(option, option.rawValue.isMultiple(of: 2)) }
    for option in StringOption.allCases { options.set(option, "\(option)") }
    for option in StringListOption.allCases {
      options.add(option, "\(option)")
      options.add(option, "2")
    }
    var number = 1
    var expected: [Int] = []
    for option in IntegerOption.allCases {
      options.set(option, number)
      expected.append(number)
      number += 1
    }
    for option in SizeOption.allCases {
      options.set(option, number)
      expected.append(number)
      number += 1
    }
    for option in DurationOption.allCases { options.set(option, nanoseconds: 1000) }
    for option in IntegerListOption.allCases { options.add(option, -1) }

    for option in FlagOption.allCases {
      #expect(options.has(option))
      #expect(options.flag(option) == option.rawValue.isMultiple(of: 2))
    }
    for option in StringOption.allCases { #expect(options.string(option) == "\(option)") }
    for option in StringListOption.allCases { #expect(options.strings(option) == ["\(option)", "2"]) }
    let numbers = IntegerOption.allCases.map(options.integer) + SizeOption.allCases.map(options.size)
    #expect(numbers == expected)
    for option in DurationOption.allCases { #expect(options.duration(option) == .microseconds(1)) }
    for option in IntegerListOption.allCases { #expect(options.integers(option) == [-1]) }
  }

  @Test func nothingIsGivenAtFirst() {
    let options = ParsedOptions()
    #expect(FlagOption.allCases.allSatisfy { !options.has($0) && !options.flag($0) })
    #expect(StringOption.allCases.allSatisfy { !options.has($0) && options.string($0) == nil })
    #expect(StringListOption.allCases.allSatisfy { !options.has($0) && options.strings($0).isEmpty })
    #expect(IntegerOption.allCases.allSatisfy { !options.has($0) && options.integer($0) == nil })
    #expect(IntegerListOption.allCases.allSatisfy { !options.has($0) && options.integers($0).isEmpty })
    #expect(SizeOption.allCases.allSatisfy { !options.has($0) && options.size($0) == nil })
    #expect(DurationOption.allCases.allSatisfy { !options.has($0) && options.duration($0) == nil })
    #expect(options.format == .table && options.cgroupsMode == nil)
  }

  @Test func theLastOneCounts() {
    var options = ParsedOptions()
    options.set(.bundle, "/a")
    options.set(.bundle, "")
    options.set(.detach, true)
    options.set(.detach, false)
    options.set(.format, "json")
    #expect(options.string(.bundle) == nil && options.has(.bundle))
    #expect(!options.flag(.detach) && options.has(.detach))
    #expect(options.format == .json)
  }
}
