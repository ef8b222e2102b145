@testable import Seccomp

/// The kernel's machine of classic BPF as far as seccomp lets programs use it, and its checks before a program runs.
struct BPFMachine {
  /// What the kernel hands to a filter (`struct seccomp_data` of linux/seccomp.h).
  struct Call: Equatable {
    var number: UInt32
    var architecture: UInt32
    var arguments: [UInt64] = [0, 0, 0, 0, 0, 0]

    /// The word at an offset in bytes; bit 30 of an architecture says that it is little-endian.
    func word(at offset: UInt32) -> UInt32? {
      switch offset {
      case 0: return number
      case 4: return architecture
      case 8, 12: return 0
      case 16..<64 where offset % 4 == 0:
        let argument = arguments[Int(offset - 16) / 8]
        let isLower = (offset % 8 == 0) == (architecture & 0x4000_0000 != 0)
        return UInt32(truncatingIfNeeded: isLower ? argument : argument >> 32)
      default: return nil
      }
    }
  }

  struct Refusal: Error, Equatable {
    let position: Int
    let reason: String
  }

  private let program: [FilterProgram.Instruction]

  /// Checks a program as bpf_check_classic() and seccomp_check_filter() of the kernel do.
  init(_ program: [FilterProgram.Instruction]) throws(Refusal) {
    if program.isEmpty || program.count > 4096 { throw Refusal(position: program.count, reason: "length") }
    for (position, instruction) in program.enumerated() {
      let rest = program.count - position - 1
      switch instruction.code {
      case 0x20 where instruction.operand < 64 && instruction.operand % 4 == 0: break
      case 0x54, 0x06: break
      case 0x05 where Int(instruction.operand) < rest: break
      case 0x15, 0x25, 0x35, 0x45:
        if Int(instruction.jumpTrue) >= rest || Int(instruction.jumpFalse) >= rest {
          throw Refusal(position: position, reason: "jump")
        }
      default: throw Refusal(position: position, reason: "instruction \(instruction)")
      }
    }
    if program[program.count - 1].code != 0x06 { throw Refusal(position: program.count - 1, reason: "end") }
    self.program = program
  }

  /// The filter's return value.
  func run(_ call: Call) -> UInt32 { run(call) { _ in } }

  /// The positions of the instructions that lead to it.
  func path(of call: Call) -> [Int] {
    var path: [Int] = []
    _ = run(call) { path.append($0) }
    return path
  }

  private func run(_ call: Call, visit: (Int) -> Void) -> UInt32 {
    var accumulator: UInt32 = 0
    var position = 0
    while true {
      let instruction = program[position]
      visit(position)
      position += 1
      switch instruction.code {
      case 0x20: accumulator = call.word(at: instruction.operand)!
      case 0x54: accumulator &= instruction.operand
      case 0x06: return instruction.operand
      case 0x05: position += Int(instruction.operand)
      default:
        let holds =
          switch instruction.code {
          case 0x15: accumulator == instruction.operand
          case 0x25: accumulator > instruction.operand
          case 0x35: accumulator >= instruction.operand
          default: accumulator & instruction.operand != 0
          }
        position += Int(holds ? instruction.jumpTrue : instruction.jumpFalse)
      }
    }
  }
}
