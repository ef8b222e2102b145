import Foundation
import Glibc
import Testing

/// A container must not be able to write the file of the runtime that made it (CVE-2019-5736, security case A1). All of
/// it is tried on a copy of the binary.
@Suite(.scratch) struct SealTests {
  /// What stands between the container and the file.
  enum Seal: String, CaseIterable {
    /// The kernel has everything.
    case overlay
    /// No fsopen(2): it is refused or missing, as inside other containers.
    case memoryWithoutPermission = "EPERM"
    case memoryWithoutCall = "ENOSYS"
  }

  @Test(arguments: Seal.allCases)
  func theRunningBinaryCannotBeWritten(_ seal: Seal) throws {
    let scratch = try Scratch.current
    let copy = scratch.path("apus-copy")
    try FileManager.default.copyItem(atPath: scratch.apus, toPath: copy)
    let before = try Data(contentsOf: URL(filePath: copy))
    let container = try Container { $0["process.args"] = ["/bin/sleep", "1000"] }
    // Without the mount calls nothing in the container could be mounted either: the seal alone must do without.
    var words = container.words("create")
    words[0] = copy
    let output = try scratch.run(seal == .overlay ? words : ["/usr/bin/python3", try refuser(seal.rawValue)] + words)
    if seal == .overlay {
      #expect(output.status == 0, "\(output.stderr)")
      let pid = try container.pid
      // Before start, the init is a copy of the runtime.
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
      #expect(link.hasSuffix("apus-copy"))
      let descriptor = unsafe open("/proc/\(pid)/exe", O_WRONLY | O_CLOEXEC)
      #expect(descriptor < 0 && errno == EROFS, "it could be opened for writing")
      if descriptor >= 0 { close(descriptor) }
      // Nor through a descriptor for reading, opened again for writing.
      let reading = unsafe open("/proc/\(pid)/exe", O_RDONLY | O_CLOEXEC)
      #expect(reading >= 0)
      let writing = unsafe open("/proc/self/fd/\(reading)", O_WRONLY | O_TRUNC | O_CLOEXEC)
      #expect(writing < 0)
      close(reading)
      if writing >= 0 { close(writing) }
    } else {
      // The seal has fallen back to a copy in memory and the program went on: what fails is the first mount.
      #expect(output.status == 1)
      #expect(output.stderr.contains("mount proc on /proc"), "\(output.stderr)")
      #expect(output.stderr.contains(seal.rawValue), "\(output.stderr)")
    }
    #expect(try Data(contentsOf: URL(filePath: copy)) == before)
  }

  /// A copy in memory with every seal serves where there is no overlay: the runtime says so by its own file.
  @Test(arguments: ["EPERM", "ENOSYS"])
  func fallsBackToMemory(_ errno: String) throws {
    let scratch = try Scratch.current
    let container = try Container { config in
      // A container without mounts, so that nothing but the seal wants fsopen.
      config.dropNamespace("mount")
      config["mounts"] = []
      config["linux.maskedPaths"] = nil
      config["linux.readonlyPaths"] = nil
      config["root.readonly"] = false
      config["process.args"] = ["/bin/sleep", "1000"]
    }
    let output = try scratch.run(["/usr/bin/python3", try refuser(errno)] + container.words("create"))
    #expect(output.status == 0, "\(output.stderr)")
    guard output.status == 0 else { return }
    let pid = try container.pid
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
    #expect(link.hasPrefix("/memfd:apus"), "\(link)")
    let descriptor = unsafe open("/proc/\(pid)/exe", O_WRONLY | O_CLOEXEC)
    let bytes = [UInt8](repeating: 0, count: 4)
    // A sealed memfd opens, and refuses every write.
    let written = descriptor >= 0 ? unsafe write(descriptor, bytes, 4) : -1
    #expect(written < 0)
    if descriptor >= 0 { close(descriptor) }
    try container.delete("--force").succeed()
  }

  /// An environment variable proves nothing: whoever sets it gets a refusal or a sealed program, never an open one.
  @Test func theMarkerAloneIsRefused() throws {
    let scratch = try Scratch.current
    let container = try Container { $0["process.args"] = ["/bin/true"] }
    let output = try scratch.start(container.words("create"), environment: ["_APUS_SEALED=1"]).wait()
    #expect(output.status == 1)
    #expect(output.stderr.contains("could not be protected"), "\(output.stderr)")
  }

  /// Makes a launcher that answers fsopen(2) with an error and then becomes the command.
  private func refuser(_ errno: String) throws -> String {
    let path = try Scratch.current.path("refuse.py")
    let script = """
      import ctypes, errno, os, platform, struct, sys
      libc = ctypes.CDLL(None, use_errno=True)
      # Load the number; fsopen is 430 everywhere: refuse it; allow all else.
      program = b"".join(struct.pack("HBBI", *line) for line in [
          (0x20, 0, 0, 0), (0x15, 0, 1, 430), (0x06, 0, 0, 0x50000 | errno.\(errno)), (0x06, 0, 0, 0x7fff0000)])
      buffer = ctypes.create_string_buffer(program, len(program))
      filter = struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer))
      if libc.prctl(22, 2, ctypes.create_string_buffer(filter), 0, 0):
          sys.exit("no filter: " + os.strerror(ctypes.get_errno()))
      os.execv(sys.argv[1], sys.argv[1:])
      """
    try Data(script.utf8).write(to: URL(filePath: path))
    return path
  }
}
