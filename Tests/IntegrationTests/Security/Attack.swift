import Foundation
import Testing

/// A defence of the runtime that the commands of a scratch do without for a while: they are those of the fault build then.
enum Weakened {
  @TaskLocal static var defence: String?
}

/// Makes an attack twice. The shipped binary must withstand it; with the defence off, in the fault build, it must succeed:
/// otherwise it is no attack, and its failing shows nothing.
///
/// - Parameters:
///   - defence: a name of `apus debug defences`.
///   - attack: makes everything it needs anew, and tells whether it succeeded.
func expectDefence(
  _ defence: String, against attack: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let succeeds = try attack()
  #expect(!succeeds, "the attack succeeds", sourceLocation: sourceLocation)
  let succeedsWithout = try Weakened.$defence.withValue(defence) { try attack() }
  #expect(
    succeedsWithout, "the attack fails without \(defence) too: it shows nothing", sourceLocation: sourceLocation)
}

/// A file of the host in a folder of its own, which a container must not change. It is in the scratch folder, never one
/// that the machine needs.
struct CanaryFile {
  let folder: String
  var path: String { folder + "/ptmx" }

  init(in scratch: Scratch) throws {
    folder = scratch.path("canary-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try Data("keep".utf8).write(to: URL(filePath: path))
  }

  /// Whether anything in the folder is not as it was.
  var isTouched: Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) != ["ptmx"] || readText(path) != "keep"
  }
}

extension Container {
  /// Replaces a file of the root file system by a link.
  func link(_ name: String, to target: String) throws {
    try? FileManager.default.removeItem(atPath: rootfs + "/" + name)
    try FileManager.default.createSymbolicLink(atPath: rootfs + "/" + name, withDestinationPath: target)
  }

  /// Runs a script of the host's shell inside the private mount namespace, with the words of a command of this container
  /// as its arguments: `exec "$@"`.
  func shell(_ script: String, _ words: [String], timeout: Double = 30) throws -> Output {
    try scratch.run(["/bin/bash", "-c", script, "bash"] + words, workingDirectory: bundle, timeout: timeout)
  }

  /// Compiles a C program as a static executable of the image.
  func compile(_ source: String, to name: String, mode: Int = 0o755) throws {
    let file = scratch.path("program.c")
    try Data(source.utf8).write(to: URL(filePath: file))
    try scratch.run(["/usr/bin/gcc", "-static", "-O1", "-o", rootfs + "/" + name, file]).succeed()
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: rootfs + "/" + name)
  }
}

/// That the tests are about every defence there is, and that the shipped binary has no switch.
@Suite(.scratch) struct DefenceTests {
  @Test func everyDefenceHasAnAttack() throws {
    let names = try Scratch.current.run([TestEnvironment.faultBinary, "debug", "defences"]).succeed().lines
    #expect(names.count >= 30)
    let folder = repositoryPath("Tests/IntegrationTests/Security")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder).map { readText(folder + "/" + $0) }
    for name in names { #expect(sources.contains { $0.contains("expectDefence(\"\(name)\")") }, "\(name)") }
  }

  @Test func theShippedBinaryHasNoSwitch() throws {
    let scratch = try Scratch.current
    for (binary, isThere) in [(scratch.apus, false), (try TestEnvironment.faultBinary, true)] {
      let bytes = try Data(contentsOf: URL(filePath: binary))
      #expect((bytes.range(of: Data("APUS_DEFENCE_OFF".utf8)) != nil) == isThere, "\(binary)")
    }
    #expect(try scratch.run([scratch.apus, "debug", "defences"]).status != 0)
  }
}
