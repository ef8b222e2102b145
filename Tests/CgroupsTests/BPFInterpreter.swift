@testable import Cgroups

/// Runs a device program, as far as it uses instructions that one needs. It knows nothing of how programs are made.
struct BPFInterpreter {
  struct Fault: Error { let text: String }
  private let instructions: [UInt64]

  init(_ instructions: [UInt64]) { self.instructions = instructions }

  func ask(
    _ access: DevicePolicy.Access, _ kind: DevicePolicy.Kind, _ major: UInt32, _ minor: UInt32
  ) throws -> Bool {
    let context: [UInt32] = [UInt32(access.rawValue) << 16 | UInt32(kind.rawValue), major, minor]
    var registers = [UInt64?](repeating: nil, count: 11)
    registers[1] = 0
    var next = 0
    for _ in 0..<instructions.count {
      guard instructions.indices.contains(next) else { throw Fault(text: "jump to \(next)") }
      let instruction = instructions[next]
      next += 1
      let target = Int(instruction >> 8 & 15)
      let source = Int(instruction >> 12 & 15)
      let offset = Int(Int16(truncatingIfNeeded: instruction >> 16))
      let immediate = UInt32(truncatingIfNeeded: instruction >> 32)
      func read(_ register: Int) throws -> UInt32 {
        guard let value = registers[register] else { throw Fault(text: "r\(register) was never written") }
        return UInt32(truncatingIfNeeded: value)
      }
      switch UInt8(truncatingIfNeeded: instruction) {
      case 0x61:
        guard registers[source] == 0, offset % 4 == 0, context.indices.contains(offset / 4) else {
          throw Fault(text: "load from \(offset)")
        }
        registers[target] = UInt64(context[offset / 4])
      case 0xb4: registers[target] = UInt64(immediate)
      case 0xbc: registers[target] = UInt64(try read(source))
      case 0x54: registers[target] = UInt64(try read(target) & immediate)
      case 0x74: registers[target] = UInt64(try read(target) >> immediate)
      case 0x05: next += offset
      case 0x56: if try read(target) != immediate { next += offset }
      case 0x46: if try read(target) & immediate != 0 { next += offset }
      case 0x95: return try read(0) != 0
      case let code: throw Fault(text: "unknown instruction \(code)")
      }
    }
    throw Fault(text: "no end")
  }
}
