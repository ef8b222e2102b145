import Foundation
import Testing

@testable import CommandLine

@Suite struct CompletionScriptTests {
  @Test func theFolderHoldsTheTable() throws {
    try GeneratedFiles.check(
      "completions",
      Shell.allCases.map { (CompletionScript.fileName(for: $0), CompletionScript.text(for: $0, program: "apus")) })
  }

  @Test(arguments: Shell.allCases) func namesEveryCommandAndOption(_ shell: Shell) {
    let text = CompletionScript.text(for: shell, program: "apus")
    for command in Command.allCases {
      #expect(text.contains(command.name))
      for option in command.definition.options.list {
        #expect(text.contains(shell == .fish ? "-l \(option.long)" : "--\(option.long)"))
      }
    }
    #expect(!text.contains("kernel-memory") && !text.contains("criu "))
  }

  @Test(arguments: Shell.allCases) func isWrittenForTheProgramsName(_ shell: Shell) {
    let text = CompletionScript.text(for: shell, program: "runc-2.0")
    #expect(text.contains("runc_2_0"))
    #expect(!text.contains("apus_"))
  }

  @Test(arguments: ["a b", "$(reboot)", "x'y", "", "a\nb"]) func aNameThatAShellWouldReadIsNotWritten(_ name: String) {
    for shell in Shell.allCases {
      let expected = CompletionScript.text(for: shell, program: "apus")
      #expect(CompletionScript.text(for: shell, program: name) == expected)
    }
  }

  @Test func bashReadsIt() throws { try expectNoComplaint(of: .bash) }

  @Test(.enabled(if: ShellRunner.has("zsh"))) func zshReadsIt() throws { try expectNoComplaint(of: .zsh) }

  @Test(.enabled(if: ShellRunner.has("fish"))) func fishReadsIt() throws { try expectNoComplaint(of: .fish) }

  private func expectNoComplaint(of shell: Shell) throws {
    let answer = try ShellRunner.run(
      [shell.rawValue, "-n"], input: CompletionScript.text(for: shell, program: "apus"))
    #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
  }

  /// The program in this test answers `list --quiet` with two ids, or one where --root is given.
  @Test(
    .enabled(if: ShellRunner.has("fish")),
    arguments: [
      ("apus cr", ["create"]), ("apus --log-format ", ["json", "text"]), ("apus --root /r start ", ["rooted"]),
      ("apus kill web K", ["KILL"]), ("apus start w", ["web", "worker"]), ("apus list --format t", ["table"]),
      ("apus spec --rootless --b", ["--bundle"]), ("apus delete -f we", ["web"]),
      ("apus help ex", ["exec", "explain"]),
      ("apus completion ", ["bash", "fish", "zsh"]), ("apus create ", []), ("apus start --ver", []),
    ])
  func fishCompletes(_ line: String, _ expected: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let program = folder.appending(path: "apus")
    try "#!/bin/sh\n[ \"$1\" = --root ] && echo rooted || printf 'web\\nworker\\n'\n".write(
      to: program, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    let script = CompletionScript.text(for: .fish, program: "apus")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let answer = try ShellRunner.run(
      ["fish", "--no-config"], input: script + "\ncomplete -C \(CompletionScript.quote(line))\n",
      environment: ["PATH": "\(folder.path):\(path)", "HOME": folder.path])
    try FileManager.default.removeItem(at: folder)
    let words = answer.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) }
    #expect(words == expected, "\(answer.errors)")
  }

  /// In bash, words are cut at `=`. The program in these tests answers `list --quiet` with two ids.
  @Test(arguments: [
    ("apus cr", "create"), ("apus --log-format @", "text json"), ("apus --log-format = j", "json"),
    ("apus start w", "web worker"), ("apus --root /r start @", "rooted"), ("apus -root /r start @", "rooted"),
    ("apus kill web K", "KILL"), ("apus kill web -", ""), ("apus exec -u 1 web s", ""),
    ("apus exec -u 1 w", "web worker"), ("apus list --format @", "table json"), ("apus list -f = t", "table"),
    ("apus spec --rootless --b", "--bundle"), ("apus delete -f we", "web"), ("apus completion @", "bash zsh fish"),
    ("apus help ex", "exec explain"), ("apus run --detach = true --bun", "--bundle"),
    ("apus update --cpu-id", "--cpu-idle"),
    ("apus checkpoint --manage-cgroups-mode s", "soft strict"), ("apus create -b /usr/shar", "/usr/share"),
    ("apus create @", ""), ("apus --ver", "--version"), ("apus start --ver", ""), ("apus -- sta", "start state"),
  ])
  func bashCompletes(_ line: String, _ expected: String) throws {
    let words = line.split(separator: " ").map { CompletionScript.quote($0 == "@" ? "" : String($0)) }
    let script = """
      \(CompletionScript.text(for: .bash, program: "apus"))
      apus() { if [[ $1 == --root ]]; then echo rooted; else echo web; echo worker; fi; }
      COMP_WORDS=(\(words.joined(separator: " ")))
      COMP_CWORD=\(words.count - 1)
      _apus
      echo "${COMPREPLY[*]}"
      """
    let answer = try ShellRunner.run(["bash", "--norc", "-s"], input: script)
    #expect(answer.output == expected + "\n")
    #expect(answer.errors.isEmpty, "\(answer.errors)")
  }
}
