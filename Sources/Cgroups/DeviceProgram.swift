/// A device policy as a program for the kernel's BPF_PROG_TYPE_CGROUP_DEVICE: the answer is 1 (allowed) or 0.
///
/// The rules are asked from the last to the first. Each kind of access (read, write, mknod) that a rule allows is
/// crossed off; when none is left the answer is yes, and when a rule refuses one that is left it is no.
package struct DeviceProgram: Equatable, Sendable {
  /// Instructions in the kernel's encoding (struct bpf_insn), eight bytes each, on a little-endian machine.
  package private(set) var instructions: [UInt64] = []

  private enum Code {
    static let loadWord: UInt8 = 0x61
    static let moveRegister: UInt8 = 0xbc
    static let move: UInt8 = 0xb4
    static let and: UInt8 = 0x54
    static let shiftRight: UInt8 = 0x74
    static let jump: UInt8 = 0x05
    static let jumpIfNotEqual: UInt8 = 0x56
    static let jumpIfAnySet: UInt8 = 0x46
    static let exit: UInt8 = 0x95
  }
  /// Registers: the answer, the context, then what is asked: type of device, access that is left, its numbers.
  private enum Register {
    static let (answer, context, kind, access, major, minor): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) =
      (0, 1, 2, 3, 4, 5)
  }

  package init(_ policy: DevicePolicy) {
    // struct bpf_cgroup_dev_ctx: access << 16 | kind, major, minor
    emit(Code.loadWord, Register.kind, source: Register.context)
    emit(Code.moveRegister, Register.access, source: Register.kind)
    emit(Code.and, Register.kind, value: 0xffff)
    emit(Code.shiftRight, Register.access, value: 16)
    emit(Code.loadWord, Register.major, source: Register.context, offset: 4)
    emit(Code.loadWord, Register.minor, source: Register.context, offset: 8)
    for rule in policy.rules.reversed() { emit(rule) }
    answer(policy.isAllowed)
  }

  private mutating func emit(_ rule: DevicePolicy.Rule) {
    var conditions: [(UInt8, UInt32)] = [(Register.kind, UInt32(rule.devices.kind.rawValue))]
    if let major = rule.devices.major { conditions.append((Register.major, major)) }
    if let minor = rule.devices.minor { conditions.append((Register.minor, minor)) }
    // Both bodies have four instructions.
    for (index, (register, value)) in conditions.enumerated() {
      emit(Code.jumpIfNotEqual, register, offset: Int16(conditions.count - index - 1 + 4), value: value)
    }
    let access = UInt32(rule.access.rawValue)
    if rule.allow {
      emit(Code.and, Register.access, value: ~access & 7)
      emit(Code.jumpIfNotEqual, Register.access, offset: 2, value: 0)
    } else {
      emit(Code.jumpIfAnySet, Register.access, offset: 1, value: access)
      emit(Code.jump, 0, offset: 2)
    }
    answer(rule.allow)
  }

  private mutating func answer(_ allowed: Bool) {
    emit(Code.move, Register.answer, value: allowed ? 1 : 0)
    emit(Code.exit, 0)
  }

  private mutating func emit(
    _ code: UInt8, _ register: UInt8, source: UInt8 = 0, offset: Int16 = 0, value: UInt32 = 0
  ) {
    instructions.append(
      UInt64(code) | UInt64(source << 4 | register) << 8 | UInt64(UInt16(bitPattern: offset)) << 16
        | UInt64(value) << 32)
  }
}
