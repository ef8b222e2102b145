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
    var pid = pid_t(0)
    let words: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("true"), nil]
    defer { for word in unsafe words { unsafe free(word) } }
    #expect(unsafe posix_spawn(&pid, "/bin/true", nil, nil, words, nil) == 0)
    // It stays a zombie until it is waited for.
    while try ProcessIdentity.of(pid: pid)?.hasEnded == false { usleep(1000) }
    #expect(try ProcessIdentity.of(pid: pid)?.hasEnded == true)
    #expect(waitpid(pid, nil, 0) == pid)
    #expect(try ProcessIdentity.of(pid: pid) == nil)
  }
}
