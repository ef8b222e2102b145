/// Writes a program of the classic BPF from its end to its start.
///
/// Classic BPF jumps forward only, and a conditional jump by at most 255 instructions (bpf(4), linux/filter.h). Written
/// backwards, every target is known when a jump to it is written; where one is too far, a copy of the return, or an
/// unconditional jump, whose distance has 32 bits, is put in between.
struct FilterAssembler {
  /// Something that can be jumped to.
  enum Target: Equatable {
    /// A return of this place among the answers.
    case answer(Int)
    /// An instruction of this place among those that were asked for.
    case instruction(Int)
  }

  private struct Place {
    /// The instruction; of a return, which may not be written yet and may be copied, the value instead.
    let content: UInt32
    /// The last instruction that leads there: it, a copy of the return, or an unconditional jump; -1 for none yet.
    var nearest: Int32
  }

  /// The instructions in reverse; a position is an index here, so execution goes from larger to smaller ones.
  private var reversed: [FilterProgram.Instruction] = []
  private var answers: [Place] = []
  private var instructionPlaces: [Place] = []

  init() {
    reversed.reserveCapacity(512)
    instructionPlaces.reserveCapacity(512)
  }

  /// How many instructions there are so far.
  var count: Int { reversed.count }

  /// The program, in the order of execution.
  var instructions: [FilterProgram.Instruction] { reversed.reversed() }

  /// The return of a value.
  mutating func answer(_ value: UInt32) -> Target {
    if let index = answers.firstIndex(where: { $0.content == value }) { return .answer(index) }
    answers.append(Place(content: value, nearest: -1))
    return .answer(answers.count - 1)
  }

  /// A conditional jump on the accumulator.
  mutating func branch(_ code: UInt16, _ operand: UInt32, _ ifTrue: Target, _ ifFalse: Target) -> Target {
    if ifTrue == ifFalse { return ifTrue }
    // What the second may insert pushes the first one instruction away.
    let first = skip(to: ifTrue, atMost: 254)
    let count = reversed.count
    let second = skip(to: ifFalse, atMost: 255)
    append(code, operand, UInt8(truncatingIfNeeded: first + reversed.count - count), UInt8(truncatingIfNeeded: second))
    return last()
  }

  /// The same on a word of `seccomp_data`, or on the bits of it that are in `mask`.
  mutating func compare(
    wordAt offset: UInt32, mask: UInt32 = .max, _ code: UInt16, _ operand: UInt32, _ ifTrue: Target, _ ifFalse: Target
  ) -> Target {
    if ifTrue == ifFalse { return ifTrue }
    _ = branch(code, operand, ifTrue, ifFalse)
    if mask != .max { append(Code.and, mask) }
    return load(wordAt: offset)
  }

  /// A load of a word of `seccomp_data`, which goes on with the instruction written before this one.
  mutating func load(wordAt offset: UInt32) -> Target {
    append(Code.load, offset)
    return last()
  }

  /// The first instructions: a load, unless the program is a single return.
  mutating func start(at target: Target, loading offset: UInt32) {
    switch target {
    case .answer: _ = skip(to: target, atMost: -1)
    case .instruction: _ = load(wordAt: offset)
    }
  }

  private mutating func append(_ code: UInt16, _ operand: UInt32, _ ifTrue: UInt8 = 0, _ ifFalse: UInt8 = 0) {
    reversed.append(.init(code: code, jumpTrue: ifTrue, jumpFalse: ifFalse, operand: operand))
  }

  /// The instruction written last, as a target.
  private mutating func last() -> Target {
    let position = Int32(truncatingIfNeeded: reversed.count - 1)
    instructionPlaces.append(Place(content: UInt32(truncatingIfNeeded: position), nearest: position))
    return .instruction(instructionPlaces.count - 1)
  }

  /// How many instructions the one that is written next has to skip to get to a target, which comes nearer if need be.
  private mutating func skip(to target: Target, atMost limit: Int) -> Int {
    switch target {
    case .answer(let index):
      if answers[index].nearest < 0 || distance(to: answers[index].nearest) > limit {
        append(Code.return, answers[index].content)
        answers[index].nearest = Int32(truncatingIfNeeded: reversed.count - 1)
      }
      return distance(to: answers[index].nearest)
    case .instruction(let index):
      if distance(to: instructionPlaces[index].nearest) > limit {
        let position = Int32(truncatingIfNeeded: instructionPlaces[index].content)
        append(Code.jump, UInt32(truncatingIfNeeded: distance(to: position)))
        instructionPlaces[index].nearest = Int32(truncatingIfNeeded: reversed.count - 1)
      }
      return distance(to: instructionPlaces[index].nearest)
    }
  }

  /// How many instructions lie between a position and the instruction that is written next.
  private func distance(to position: Int32) -> Int { reversed.count - Int(position) - 1 }
}

/// Operation codes of classic BPF (linux/bpf_common.h).
enum Code {
  /// BPF_LD | BPF_W | BPF_ABS
  static var load: UInt16 { 0x20 }
  /// BPF_ALU | BPF_AND | BPF_K
  static var and: UInt16 { 0x54 }
  /// BPF_JMP | BPF_JA
  static var jump: UInt16 { 0x05 }
  /// BPF_JMP | BPF_JEQ | BPF_K
  static var ifEqual: UInt16 { 0x15 }
  /// BPF_JMP | BPF_JGT | BPF_K
  static var ifGreater: UInt16 { 0x25 }
  /// BPF_JMP | BPF_JGE | BPF_K
  static var ifGreaterOrEqual: UInt16 { 0x35 }
  /// BPF_RET | BPF_K
  static var `return`: UInt16 { 0x06 }
}
