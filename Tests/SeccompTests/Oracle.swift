import Foundation
import OCI

@testable import Seccomp

/// libseccomp, driven as runc drives it, by way of a small C program that this compiles.
struct Oracle {
  /// What libseccomp made of a profile.
  enum Answer {
    case program([FilterProgram.Instruction])
    /// It found rules that contradict (EEXIST).
    case refusal
    /// It crashed or did not end.
    case death
  }

  /// Whether it is asked for its binary tree, as runc does for profiles of more than 32 names.
  ///
  /// Without, 2.5.4 forgets to load the number of the call when the first rule is for a call that the architecture
  /// lacks, as socketcall(2) on x86_64 (OracleTests shows it), so comparisons are made with the tree.
  enum Layout { case tree, list }

  /// libseccomp 2.5 has no others.
  static let abis: [SystemCallABI] = SystemCallABI.allCases.filter { ![.loongarch64, .m68k, .sh, .sheb].contains($0) }

  private let executable: URL
  private let numbers: [SystemCallABI: [String: Int]]

  /// Compiled, and its tables read, once.
  static let shared = Result { try Oracle() }

  private init() throws {
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/libseccomp-oracle.c")
    executable = try CProgram.build(source, options: ["-lseccomp"])
    let names = (0..<SystemCallNames.count).map(SystemCallNames.name(at:))
    var numbers: [SystemCallABI: [String: Int]] = [:]
    for abi in Self.abis {
      let script = names.map { "resolve \(abi) \($0)\n" }.joined()
      let answers = try CProgram.run(executable, input: script).split(separator: "\n").map { Int($0.dropFirst(7))! }
      numbers[abi] = Dictionary(zip(names, answers)) { $1 }
    }
    self.numbers = numbers
  }

  /// What libseccomp calls the call: its number, with the bit of x32; -1 for a name that it does not know; less for a
  /// call of other architectures, or one that it reaches by socketcall(2) or ipc(2).
  func pseudoNumber(of name: String, _ abi: SystemCallABI) -> Int? { numbers[abi]?[name] }

  /// The number of a call; nil when there is none that the kernel has.
  func number(of name: String, _ abi: SystemCallABI) -> UInt32? {
    pseudoNumber(of: name, abi).flatMap { $0 < 0 ? nil : UInt32($0) }
  }

  /// The names of the calls of these numbers; nil where there is none.
  func names(of numbers: [UInt32], _ abi: SystemCallABI) throws -> [String?] {
    let script = numbers.map { "name \(abi) \($0)\n" }.joined()
    return try CProgram.run(executable, input: script).split(separator: "\n").map { line in
      line == "name -" ? nil : String(line.dropFirst(5))
    }
  }

  /// Compiles profiles for conventions, of which the first is the kernel's own.
  func compile(_ profiles: [(profile: OCI.Seccomp, abis: [SystemCallABI])], layout: Layout = .tree) throws -> [Answer] {
    var script = ""
    var counts: [Int] = []
    for (profile, abis) in profiles {
      let rules = Self.rules(profile)
      counts.append(rules.count)
      let action = FilterAction(rawValue: profile.defaultAction)!.returnValue(errno: profile.defaultErrnoRet)
      // Of no rules libseccomp 2.5.4 makes no tree.
      script += "begin \(action) \(layout == .tree && !rules.isEmpty ? 1 : 0)\n"
      // It takes architectures of one order of bytes only.
      if !abis.contains(.x86_64) { script += "without x86_64\n" }
      script += abis.map { "arch \($0)\n" }.joined()
      script += rules.joined() + "end\n"
    }
    var output = try CProgram.run(executable, input: script).split(separator: "\n")[...]
    return try zip(counts, profiles).map { count, profile in
      try Self.answer(rules: count, isBigEndian: profile.abis[0].isBigEndian, &output)
    }
  }

  /// One line for each call of seccomp_rule_add_array() that runc makes.
  private static func rules(_ profile: OCI.Seccomp) -> [String] {
    let base = FilterAction(rawValue: profile.defaultAction)!.returnValue(errno: profile.defaultErrnoRet)
    var lines: [String] = []
    for rule in profile.syscalls ?? [] {
      let action = FilterAction(rawValue: rule.action)!.returnValue(errno: rule.errnoRet)
      if action == base { continue }
      let arguments = rule.args ?? []
      let isSplit = Set(arguments.map(\.index)).count < arguments.count
      for name in rule.names {
        for group in isSplit ? arguments.map({ [$0] }) : [arguments] {
          let conditions = group.map { " \($0.index) \(operators[$0.op]!) \($0.value) \($0.valueTwo ?? 0)" }
          lines.append("rule \(action) \(name) \(group.count)\(conditions.joined())\n")
        }
      }
    }
    return lines
  }

  /// enum scmp_compare of seccomp.h.
  private static let operators = [
    "SCMP_CMP_NE": 1, "SCMP_CMP_LT": 2, "SCMP_CMP_LE": 3, "SCMP_CMP_EQ": 4, "SCMP_CMP_GE": 5, "SCMP_CMP_GT": 6,
    "SCMP_CMP_MASKED_EQ": 7,
  ]

  private static func answer(
    rules: Int, isBigEndian: Bool, _ output: inout ArraySlice<Substring>
  ) throws -> Answer {
    if let line = output.first, line.hasPrefix("died ") {
      output = output.dropFirst()
      return .death
    }
    var isRefused = false
    for _ in 0..<rules {
      switch output.popFirst() {
      case "rule 0", "rule unknown": break
      case "rule -17": isRefused = true
      case let line: throw CProgram.Failure(description: "rule: \(line ?? "no answer")")
      }
    }
    guard let head = output.popFirst(), head.hasPrefix("program "), let count = Int(head.dropFirst("program ".count))
    else { throw CProgram.Failure(description: "no program") }
    let program = output.prefix(count).map { line in
      let words = line.split(separator: " ").map { UInt32($0)! }
      // The words are in the order of the machine that the program is for.
      let code = UInt16(words[0])
      return FilterProgram.Instruction(
        code: isBigEndian ? code.byteSwapped : code, jumpTrue: UInt8(words[1]), jumpFalse: UInt8(words[2]),
        operand: isBigEndian ? words[3].byteSwapped : words[3])
    }
    output = output.dropFirst(count)
    return isRefused ? .refusal : .program(program)
  }
}
