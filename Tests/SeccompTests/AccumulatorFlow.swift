@testable import Seccomp

/// Which word of a call each comparison of a program may look at.
///
/// libseccomp 2.5.4 writes programs in which one comparison is reached on two ways with different words in the
/// accumulator, so that on one of them it compares the wrong half of an argument: rules that share no test, such as
/// `arg < 0xffff_ffff` and `arg >= 1 << 32`, can do it.
struct AccumulatorFlow {
  private struct Content: Hashable {
    let offset: UInt32
    let mask: UInt32
  }

  /// Positions of comparisons that see more than one thing.
  private let ambiguous: Set<Int>

  init(_ program: [FilterProgram.Instruction]) {
    var contents: [Set<Content>] = Array(repeating: [], count: program.count)
    var ambiguous: Set<Int> = []
    for (position, instruction) in program.enumerated() {
      var content = contents[position]
      let next = position + 1
      switch instruction.code {
      case 0x06: continue
      case 0x20: content = [Content(offset: instruction.operand, mask: .max)]
      case 0x54: content = Set(content.map { Content(offset: $0.offset, mask: $0.mask & instruction.operand) })
      case 0x05:
        contents[next + Int(instruction.operand)].formUnion(content)
        continue
      default:
        if content.count > 1 { ambiguous.insert(position) }
        contents[next + Int(instruction.jumpTrue)].formUnion(content)
        contents[next + Int(instruction.jumpFalse)].formUnion(content)
        continue
      }
      contents[next].formUnion(content)
    }
    self.ambiguous = ambiguous
  }

  /// Whether a call gets to such a comparison.
  func isAmbiguous(_ positions: [Int]) -> Bool { positions.contains(where: ambiguous.contains) }

  var isSound: Bool { ambiguous.isEmpty }
}
