import Foundation
import Testing

@testable import Seccomp

@Suite struct SyscallTableTests {
  static let names = (0..<SystemCallNames.count).map(SystemCallNames.name(at:))

  /// What our tables have beyond those of libseccomp 2.5.4 (Debian 12's, which has the calls of Linux 6.7): each a call
  /// of a later kernel, but for an alias in ARM's headers and a call that Linux gave x32 after x86_64.
  static func isBeyondLibseccomp(_ name: String, _ abi: SystemCallABI) -> Bool {
    let everywhere: Set = [
      "statmount", "listmount", "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "mseal", "setxattrat",
      "getxattrat", "listxattrat", "removexattrat", "open_tree_attr", "file_getattr", "file_setattr", "listns",
      "rseq_slice_yield",
    ]
    return everywhere.contains(name)
      || [.x86_64, .x32].contains(abi) && ["uretprobe", "uprobe"].contains(name)
      || abi == .riscv64 && name == "riscv_hwprobe"
      || abi == .x32 && name == "map_shadow_stack" || abi == .arm && name == "sync_file_range2"
  }

  @Test func everyNameIsFoundAtItsPlace() {
    #expect(Self.names.count > 500)
    #expect(Self.names == Self.names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    for (index, name) in Self.names.enumerated() { #expect(SystemCallNames.index(of: name) == index) }
  }

  @Test(arguments: [
    "", "a", "accep", "accept5", "accept4 ", "Accept", "\n", "accept\n", "accept\naccept4", "\0", "zzz", "é",
    String(repeating: "x", count: 100_000),
  ])
  func otherNamesAreNotFound(name: String) {
    #expect(SystemCallNames.index(of: name) == nil)
  }

  @Test(arguments: Oracle.abis)
  func numbersAreThoseOfLibseccomp(abi: SystemCallABI) throws {
    let oracle = try Oracle.shared.get()
    for (index, name) in Self.names.enumerated() {
      let number = abi.number(ofNameAt: index).map { $0 + abi.numberBase }
      if Self.isBeyondLibseccomp(name, abi) {
        #expect(number != nil && oracle.number(of: name, abi) == nil, "\(name)")
      } else if let call = abi.multiplexed(nameAt: index) {
        // -101 is the first operation of socketcall(2), -201 that of ipc(2).
        let family = try #require([102: 100, 117: 200][call.number])
        #expect(oracle.pseudoNumber(of: name, abi) == -(family + Int(call.operation)), "\(name)")
      } else {
        #expect(number == oracle.number(of: name, abi), "\(name)")
      }
    }
  }

  @Test(arguments: Oracle.abis)
  func namesAreThoseOfLibseccomp(abi: SystemCallABI) throws {
    var ours: [UInt32: Set<String>] = [:]
    for (index, name) in Self.names.enumerated() {
      if let number = abi.number(ofNameAt: index) { ours[number + abi.numberBase, default: []].insert(name) }
    }
    var numbers = Array(abi.numberBase..<abi.numberBase + 700)
    if abi == .arm { numbers += 0xf_0000..<0xf_0010 }
    for (number, name) in zip(numbers, try Oracle.shared.get().names(of: numbers, abi)) {
      let known = ours[number, default: []].filter { !Self.isBeyondLibseccomp($0, abi) }
      #expect(known == (name.map { [$0] } ?? []), "\(number)")
    }
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let hasHeaders = ["aarch64-linux-gnu", "arm-linux-gnueabihf", "m68k-linux-gnu", "sh4-linux-gnu"]
    .allSatisfy { FileManager.default.fileExists(atPath: "/usr/\($0)/include/asm/unistd.h") }

  /// Needs the headers of all architectures, which only who changes the tables installs.
  @Test(.enabled(if: hasHeaders)) func tablesAreWhatTheScriptWrites() throws {
    let script = Self.root.appending(path: "scripts/generate-syscall-tables.py")
    let answer = try CProgram.start(URL(filePath: "/usr/bin/env"), ["python3", script.path, "--check"], input: Data())
    #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
  }
}
