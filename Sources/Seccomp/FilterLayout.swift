/// Lays out the program: the check of the architecture, for each a balanced search for the number, the argument checks.
struct FilterLayout {
  /// The sides of seccomp_data's first word and its second.
  private static var numberOffset: UInt32 { 0 }
  private static var architectureOffset: UInt32 { 4 }
  /// SECCOMP_RET_KILL_THREAD, libseccomp's answer to a foreign architecture.
  private static var foreign: UInt32 { FilterAction.killThread.returnValue }
  /// SECCOMP_RET_ERRNO with ENOSYS.
  private static var newer: UInt32 { FilterAction.errno.returnValue(errno: 38) }
  private static var x32Bit: UInt32 { SystemCallABI.x32.numberBase }

  private typealias Range = (start: UInt32, target: FilterAssembler.Target)
  private typealias Bodies = [(rules: [CallRule], arguments: ArgumentForm, target: FilterAssembler.Target)]

  private let tables: [CallTable]
  private let base: ProfileBase
  private var assembler = FilterAssembler()
  /// The argument checks that are written already, since calls may share them.
  private var bodies: Bodies = []

  init(_ tables: [CallTable], base: ProfileBase) {
    self.tables = tables
    self.base = base
  }

  /// The program, in the order of execution.
  mutating func instructions() throws(ProfileError) -> [FilterProgram.Instruction] {
    // Backwards: the first table, that of the kernel's own architecture, is written last and so checked first.
    var entry = assembler.answer(Self.foreign)
    for place in tables.indices.reversed() {
      // x32 is part of the section of x86_64.
      if tables[place].abi == .x32, tables.contains(where: { $0.abi == .x86_64 }) { continue }
      let section = try section(segments(at: place))
      entry = assembler.branch(Code.ifEqual, tables[place].abi.auditArchitecture, section, entry)
    }
    assembler.start(at: entry, loading: Self.architectureOffset)
    try checkLength()
    return assembler.instructions
  }

  private func checkLength() throws(ProfileError) {
    if assembler.count > FilterProgram.maximumInstructions { throw Self.tooLong }
  }

  private static var tooLong: ProfileError {
    ProfileError(
      "syscalls",
      "the rules need more than \(FilterProgram.maximumInstructions) BPF instructions, the kernel's limit (BPF_MAXINSNS)"
    )
  }

  // MARK: Ranges of numbers

  private func segments(at place: Int) -> Segments {
    var segments = Segments()
    switch tables[place].abi {
    case .x86_64: appendX86_64(at: place, to: &segments)
    case .x32: appendX32(at: place, to: &segments)
    default:
      segments.append(from: 0, .answer(base.answer))
      append(at: place, to: &segments)
    }
    return segments
  }

  private func append(at place: Int, to segments: inout Segments) {
    segments.append(
      tables[place], at: place, fallback: .answer(base.answer),
      newer: .answer(base.hidesNewerCalls ? Self.newer : base.answer))
  }

  /// What calls far above those of a table get.
  private func newer(than place: Int) -> Segments.Fate {
    .answer(base.hidesNewerCalls && tables[place].newest != nil ? Self.newer : base.answer)
  }

  /// Numbers of x86_64 have bit 30 clear. A filter without x32 kills what has it set, but for -1, by which a tracer
  /// skips a call.
  private func appendX86_64(at place: Int, to segments: inout Segments) {
    append(at: place, to: &segments)
    let newer = newer(than: place)
    if let x32 = tables.firstIndex(where: { $0.abi == .x32 }) {
      append(at: x32, to: &segments)
      segments.append(from: Self.x32Bit << 1, newer)
      segments.append(from: Self.x32Bit * 3, self.newer(than: x32))
    } else {
      let foreign = Segments.Fate.answer(Self.foreign)
      segments.append(from: Self.x32Bit, foreign)
      segments.append(from: Self.x32Bit << 1, newer == .answer(base.answer) ? foreign : newer)
      segments.append(from: Self.x32Bit * 3, foreign)
      segments.append(from: .max, .answer(base.answer))
    }
  }

  /// x32 without x86_64, which only a kernel of another architecture can see in a profile: its numbers have bit 30 set.
  private func appendX32(at place: Int, to segments: inout Segments) {
    segments.append(from: 0, .answer(Self.foreign))
    append(at: place, to: &segments)
    segments.append(from: Self.x32Bit << 1, .answer(base.answer))
    segments.append(from: Self.x32Bit * 3, newer(than: place))
  }

  // MARK: Code

  /// The code of one architecture.
  private mutating func section(_ segments: Segments) throws(ProfileError) -> FilterAssembler.Target {
    var ranges: [Range] = []
    ranges.reserveCapacity(segments.ranges.count)
    for segment in segments.ranges {
      let target = try target(of: segment.fate)
      // Calls with the same checks are one range, too.
      if ranges.last?.target != target { ranges.append((segment.start, target)) }
    }
    let entry = search(ranges[...])
    try checkLength()
    return ranges.count == 1 ? entry : assembler.load(wordAt: Self.numberOffset)
  }

  /// A balanced search for the range of the number in the accumulator.
  private mutating func search(_ ranges: ArraySlice<Range>) -> FilterAssembler.Target {
    let middle = ranges.startIndex + ranges.count / 2
    if middle == ranges.startIndex { return ranges[middle].target }
    let upper = search(ranges[middle...])
    let lower = search(ranges[..<middle])
    return assembler.branch(Code.ifGreaterOrEqual, ranges[middle].start, upper, lower)
  }

  private mutating func target(of fate: Segments.Fate) throws(ProfileError) -> FilterAssembler.Target {
    switch fate {
    case .answer(let value): return assembler.answer(value)
    case .rules(let table, let index):
      let form = tables[table].abi.arguments
      let unsorted = tables[table].conditional[index]
      if unsorted.count > FilterProgram.maximumInstructions { throw Self.tooLong }
      let rules: [CallRule]
      do {
        rules = try RuleOrder.sorted(unsorted, wide: form.isWide)
      } catch {
        throw ProfileError(error)
      }
      for body in bodies
      where body.arguments == form && body.rules.elementsEqual(rules, by: { $0.hasSameEffect(as: $1) }) {
        return body.target
      }
      let target = assembler.check(rules, form, otherwise: assembler.answer(base.answer))
      try checkLength()
      bodies.append((rules, form, target))
      return target
    }
  }
}
