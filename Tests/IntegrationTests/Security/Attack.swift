import Foundation
import Testing

/// A defence of the runtime that the commands of a scratch do without for a while: they are those of the fault build then.
enum Weakened {
  @TaskLocal static var defence: String?
  /// A point at which the fault build fails meanwhile, as `APUS_FAULT` has it.
  @TaskLocal static var fault: String?

  static var isFaultBuild: Bool { defence != nil || fault != nil }
  static var environment: [String] {
    (defence.map { ["APUS_DEFENCE_OFF=\($0)"] } ?? []) + (fault.map { ["APUS_FAULT=\($0)"] } ?? [])
  }
}

/// Makes an attack twice. The shipped binary must withstand it; with the defence off, in the fault build, it must succeed:
/// otherwise it is no attack, and its failing shows nothing.
///
/// - Parameters:
///   - defence: a name of `apus debug defences`; several with a blank between, where one stands behind the other.
///   - fault: a fault that the attack begins with. It takes the fault build both times.
///   - attack: makes everything it needs anew, and tells whether it succeeded.
func expectDefence(
  _ defence: String, at fault: String? = nil, against attack: () throws -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try Weakened.$fault.withValue(fault) {
    try expectDefence(defence, against: attack, sourceLocation)
  }
}

private func expectDefence(
  _ defence: String, against attack: () throws -> Bool, _ sourceLocation: SourceLocation
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

  /// Whether a command of this container is still at it after two seconds; then it is ended.
  func hangs(_ words: [String]) throws -> Bool {
    let command = try scratch.start(words)
    if eventually(within: 2, { !command.isRunning }) { return false }
    command.signal(9)
    _ = try command.wait()
    return true
  }

  /// Puts the record back that an attack has damaged, so that the container can be deleted after it.
  func restore(_ record: String) throws {
    try FileManager.default.createDirectory(atPath: stateFolder, withIntermediateDirectories: true)
    try Data(record.utf8).write(to: URL(filePath: stateFile))
    try scratch.shippedApus("delete", "--force", id).succeed()
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
    let attacked = Set(
      sources.flatMap { $0.matches(of: /(?:expectDefence\(\s*|rule: )"([a-z -]+)"/) }
        .flatMap { $0.1.split(separator: " ").map(String.init) })
    #expect(attacked == Set(names))
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
