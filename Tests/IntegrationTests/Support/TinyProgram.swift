import Foundation

/// A static ELF program of one or two system calls: what even the smallest C program and every applet of busybox cannot
/// promise.
enum TinyProgram {
  /// Exits with status 0 and makes no other call.
  case succeed
  /// Exits with the lowest byte of its effective user id.
  case tellUser

  /// Writes the program as an executable file.
  func write(to path: String, mode: Int = 0o755) throws {
    try Data(TinyProgram.header(codeSize: code.count) + code).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  #if arch(x86_64)
    private static let machine: UInt16 = 62
    private var code: [UInt8] {
      switch self {
      // xor edi,edi; mov eax,60 (exit); syscall
      case .succeed: [0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]
      // mov eax,107 (geteuid); syscall; mov edi,eax; mov eax,60; syscall
      case .tellUser: [0xb8, 107, 0, 0, 0, 0x0f, 0x05, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]
      }
    }
  #elseif arch(arm64)
    private static let machine: UInt16 = 183
    private var code: [UInt8] {
      let exit: [UInt8] = [0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4]
      switch self {
      // mov x0,#0; mov x8,#93 (exit); svc #0
      case .succeed: return [0x00, 0x00, 0x80, 0xd2] + exit
      // mov x8,#175 (geteuid); svc #0; mov x8,#93; svc #0
      case .tellUser: return [0xe8, 0x15, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4] + exit
      }
    }
  #endif

  /// The ELF header and one program header that loads the whole file at 4 MiB (elf(5)).
  private static func header(codeSize: Int) -> [UInt8] {
    let base: UInt64 = 0x40_0000
    let size = UInt64(120 + codeSize)
    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + Array(repeating: 0, count: 8)
    bytes += little(UInt16(2)) + little(machine) + little(UInt32(1)) + little(base + 120) + little(UInt64(64))
    bytes += little(UInt64(0)) + little(UInt32(0)) + little(UInt16(64)) + little(UInt16(56)) + little(UInt16(1))
    bytes += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
    bytes += little(UInt32(1)) + little(UInt32(5)) + little(UInt64(0)) + little(base) + little(base)
    bytes += little(size) + little(size) + little(UInt64(0x1000))
    return bytes
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
