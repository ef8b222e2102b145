import Foundation
import Kernel
import Testing

/// What tells one process from a later one with its number, read from the line of /proc/PID/stat.
@Suite struct ProcessIdentityTests {
  /// proc(5): field 22 is the time of the start; the name stands before it, in brackets.
  private func startTime(_ pid: Int32) throws -> UInt64? {
    let line = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    return line.split(separator: ")").last.flatMap { UInt64($0.split(separator: " ")[19]) }
  }

  @Test func ownProcessLives() throws {
    let pid = ProcessInfo.processInfo.processIdentifier
    let found = try #require(try ProcessIdentity.of(pid: pid))
    #expect(found.identity.pid == pid)
    #expect(found.identity.startTime == (try startTime(pid)))
    #expect(!found.hasEnded)
  }

  /// A process chooses its name itself, and may write into it what looks like the fields that follow.
  @Test(arguments: [") Z 0 0 0", "a) X 1 1 1", "( S ", "))))"]) func nameIsNoField(name: String) throws {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "printf %s \"$1\" >/proc/$$/comm; echo; read -r word", "sh", name]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    _ = output.fileHandleForReading.availableData
    let found = try #require(try ProcessIdentity.of(pid: process.processIdentifier))
    #expect(found.identity.startTime == (try startTime(process.processIdentifier)))
    #expect(!found.hasEnded)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  @Test func zombieHasEnded() throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    // What takes the shell's place waits for no child of the shell's.
    process.arguments = ["-c", "true & echo $!; exec sleep 1000"]
    process.standardOutput = output
    try process.run()
    let word = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let pid = try #require(Int32(word.trimmingCharacters(in: .whitespacesAndNewlines)))
    var attempts = 0
    while attempts < 5000, try ProcessIdentity.of(pid: pid)?.hasEnded == false {
      usleep(1000)
      attempts += 1
    }
    #expect(try ProcessIdentity.of(pid: pid)?.hasEnded == true)
    // Its starter may have blocked SIGTERM.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  @Test func numberOfNoProcessIsNone() throws { #expect(try ProcessIdentity.of(pid: Int32.max) == nil) }
}
